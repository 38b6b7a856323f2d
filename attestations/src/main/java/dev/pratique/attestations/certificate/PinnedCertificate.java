package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.VerificationKey;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate that the operator has on a way that he trusts. It stands for whoever has its key and its names, by this
 * certificate or a later one; that it was certified at all is still an authority's to say. Immutable, thread safe.
 */
public final class PinnedCertificate {
    private final Certificate leaf;
    private final List<Certificate> above;
    private final VerificationKey key;
    private final CertificateIdentity identity;

    private PinnedCertificate(
            Certificate leaf, List<Certificate> above, VerificationKey key, CertificateIdentity identity) {
        this.leaf = leaf;
        this.above = above;
        this.key = key;
        this.identity = identity;
    }

    /**
     * The first of a chain.
     *
     * @param chain at least one; behind the first those between it and its root, in any order
     * @throws MalformedEvidenceException where nothing can be verified by its key, or it names nobody in a form that is
     *     compared
     */
    public static PinnedCertificate of(List<Certificate> chain) throws MalformedEvidenceException {
        Certificate leaf = chain.get(0);
        // What signs with it comes with this certificate or another, in evidence.
        CertifiedKey key = leaf.key().ofEvidence();
        if (key.key().isEmpty()) {
            throw new MalformedEvidenceException("its key is none to verify with: " + key.problem());
        }
        CertificateIdentity identity = CertificateIdentity.of(leaf);
        if (identity.subjects().isEmpty() && identity.subjectDn().isEmpty()) {
            throw new MalformedEvidenceException("the certificate names nobody in a form that is compared");
        }
        return new PinnedCertificate(
                leaf, List.copyOf(chain.subList(1, chain.size())), key.key().get(), identity);
    }

    /** SHA-256 of its key's SubjectPublicKeyInfo. */
    public Digest key() {
        return key.id();
    }

    /**
     * Whether a certificate is the same signer's: of the same key, the same names, and the same issuer of the identity.
     *
     * @param certified SHA-256 of its key's SubjectPublicKeyInfo
     */
    public boolean isSignerOf(Digest certified, CertificateIdentity named) {
        return key.id().equals(certified) && identity.id().equals(named.id());
    }

    /**
     * Whether this authority's key signed it, or signed what signed it. It says who the authority is, not that the certificate
     * is good: when it is read it may have ended.
     */
    public boolean isIssuedBy(CertificateAuthority authority) {
        List<Certificate> reached = new ArrayList<>(List.of(leaf));
        // The list grows while it is gone through.
        for (int i = 0; i < reached.size(); i++) {
            Certificate one = reached.get(i);
            if (signedBy(authority, one)) {
                return true;
            }
            for (Certificate next : authority.takesIntermediates() ? above : List.<Certificate>of()) {
                if (!reached.contains(next) && one.isIssuedBy(next)) {
                    reached.add(next);
                }
            }
        }
        return false;
    }

    private static boolean signedBy(CertificateAuthority authority, Certificate one) {
        List<Certificate> chain = authority.chain();
        for (int i = 0; i < chain.size(); i++) {
            if (authority.isLinkedFrom(i) && one.isIssuedBy(chain.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** What {@link #isSignerOf} asks for, a line each, for people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("a certificate of the key " + key());
        identity.issuer().ifPresent(issuer -> lines.add("issuer: " + issuer));
        identity.subjects().forEach(name -> lines.add("subject: " + name));
        if (identity.subjects().isEmpty()) {
            lines.add("subject name: " + identity.subjectDn());
        }
        return lines.stream().map(Printable::line).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PinnedCertificate pinned && leaf.equals(pinned.leaf) && above.equals(pinned.above);
    }

    @Override
    public int hashCode() {
        return leaf.hashCode();
    }

    @Override
    public String toString() {
        return leaf.toString();
    }
}
