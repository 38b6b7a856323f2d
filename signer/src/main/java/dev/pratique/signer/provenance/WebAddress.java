package dev.pratique.signer.provenance;

import dev.pratique.signer.Failure;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses of servers and repositories as a statement names them: one spelling, and never with a password. */
final class WebAddress {
    /** The short form of git's SSH addresses: {@code git@host:path}. */
    private static final Pattern SCP = Pattern.compile("(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9.-]+):([^/\\s].*)");

    /** What whoever fetches it may read as another path, or a verifier as a revision. */
    private static final Pattern AMBIGUOUS = Pattern.compile("(^|/)\\.{1,2}(/|$)|%2[eEfF]|%5[cC]|//|@");

    private WebAddress() {}

    /** The address of a page, without a slash at its end. */
    static String of(String where, String text) throws Failure {
        URI uri = parse(where, text);
        if (!isWeb(uri)) {
            throw Variables.unfit(where, "is not an https:// address");
        }
        return bare(uri, Optional.empty());
    }

    /**
     * A repository, as policies name it: without {@code git+} and {@code .git}, without user and password but for SSH's user.
     *
     * @param where names the variable or option in messages
     */
    static String repository(String where, String text) throws Failure {
        Matcher scp = SCP.matcher(text);
        String url = text.startsWith("git+") ? text.substring("git+".length()) : text;
        if (!url.contains("://") && scp.matches()) {
            String user = scp.group(1) == null ? "" : scp.group(1) + "@";
            url = "ssh://" + user + scp.group(2) + "/" + scp.group(3);
        }
        URI uri = parse(where, url);
        boolean ssh = "ssh".equals(uri.getScheme());
        String path = String.valueOf(uri.getRawPath());
        if (!ssh && !isWeb(uri) || path.length() < 2 || AMBIGUOUS.matcher(path).find()) {
            throw Variables.unfit(where, "is not a repository's address, as https://github.com/acme/app");
        }
        Optional<String> user = ssh ? Optional.ofNullable(uri.getRawUserInfo()) : Optional.empty();
        String bare = bare(uri, user.map(info -> info.split(":", 2)[0]));
        return bare.endsWith(".git") ? bare.substring(0, bare.length() - ".git".length()) : bare;
    }

    /** The same text without what stands before the at sign of its host, where that could be a password. */
    static String withoutPassword(String uri) {
        int host = uri.indexOf("://") + 3;
        int end = host < 3 ? -1 : uri.indexOf('/', host);
        String authority = host < 3 ? "" : uri.substring(host, end < 0 ? uri.length() : end);
        int at = authority.lastIndexOf('@');
        boolean ssh = uri.startsWith("ssh:") || uri.startsWith("git+ssh:");
        boolean plain = at < 0 || ssh && authority.lastIndexOf(':', at) < 0;
        return plain ? uri : uri.substring(0, host) + uri.substring(host + at + 1);
    }

    private static boolean isWeb(URI uri) {
        return "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
    }

    private static URI parse(String where, String text) throws Failure {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw Variables.unfit(where, "is not an address").because(e);
        }
        if (uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw Variables.unfit(where, "is not an address of a host and a path alone");
        }
        return uri;
    }

    private static String bare(URI uri, Optional<String> user) {
        String path = String.valueOf(uri.getRawPath());
        String plain = uri.getScheme() + "://" + user.map(name -> name + "@").orElse("") + uri.getHost()
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + path;
        int end = plain.length();
        while (end > 0 && plain.charAt(end - 1) == '/') {
            end--;
        }
        return plain.substring(0, end);
    }
}
