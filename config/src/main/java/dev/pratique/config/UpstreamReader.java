package dev.pratique.config;

import dev.pratique.config.Upstream.Credentials;
import dev.pratique.config.Upstream.Timeouts;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One upstream of proxy.yaml. */
final class UpstreamReader {
    static final Shape.Keys SHAPE = Shape.keys("url", "plainHttp", "layout", "ca")
            .with("credentials", Shape.keys("username").with("password", Shape.keys("env", "file")))
            .with("tokenRealms", Shape.VALUES)
            .with("redirects", Shape.VALUES)
            .with("missing", Shape.VALUES)
            .with("timeouts", Shape.keys("connect", "response", "idle", "total"));

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String NOWHERE = "https://invalid";

    private final SourceFiles files;
    private final SecretReader secrets;
    private final Purpose purpose;

    UpstreamReader(SourceFiles files, SecretReader secrets, Purpose purpose) {
        this.files = files;
        this.secrets = secrets;
        this.purpose = purpose;
    }

    Upstream read(String name, Section section) {
        if (section.has("layout")) {
            return layout(name, section);
        }
        boolean plainHttp = section.flag("plainHttp");
        if (!section.has("url")) {
            section.refuse(section.path() + " has neither url nor layout", "write url: \"https://" + name + "\"");
        }
        URI url = section.find("url").flatMap(value -> origin(value, plainHttp)).orElse(URI.create(NOWHERE));
        if (plainHttp && url.getScheme().equals("https") && !url.equals(URI.create(NOWHERE))) {
            section.refuse("plainHttp", "plainHttp: true stands beside an https url", "remove one of the two");
        }
        if (plainHttp && section.has("ca")) {
            section.refuse("ca", "ca says nothing about plain HTTP", "remove it");
        }
        List<URI> realms = new ArrayList<>();
        section.values("tokenRealms").forEach(value -> origin(value, plainHttp).ifPresent(realms::add));
        List<URI> redirects = new ArrayList<>();
        section.values("redirects").forEach(value -> origin(value, plainHttp).ifPresent(redirects::add));
        return new Upstream.Registry(
                name,
                url,
                section.section("credentials").flatMap(this::credentials),
                section.find("ca").map(this::authorities).orElse(List.of()),
                realms,
                redirects,
                missing(section),
                section.section("timeouts").map(UpstreamReader::timeouts).orElse(Timeouts.DEFAULT));
    }

    private Upstream layout(String name, Section section) {
        List<String> others = SHAPE.keys().keySet().stream()
                .filter(key -> !key.equals("layout") && section.has(key))
                .toList();
        if (!others.isEmpty()) {
            section.refuse(
                    others.get(0),
                    "a layout on disk has no " + String.join(", no ", others),
                    "remove it, or the layout");
        }
        Path directory = section.find("layout").flatMap(this::path).orElse(files.directory());
        if (purpose == Purpose.SERVE && !Files.isDirectory(directory)) {
            section.refuse(
                    "layout",
                    section.path() + ".layout is not a directory",
                    "paths are relative to the configuration directory");
        }
        return new Upstream.Layout(name, directory);
    }

    private Optional<Path> path(Value value) {
        try {
            return Optional.of(files.resolve(value.text()));
        } catch (InvalidPathException e) {
            value.refuse(value.path() + " is not a path", "write it as /srv/images");
            return Optional.empty();
        }
    }

    // Never shows the value: people put user:password into URLs.
    private static Optional<URI> origin(Value value, boolean plainHttp) {
        URI uri;
        try {
            uri = new URI(value.text()).parseServerAuthority();
        } catch (URISyntaxException e) {
            value.refuse(value.path() + " is not a URL", "write it as https://registry.example");
            return Optional.empty();
        }
        if (uri.getUserInfo() != null) {
            value.refuse(
                    value.path() + " has a user name in it",
                    "use credentials: {username: NAME, password: {file: PATH}}, and change that password");
            return Optional.empty();
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        if (scheme.equals("http") && !plainHttp) {
            value.refuse(value.path() + " is plain HTTP", "use https, or say plainHttp: true for this upstream");
            return Optional.empty();
        }
        boolean bare = (uri.getPath().isEmpty() || uri.getPath().equals("/"))
                && uri.getQuery() == null
                && uri.getFragment() == null;
        if (!scheme.equals("http") && !scheme.equals("https") || uri.getHost() == null || !bare) {
            value.refuse(value.path() + " is not scheme, host and port alone", "write it as https://registry.example");
            return Optional.empty();
        }
        return Optional.of(URI.create(scheme + "://" + uri.getRawAuthority()));
    }

    private Optional<Credentials> credentials(Section section) {
        Optional<Value> username = section.require("username");
        Optional<SecretRef> password = section.section("password").flatMap(secrets::read);
        if (!section.has("password")) {
            section.refuse(section.path() + " lacks password", "say password: {env: VARIABLE} or {file: PATH}");
        }
        return username.flatMap(name -> password.map(secret -> new Credentials(name.text(), secret)));
    }

    private List<X509Certificate> authorities(Value file) {
        List<X509Certificate> authorities = new ArrayList<>();
        try {
            Optional<byte[]> bytes = path(file).isPresent() ? files.read(files.resolve(file.text())) : Optional.empty();
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Certificate one : factory.generateCertificates(new ByteArrayInputStream(bytes.orElse(new byte[0])))) {
                authorities.add((X509Certificate) one);
            }
        } catch (IOException | CertificateException e) {
            authorities.clear();
        }
        if (authorities.isEmpty()) {
            file.refuse(
                    file.path() + " names no readable file of PEM certificates",
                    "paths are relative to the configuration directory");
        }
        return authorities;
    }

    private static Set<Integer> missing(Section section) {
        Set<Integer> statuses = new TreeSet<>();
        for (Value value : section.values("missing")) {
            int status = Section.number(value, 400, 499, 404);
            // They say that it may exist: 401 that one has to log in, 429 that one has to wait.
            if (status == 401 || status == 429) {
                value.refuse(
                        value.path() + " is " + status + ", which does not say that something is missing",
                        "write 403, or what this registry answers");
            }
            statuses.add(status);
        }
        return statuses;
    }

    private static Timeouts timeouts(Section section) {
        Timeouts standard = Timeouts.DEFAULT;
        return new Timeouts(
                section.duration("connect", SECOND, standard.connect()),
                section.duration("response", SECOND, standard.response()),
                section.duration("idle", SECOND, standard.idle()),
                section.duration("total", Duration.ZERO, standard.total()));
    }
}
