package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.Validity;
import java.util.List;
import java.util.Optional;

/** Who is trusted to say when something was signed (RFC 3161). Its chain is checked once. Immutable, thread safe. */
public final class TimestampAuthority {
    private final String name;
    private final List<Certificate> chain;
    private final Validity validity;
    private final Optional<Certificate> signer;
    private final CertificateAuthority issuers;
    private final Digest key;

    /**
     * @param name for people: its address, or what the operator calls it
     * @param chain of certificates, nearest the signer first, the root last. Where the first is no certification authority's
     *     it is the signer's own, and no other signer speaks for this authority; else the signer's certificate comes with the
     *     token
     * @param validity what it says counts if the time that it says lies within
     * @throws IllegalArgumentException for a chain without a certification authority
     */
    public TimestampAuthority(String name, List<Certificate> chain, Validity validity) {
        boolean named = !chain.isEmpty() && !chain.get(0).isAuthority();
        List<Certificate> above = named ? chain.subList(1, chain.size()) : chain;
        if (above.isEmpty()) {
            throw new IllegalArgumentException("a timestamp authority without a certification authority");
        }
        this.name = name;
        this.chain = List.copyOf(chain);
        this.validity = validity;
        this.signer = named ? Optional.of(chain.get(0)) : Optional.empty();
        this.issuers = new CertificateAuthority(name, above, Validity.ALWAYS, true);
        this.key = Digest.sha256(chain.get(chain.size() - 1).spki());
    }

    /** For people. */
    public String name() {
        return name;
    }

    /** Nearest the signer first, the root last. */
    public List<Certificate> chain() {
        return chain;
    }

    /** What it says counts if the time that it says lies within. */
    public Validity validity() {
        return validity;
    }

    /** The one certificate that signs for it, where it has one. */
    Optional<Certificate> signer() {
        return signer;
    }

    /**
     * Whether these bytes name its signer anywhere; where any signer may speak for it, whether they name one who certifies
     * them. Proves nothing.
     */
    boolean isNamedIn(byte[] bytes) {
        return signer.map(own -> own.isNamedIn(bytes))
                .orElseGet(() -> chain.stream().anyMatch(above -> above.hasSubjectIn(bytes)));
    }

    /** What is above the signer's certificate. */
    CertificateAuthority issuers() {
        return issuers;
    }

    /** SHA-256 over the key of the root. */
    public Digest key() {
        return key;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TimestampAuthority authority
                && name.equals(authority.name)
                && chain.equals(authority.chain)
                && validity.equals(authority.validity);
    }

    @Override
    public int hashCode() {
        return chain.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
