package dev.pratique.attestations.certificate;

import dev.pratique.attestations.key.Validity;
import java.util.List;

/**
 * An authority that is trusted to say who has which key. Its own chain is checked once, when it is made. Immutable, thread
 * safe.
 */
public final class CertificateAuthority {
    private final String name;
    private final List<Certificate> chain;
    private final Validity validity;
    private final boolean takesIntermediates;
    private final int linkedFrom;

    /**
     * @param name for people: its URI, or what the operator calls it
     * @param chain nearest the leaf first, the root last; at least one. All of it is trusted only as far as it is signed from
     *     its end: what no later certificate signed never proves anything
     * @param validity what it says counts at times within
     * @param takesIntermediates whether evidence may bring certificates between a leaf and this chain, as those of private
     *     authorities do
     * @throws IllegalArgumentException for an empty chain
     */
    public CertificateAuthority(String name, List<Certificate> chain, Validity validity, boolean takesIntermediates) {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("an authority without a certificate");
        }
        this.name = name;
        this.chain = List.copyOf(chain);
        this.validity = validity;
        this.takesIntermediates = takesIntermediates;
        this.linkedFrom = linkedFrom(this.chain);
    }

    private static int linkedFrom(List<Certificate> chain) {
        int from = chain.size() - 1;
        while (from > 0 && chain.get(from - 1).isIssuedBy(chain.get(from))) {
            from--;
        }
        return from;
    }

    /** For people. */
    public String name() {
        return name;
    }

    /** Nearest the leaf first, the root last. */
    public List<Certificate> chain() {
        return chain;
    }

    public Validity validity() {
        return validity;
    }

    /** Whether evidence may bring certificates between a leaf and this chain. */
    public boolean takesIntermediates() {
        return takesIntermediates;
    }

    /** Whether each certificate of the chain from this one on is signed by the next. */
    boolean isLinkedFrom(int index) {
        return index >= linkedFrom;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CertificateAuthority authority
                && name.equals(authority.name)
                && chain.equals(authority.chain)
                && validity.equals(authority.validity)
                && takesIntermediates == authority.takesIntermediates;
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
