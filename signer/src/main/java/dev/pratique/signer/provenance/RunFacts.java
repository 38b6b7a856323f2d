package dev.pratique.signer.provenance;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the command line says of a run; the text of its options, unread.
 *
 * @param ci the system that runs it, or {@code none}
 */
public record RunFacts(
        Optional<String> ci,
        Optional<String> buildType,
        Optional<String> builderId,
        Optional<String> invocationId,
        Optional<String> sourceUri,
        Optional<String> sourceRef,
        Optional<String> sourceDigest,
        Optional<String> startedOn,
        Optional<String> finishedOn) {
    /** in-toto's TypeURI, and every id of SLSA's that is a URI: a scheme, then something. */
    private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[^\\s]+");

    Source source() throws Failure {
        Optional<String> repository = Optional.empty();
        if (sourceUri.isPresent()) {
            repository = Optional.of(WebAddress.repository("--source-uri", text("--source-uri", sourceUri.get())));
        }
        Optional<String> ref = Optional.empty();
        if (sourceRef.isPresent()) {
            ref = Optional.of(Source.ref("--source-ref", text("--source-ref", sourceRef.get())));
        }
        Optional<String> plain =
                sourceDigest.map(digest -> digest.startsWith("gitCommit:") ? digest.substring(10) : digest);
        if (plain.isPresent() && Source.commit(plain).isEmpty()) {
            throw usage("--source-digest is not a commit of git", "write all 40 or 64 hexadecimal digits of it");
        }
        return new Source(repository, ref, plain);
    }

    Optional<String> builder() throws Failure {
        return uri("--builder-id", builderId);
    }

    Optional<String> type() throws Failure {
        return uri("--build-type", buildType);
    }

    Optional<String> invocation() throws Failure {
        return invocationId.isEmpty() ? invocationId : Optional.of(text("--invocation-id", invocationId.get()));
    }

    Optional<Instant> start() throws Failure {
        return startedOn.isEmpty() ? Optional.empty() : Optional.of(Variables.moment("--started-on", startedOn.get()));
    }

    Optional<Instant> end() throws Failure {
        return finishedOn.isEmpty()
                ? Optional.empty()
                : Optional.of(Variables.moment("--finished-on", finishedOn.get()));
    }

    private static Optional<String> uri(String option, Optional<String> value) throws Failure {
        if (value.isPresent() && !URI.matcher(text(option, value.get())).matches()) {
            throw usage(option + " is not a URI", "write it in full, as https://ci.example/builder");
        }
        return value;
    }

    private static String text(String option, String value) throws Failure {
        if (value.isEmpty()) {
            throw usage(option + " is empty", "leave out what is not known");
        }
        return Variables.text(option, value);
    }

    private static Failure usage(String what, String hint) {
        return Failure.of(Kind.USAGE, what, hint);
    }
}
