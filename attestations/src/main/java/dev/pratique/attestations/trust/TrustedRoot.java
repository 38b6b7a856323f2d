package dev.pratique.attestations.trust;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.timestamp.TimestampAuthority;
import dev.pratique.attestations.transparency.TransparencyLog;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one Sigstore is trusted for (sigstore/protobuf-specs, sigstore_trustroot.proto): who certifies, which logs and which
 * timestamp authorities there are, each with the times at which it counts. Immutable.
 *
 * @param certificateLogs of certificate transparency
 * @param operators who runs a log or an authority, by the SHA-256 of its key's SubjectPublicKeyInfo (of an authority, its
 *     root's); only files of version 0.2 say it
 * @param notes what of the file is not used and why, a line each
 */
public record TrustedRoot(
        List<CertificateAuthority> authorities,
        List<TransparencyLog> logs,
        List<TransparencyLog> certificateLogs,
        List<TimestampAuthority> timestampAuthorities,
        Map<Digest, String> operators,
        List<String> notes) {
    /** That of the public-good instance has 7 KiB; each authority that is added takes one or two. */
    public static final int MAX_BYTES = 1 << 20;

    public TrustedRoot {
        authorities = List.copyOf(authorities);
        logs = List.copyOf(logs);
        certificateLogs = List.copyOf(certificateLogs);
        timestampAuthorities = List.copyOf(timestampAuthorities);
        operators = Map.copyOf(operators);
        notes = List.copyOf(notes);
    }

    /** One that did not come from a file. */
    public TrustedRoot(
            List<CertificateAuthority> authorities,
            List<TransparencyLog> logs,
            List<TransparencyLog> certificateLogs,
            List<TimestampAuthority> timestampAuthorities) {
        this(authorities, logs, certificateLogs, timestampAuthorities, Map.of(), List.of());
    }

    /**
     * Reads {@code trusted_root.json} of media type version 0.1 or 0.2, in either spelling. A log or authority of a kind that
     * is not known here is left out, with a note.
     *
     * @throws MalformedEvidenceException where it cannot be read, or not in one way only
     */
    public static TrustedRoot parse(byte[] json) throws MalformedEvidenceException {
        return TrustedRootReader.read(json);
    }

    /**
     * As what a log or a timestamp authority counts: as whoever runs it, where that is said. sigstore_trustroot.proto, operator:
     * "two proofs from log deployments operated by the same operator should count as only one valid proof", and "two signed
     * timestamps from timestamp authorities operated by the same operator should count as only one valid timestamp".
     *
     * @param key SHA-256 of the SubjectPublicKeyInfo of the log's key, or of the authority's root
     */
    public String countedAs(Digest key) {
        // A name of somebody else's cannot be taken for a key: no operator has a space in its name.
        return Optional.ofNullable(operators.get(key)).orElse("key " + key);
    }

    /** The same logs and timestamp authorities, and these who certify. */
    public TrustedRoot certifiedBy(List<CertificateAuthority> others) {
        return new TrustedRoot(others, logs, certificateLogs, timestampAuthorities, operators, notes);
    }
}
