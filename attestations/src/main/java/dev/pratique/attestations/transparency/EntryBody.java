package dev.pratique.attestations.transparency;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.Hash;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/** What a log recorded, by its kind. Read, not verified. */
sealed interface EntryBody {

    /**
     * Digest, signature and key or certificate must be these (sigstore_rekor.proto: "clients MUST verify that the signature
     * referenced in the canonicalized_body matches the signature provided in the Bundle.content"; BND-01).
     *
     * @throws UnprovenException where it is about something else
     */
    void requireAbout(LoggedSignature about) throws UnprovenException;

    /** Those that it names, with whom it names for each. */
    default List<By> signatures() {
        return List.of();
    }

    /** A digest as entries have it. */
    record LoggedDigest(Hash algorithm, byte[] value) {
        boolean is(Optional<byte[]> other) {
            return other.isPresent() && MessageDigest.isEqual(value, other.get());
        }
    }

    /**
     * A signature and who made it.
     *
     * @param verifier DER of a certificate or of a SubjectPublicKeyInfo
     */
    record By(byte[] signature, byte[] verifier) {
        boolean signed(LoggedSignature about) {
            return MessageDigest.isEqual(signature, about.signature());
        }

        boolean names(LoggedSignature about) {
            return about.isBy(verifier);
        }
    }

    /** hashedrekord 0.0.1 and 0.0.2: a digest of the signed bytes, which of an envelope are its pre-authentication encoding. */
    record OfDigest(LoggedDigest digest, By by) implements EntryBody {
        @Override
        public List<By> signatures() {
            return List.of(by);
        }

        @Override
        public void requireAbout(LoggedSignature about) throws UnprovenException {
            if (!digest.is(about.digest(digest.algorithm))) {
                throw mismatch("other signed bytes");
            }
            requireOneOf(List.of(by), about);
        }
    }

    /**
     * dsse 0.0.1 and 0.0.2, intoto 0.0.2: a digest of an envelope's payload and its signatures.
     *
     * @param payloadType where the kind records it; each signature covers it
     */
    record OfPayload(LoggedDigest digest, Optional<String> payloadType, List<By> signatures) implements EntryBody {
        @Override
        public void requireAbout(LoggedSignature about) throws UnprovenException {
            if (!digest.is(about.payloadDigest(digest.algorithm))) {
                throw mismatch(about.payloadType().isEmpty() ? "an envelope" : "another payload");
            }
            if (payloadType.isPresent() && !payloadType.equals(about.payloadType())) {
                throw mismatch("a payload of another type");
            }
            requireOneOf(signatures, about);
        }
    }

    /**
     * intoto 0.0.1: a digest of an envelope's text and a key. It names no signature, so it is about one only where the text,
     * in which the signature stands, is known.
     */
    record OfEnvelope(LoggedDigest digest, Optional<LoggedDigest> payload, byte[] verifier) implements EntryBody {
        @Override
        public void requireAbout(LoggedSignature about) throws UnprovenException {
            Optional<byte[]> text = about.envelopeDigest(digest.algorithm);
            if (!digest.is(text)) {
                throw mismatch(text.isEmpty() ? "an envelope whose text is not at hand" : "another envelope");
            }
            if (payload.isPresent() && !payload.get().is(about.payloadDigest(payload.get().algorithm))) {
                throw mismatch("another payload");
            }
            if (!about.isBy(verifier)) {
                throw mismatch("another key or certificate");
            }
        }
    }

    /** A kind that is not known here. */
    record Unknown(String kind, String version) implements EntryBody {
        @Override
        public void requireAbout(LoggedSignature about) throws UnprovenException {
            throw new UnprovenException(
                    Rejection.NOT_JUDGED,
                    Printable.line("a log entry of the kind " + kind + " " + version + ", which is not judged"));
        }
    }

    private static void requireOneOf(List<By> signatures, LoggedSignature about) throws UnprovenException {
        if (signatures.stream().noneMatch(by -> by.signed(about))) {
            throw mismatch("another signature");
        }
        if (signatures.stream().noneMatch(by -> by.signed(about) && by.names(about))) {
            throw mismatch("another key or certificate");
        }
    }

    private static UnprovenException mismatch(String what) {
        return new UnprovenException(Rejection.LOG_ENTRY_MISMATCH, "a log entry about " + what);
    }
}
