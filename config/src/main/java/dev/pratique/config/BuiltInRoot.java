package dev.pratique.config;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.trust.tuf.AcceptedTarget.RoleState;
import dev.pratique.attestations.trust.tuf.TufClient;
import dev.pratique.attestations.trust.tuf.TufException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The trusted root of the public Sigstore as it comes with the program, for the first start and for those who never ask. Out
 * of a published release of sigstore-python; {@code .ci/public-good} puts it there.
 */
public final class BuiltInRoot {
    /** Its name where trust.yaml says nothing. */
    public static final String NAME = "sigstore";
    /** Where it is refreshed from. */
    public static final URI REPOSITORY = URI.create("https://tuf-repo-cdn.sigstore.dev");

    private static final Pattern RELEASE =
            Pattern.compile("(sigstore-python [0-9.]+) of ([0-9]{4}-[0-9]{2}-[0-9]{2}) ");

    private BuiltInRoot() {}

    /** Read when first asked for. */
    private static final class Shipped {
        static final byte[] BYTES = resource("trusted_root.json");
        static final TrustedRoot ROOT = root();

        private static TrustedRoot root() {
            try {
                return TrustedRoot.parse(BYTES);
            } catch (MalformedEvidenceException e) {
                throw new IllegalStateException("the trusted root that is built in cannot be read", e);
            }
        }
    }

    /** What is trusted. */
    public static TrustedRoot publicGood() {
        return Shipped.ROOT;
    }

    /** {@code trusted_root.json}. */
    public static byte[] bytes() {
        return Shipped.BYTES.clone();
    }

    /** {@code root.json} of the TUF repository, which every refresh begins with. */
    public static byte[] pinnedRoot() {
        return resource("root.json");
    }

    /** Version and expiry of that metadata: from its expiry on nothing says that what is built in is the newest. */
    public static RoleState metadata() {
        try {
            return TufClient.pinned(pinnedRoot());
        } catch (TufException e) {
            throw new IllegalStateException("the root metadata that is built in cannot be read", e);
        }
    }

    /** Out of which release of whose, as the file beside them says. */
    public static String release() {
        return notice().group(1);
    }

    /** The day on which that release was published, in UTC: what is built in is no younger, and nobody refreshes it. */
    public static LocalDate released() {
        return LocalDate.parse(notice().group(2));
    }

    private static Matcher notice() {
        Matcher found = RELEASE.matcher(new String(resource("NOTICE"), StandardCharsets.UTF_8));
        if (!found.find()) {
            throw new IllegalStateException("public-good/NOTICE names no release, or not its day");
        }
        return found;
    }

    /** {@code signing_config.v0.2.json}: which services those who sign may ask. */
    public static byte[] signingConfig() {
        return resource("signing_config.v0.2.json");
    }

    private static byte[] resource(String name) {
        try (InputStream in = BuiltInRoot.class.getResourceAsStream("public-good/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the program was built without public-good/" + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("public-good/" + name + " cannot be read", e);
        }
    }
}
