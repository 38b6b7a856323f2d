package dev.pratique.signer.cli;

import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.config.BuiltInRoot;
import dev.pratique.config.ConfiguredRoot;
import dev.pratique.config.RefreshedRoot;
import dev.pratique.config.RefreshedRoot.WhenStale;
import dev.pratique.config.RootCache.Standing;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The trusted root that a command line chooses.
 *
 * @param expiry when the metadata behind it expires, read when it is asked for; empty for a file of the operator's
 * @param staleSince from when on it decides nothing, where a configuration says so
 */
record ChosenRoot(TrustedRoot material, Supplier<Optional<Instant>> expiry, Optional<Instant> staleSince) {

    static ChosenRoot ofFile(TrustedRoot material) {
        return new ChosenRoot(material, Optional::empty, Optional.empty());
    }

    /** The public Sigstore's, as it came with the program. */
    static ChosenRoot builtIn() {
        return new ChosenRoot(
                TrustedRoot.deferred(BuiltInRoot::publicGood),
                () -> Optional.of(BuiltInRoot.metadata().expires()),
                Optional.empty());
    }

    /** The public Sigstore's, as the updates of this configuration left it. */
    static ChosenRoot refreshed(Path config, Terminal terminal) throws Failure {
        for (ConfiguredRoot root : ConfigOptions.of(config).snapshot(terminal).roots()) {
            Optional<RefreshedRoot> builtIn = root.refreshed()
                    .filter(RefreshedRoot::builtIn)
                    // Where authorities of one's own certify it is not the public Sigstore.
                    .filter(any -> root.own().isEmpty());
            if (builtIn.isPresent() && root.standing().isPresent()) {
                Standing standing = root.standing().get();
                Optional<Instant> expires = Optional.of(standing.expires());
                return new ChosenRoot(
                        standing.material(),
                        () -> expires,
                        expires.filter(any -> builtIn.get().whenStale() == WhenStale.UNDECIDED));
            }
        }
        throw Failure.of(
                Kind.USAGE,
                config + " has no root that is {builtIn: public-good}",
                "say --trusted-root FILE instead, or leave --config out");
    }

    /** Empty where nothing says so. */
    Optional<Instant> expires() {
        return expiry.get();
    }

    boolean isStale(Instant now) {
        return expires().filter(end -> !end.isAfter(now)).isPresent();
    }
}
