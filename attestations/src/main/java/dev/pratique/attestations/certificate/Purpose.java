package dev.pratique.attestations.certificate;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.KeyPurposes.ExtendedKeyUsage;
import java.util.Set;

/** What a certificate is proved to be for. */
public enum Purpose {
    /**
     * To sign images and what is said of them: the extended key usage names code signing, the key usage digital signatures
     * (sigstore, fulcio/docs/certificate-specification.md, "Issued certificate").
     */
    CODE_SIGNING("code signing", ExtendedKeyUsage.CODE_SIGNING) {
        @Override
        void requireFitUsage(KeyPurposes purposes) throws UnprovenException {
            require(purposes.maySignContent(), "has no key usage for digital signatures");
            require(isNamed(purposes), "is not for code signing by its extended key usage");
        }
    },
    /**
     * To say when: RFC 3161 section 2.3, "The corresponding certificate MUST contain only one instance of the extended key
     * usage field extension […] with KeyPurposeID having value: id-kp-timeStamping. This extension MUST be critical."
     */
    TIME_STAMPING("time stamping", ExtendedKeyUsage.TIME_STAMPING) {
        @Override
        void requireFitUsage(KeyPurposes purposes) throws UnprovenException {
            // RFC 5280 section 4.2.1.12: consistent are digitalSignature and nonRepudiation.
            require(
                    purposes.usages().isEmpty() || purposes.maySignReceipts(),
                    "has no key usage for signatures over timestamps");
            require(
                    purposes.extended()
                            .map(usage -> usage.critical() && usage.purposes().equals(Set.of(id())))
                            .orElse(false),
                    "is not for time stamping alone, by a critical extended key usage");
        }
    };

    private final String label;
    private final String id;

    Purpose(String label, String id) {
        this.label = label;
        this.id = id;
    }

    String id() {
        return id;
    }

    /** For people. */
    public String label() {
        return label;
    }

    /** That a certificate with these may sign for this purpose. */
    abstract void requireFitUsage(KeyPurposes purposes) throws UnprovenException;

    /** Whether the leaf's extended key usage has it; "any purpose" is not this one. */
    boolean isNamed(KeyPurposes purposes) {
        return purposes.extended().map(usage -> usage.purposes().contains(id)).orElse(false);
    }

    /**
     * Whether an authority with these may certify for it. RFC 5280 section 4.2.1.12 leaves it to applications to nest
     * purposes; all of them do: an authority's extension, where it has one, limits what is below it.
     */
    boolean isWithin(KeyPurposes authority) {
        return authority
                .extended()
                .map(usage -> usage.purposes().contains(id) || usage.purposes().contains(ExtendedKeyUsage.ANY))
                .orElse(true);
    }

    private static void require(boolean fit, String otherwise) throws UnprovenException {
        if (!fit) {
            throw new UnprovenException(Rejection.CERTIFICATE_UNFIT, "its certificate " + otherwise);
        }
    }
}
