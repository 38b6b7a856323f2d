package dev.pratique.attestations.trust;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.timestamp.TimestampAuthority;
import dev.pratique.attestations.transparency.TransparencyLog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one Sigstore is trusted for (sigstore/protobuf-specs, sigstore_trustroot.proto): who certifies, which logs and which
 * timestamp authorities there are, each with the times at which it counts. Immutable.
 */
public final class TrustedRoot {
    /** That of the public-good instance has 7 KiB; each authority that is added takes one or two. */
    public static final int MAX_BYTES = 1 << 20;

    private final Supplier<Contents> contents;

    private record Contents(
            List<CertificateAuthority> authorities,
            List<TransparencyLog> logs,
            List<TransparencyLog> certificateLogs,
            List<TimestampAuthority> timestampAuthorities,
            Map<Digest, String> operators,
            List<String> notes) {}

    private TrustedRoot(Supplier<Contents> contents) {
        this.contents = contents;
    }

    /** The parts, as the methods of their names give them. */
    public TrustedRoot(
            List<CertificateAuthority> authorities,
            List<TransparencyLog> logs,
            List<TransparencyLog> certificateLogs,
            List<TimestampAuthority> timestampAuthorities,
            Map<Digest, String> operators,
            List<String> notes) {
        Contents given = new Contents(
                List.copyOf(authorities),
                List.copyOf(logs),
                List.copyOf(certificateLogs),
                List.copyOf(timestampAuthorities),
                Map.copyOf(operators),
                List.copyOf(notes));
        this.contents = () -> given;
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
     * One that is there for certain and read when somebody asks what is in it: what a key signed and nobody logged needs none.
     *
     * @param root the same whenever it is asked, from whichever thread
     */
    public static TrustedRoot deferred(Supplier<TrustedRoot> root) {
        return new TrustedRoot(() -> root.get().contents.get());
    }

    /** Who certifies. */
    public List<CertificateAuthority> authorities() {
        return contents.get().authorities;
    }

    /** Of what was signed. */
    public List<TransparencyLog> logs() {
        return contents.get().logs;
    }

    /** Of certificate transparency. */
    public List<TransparencyLog> certificateLogs() {
        return contents.get().certificateLogs;
    }

    /** Of RFC 3161. */
    public List<TimestampAuthority> timestampAuthorities() {
        return contents.get().timestampAuthorities;
    }

    /**
     * Who runs a log or an authority, by the SHA-256 of its key's SubjectPublicKeyInfo (of an authority, its root's); only
     * files of version 0.2 say it.
     */
    public Map<Digest, String> operators() {
        return contents.get().operators;
    }

    /** What of the file is not used and why, a line each. */
    public List<String> notes() {
        return contents.get().notes;
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
        return Optional.ofNullable(operators().get(key)).orElse("key " + key);
    }

    /** The same logs and timestamp authorities, and these who certify. */
    public TrustedRoot certifiedBy(List<CertificateAuthority> others) {
        return new TrustedRoot(others, logs(), certificateLogs(), timestampAuthorities(), operators(), notes());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TrustedRoot root && contents.get().equals(root.contents.get());
    }

    @Override
    public int hashCode() {
        return contents.get().hashCode();
    }
}
