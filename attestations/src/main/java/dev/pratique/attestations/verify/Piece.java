package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.evidence.VerificationMaterial;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.timestamp.TimestampToken;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Signatures over one message with all that came along: what is judged at once.
 *
 * @param envelope where the message is the encoding of one
 * @param envelopeText the envelope as its signer wrote it; not known of a bundle's
 * @param claim what the message says, read only once a signature holds
 * @param where it was found, for people
 */
record Piece(
        SignedMessage message,
        List<byte[]> signatures,
        Optional<DsseEnvelope> envelope,
        Optional<byte[]> envelopeText,
        VerificationMaterial material,
        Claim claim,
        String where) {

    Piece {
        signatures = List.copyOf(signatures);
    }

    /** With what whoever asks brings along, where nothing of the kind came with it. */
    Piece completedBy(VerificationMaterial brought) {
        return new Piece(message, signatures, envelope, envelopeText, material.completedBy(brought), claim, where);
    }

    /**
     * What a timestamp that came along must be over. cosign before version 3 had the whole envelope stamped where it wrote
     * the envelope itself into a layer (attest.go: "Historically, cosign sent `signedPayload`, which is the entire JSON DSSE
     * Envelope"), and the signature stands in it. A bundle's are over the signature alone (sigstore_bundle.proto,
     * "rfc3161_timestamps").
     */
    byte[] stamped(TimestampToken token, byte[] signature) {
        return envelopeText.filter(token::names).orElse(signature);
    }

    /** What it costs to hash for one timestamp what it may be over, in checks of P-256 signatures. */
    int stampHashing() {
        // Once to see whether it is over the envelope, and once more to prove it.
        return 2 * (envelopeText.map(text -> text.length).orElse(0) / EvidenceLimits.BYTES_PER_CHECK);
    }

    /** Reads what a signature that holds is about. */
    @FunctionalInterface
    interface Claim {
        /** @throws UnprovenException OTHER_SUBJECT where it is about something else */
        Claimed read(Subject subject) throws MalformedEvidenceException, UnprovenException;
    }

    /**
     * What was claimed about the subject.
     *
     * @param annotations what is said beside, as text
     * @param saw for people
     */
    record Claimed(Counts form, Optional<Statement> statement, Map<String, String> annotations, String saw) {}
}
