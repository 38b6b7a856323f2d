package dev.pratique.attestations.evidence;

import java.util.Optional;

/** What a Sigstore bundle holds a signature of: one of two kinds, never both (sigstore_bundle.proto, {@code oneof content}). */
public sealed interface BundleContent permits DsseEnvelope, MessageSignature {

    /** The envelope, where it is one. */
    default Optional<DsseEnvelope> envelope() {
        return this instanceof DsseEnvelope envelope ? Optional.of(envelope) : Optional.empty();
    }

    /** The signature of a message, where it is one. */
    default Optional<MessageSignature> message() {
        return this instanceof MessageSignature message ? Optional.of(message) : Optional.empty();
    }
}
