package dev.pratique.proxy.e2e.rig;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** Predicates to attest, as files. */
public final class Predicates {
    private Predicates() {}

    /** SLSA v1 provenance of what rules ask for. */
    public static Path slsa1() {
        return file("slsa1.json");
    }

    /** As {@link #slsa1}, in version 0.2. */
    public static Path slsa02() {
        return file("slsa02.json");
    }

    public static Path otherSource() {
        return file("slsa1-other-source.json");
    }

    public static Path otherBuilder() {
        return file("slsa1-other-builder.json");
    }

    /** An SBOM. */
    public static Path spdx() {
        return file("spdx.json");
    }

    /** What a scanner found, as cosign writes it. */
    public static Path scan() {
        return file("scan.json");
    }

    private static Path file(String name) {
        URL found = Objects.requireNonNull(Predicates.class.getResource("/e2e/" + name), name);
        try {
            return Path.of(found.toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
