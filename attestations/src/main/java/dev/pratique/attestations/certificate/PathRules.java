package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What must hold of the certificates of a path, signatures apart: of the leaf, and of each authority above it. */
final class PathRules {
    private static final Set<String> UNDERSTOOD = Set.of(
            Extension.KEY_USAGE,
            Extension.EXTENDED_KEY_USAGE,
            Extension.BASIC_CONSTRAINTS,
            Extension.SUBJECT_ALTERNATIVE_NAME);

    private final Purpose purpose;
    private final Certificate leaf;
    private final List<Instant> times;

    PathRules(Purpose purpose, Certificate leaf, List<Instant> times) {
        this.purpose = purpose;
        this.leaf = leaf;
        this.times = List.copyOf(times);
    }

    /** What needs neither path nor key: that the certificate is one to sign with. */
    static void requireFitLeaf(Certificate leaf, Purpose purpose) throws UnprovenException {
        if (SignatureIdentifier.of(leaf.algorithm).isEmpty()) {
            throw unfit("its certificate is signed with an algorithm that is not verified (ECDSA and RSA with SHA-256,"
                    + " SHA-384 and SHA-512, and Ed25519 are)");
        }
        // RFC 6962 section 3.1: a precertificate has the poison "so that the Precertificate cannot be validated by a
        // standard X.509v3 client"; whether it is marked critical or not, this is none to sign with.
        if (leaf.extensions.containsKey(Extension.POISON)) {
            throw unfit("its certificate is a precertificate");
        }
        requireUnderstood(leaf, "its certificate");
        if (leaf.purposes.authority() || leaf.purposes.maySignCertificates()) {
            throw unfit("its certificate is a certification authority's, which signs certificates and nothing else");
        }
        purpose.requireFitUsage(leaf.purposes);
    }

    /** Of a leaf to which a path leads: no stranger's key is looked at. */
    static VerificationKey requireKey(Certificate leaf) throws UnprovenException {
        CertifiedKey certified = leaf.key().ofEvidence();
        return certified
                .key()
                .orElseThrow(() -> unfit("its certificate's key is none to verify with: " + certified.problem()));
    }

    // RFC 5280 section 4.2: "A certificate-using system MUST reject the certificate if it encounters a critical
    // extension it does not recognize or a critical extension that contains information that it cannot process."
    private static void requireUnderstood(Certificate certificate, String what) throws UnprovenException {
        for (Extension extension : certificate.extensions.values()) {
            boolean understood = UNDERSTOOD.contains(extension.id())
                    || extension.id().equals(Extension.NAME_CONSTRAINTS) && certificate.purposes.authority()
                    || extension.id().equals(Extension.TIMESTAMP_LIST)
                    || isClaim(extension.id());
            if (extension.critical() && !understood) {
                throw unfit(what + " has a critical extension that is not understood: " + extension.id());
            }
        }
    }

    private static boolean isClaim(String id) {
        if (id.equals(FulcioExtension.RAW_ISSUER)) {
            return true;
        }
        for (FulcioExtension one : FulcioExtension.values()) {
            if (one.oid().equals(id)) {
                return true;
            }
        }
        return false;
    }

    /**
     * That such a path holds at the times.
     *
     * @param path from the leaf's issuer to the root, each signed by the next
     */
    void check(List<Certificate> path, CertificateAuthority authority) throws UnprovenException {
        int below = 0;
        for (int i = 0; i < path.size(); i++) {
            Certificate one = path.get(i);
            checkAuthority(one, below);
            checkNames(one, path.subList(0, i));
            // RFC 5280 section 4.2.1.9: "the maximum number of non-self-issued intermediate certificates that may
            // follow this certificate in a valid certification path".
            below += one.isSelfIssued() ? 0 : 1;
        }
        checkTimes(path, authority);
    }

    private void checkAuthority(Certificate one, int below) throws UnprovenException {
        String what = "the certificate of '" + Printable.line(one.subject.toString()) + "' above it";
        // RFC 5280 section 6.1.4 (k): "verify that the basicConstraints extension is present and that cA is set to
        // TRUE".
        if (!one.purposes.authority()) {
            throw unfit(what + " is not a certification authority's");
        }
        // (n): "If a key usage extension is present, verify that the keyCertSign bit is set."
        if (one.purposes.usages().isPresent() && !one.purposes.maySignCertificates()) {
            throw unfit(what + " has no key usage for certificates");
        }
        if (one.purposes.pathLength().isPresent()
                && below > one.purposes.pathLength().getAsInt()) {
            throw unfit(what + " allows a shorter path than this");
        }
        if (!purpose.isWithin(one.purposes)) {
            throw unfit(what + " is not for " + purpose.label() + " by its extended key usage");
        }
        requireUnderstood(one, what);
    }

    private void checkNames(Certificate one, List<Certificate> below) throws UnprovenException {
        Extension extension = one.extensions.get(Extension.NAME_CONSTRAINTS);
        if (extension == null) {
            return;
        }
        try {
            NameConstraints constraints = NameConstraints.parse(extension);
            constraints.check(leaf);
            for (Certificate intermediate : below) {
                // RFC 5280 section 4.2.1.10: "Name constraints are not applied to self-issued certificates (unless the
                // certificate is the final certificate in the path)."
                if (!intermediate.isSelfIssued()) {
                    constraints.check(intermediate);
                }
            }
        } catch (MalformedEvidenceException e) {
            throw new UnprovenException(Rejection.MALFORMED, e.getMessage());
        }
    }

    private void checkTimes(List<Certificate> path, CertificateAuthority authority) throws UnprovenException {
        for (Instant time : times) {
            checkTime(leaf, "its certificate", time);
            for (Certificate one : path) {
                checkTime(one, "the certificate of '" + Printable.line(one.subject.toString()) + "' above it", time);
            }
            // sigstore_trustroot.proto, CertificateAuthority.valid_for: "The time the *entire* chain was valid. This is
            // at max the longest interval when *all* certificates in the chain were valid, but it MAY be shorter."
            if (authority.validity().at(time) != Validity.State.VALID) {
                throw new UnprovenException(
                        Rejection.CERTIFICATE_TIME, authority.name() + " is not trusted for certificates of " + time);
            }
        }
    }

    // RFC 5280 section 4.1.2.5: "the period of time from notBefore through notAfter, inclusive".
    private static void checkTime(Certificate one, String what, Instant time) throws UnprovenException {
        if (time.isBefore(one.notBefore) || time.isAfter(one.notAfter)) {
            throw new UnprovenException(
                    Rejection.CERTIFICATE_TIME,
                    what + " is valid from " + one.notBefore + " to " + one.notAfter + ", not at " + time);
        }
    }

    /**
     * When all of a path that was checked counts.
     *
     * @throws UnprovenException CERTIFICATE_TIME where that is never
     */
    Validity window(List<Certificate> path, CertificateAuthority authority) throws UnprovenException {
        Instant from = leaf.notBefore;
        Instant last = leaf.notAfter;
        for (Certificate one : path) {
            from = from.isBefore(one.notBefore) ? one.notBefore : from;
            last = last.isAfter(one.notAfter) ? one.notAfter : last;
        }
        // The certificates' last moment is within, an operator's end is not; there is no time between two nanoseconds.
        Instant end = last.plusNanos(1);
        Optional<Instant> begun = authority.validity().from();
        Optional<Instant> ended = authority.validity().until();
        Instant first = begun.isPresent() && begun.get().isAfter(from) ? begun.get() : from;
        Instant until = ended.isPresent() && ended.get().isBefore(end) ? ended.get() : end;
        if (!until.isAfter(first)) {
            throw new UnprovenException(
                    Rejection.CERTIFICATE_TIME,
                    "its certificate is valid from " + leaf.notBefore + " to " + leaf.notAfter
                            + ", and never while all that is above it is, and " + authority.name() + " is trusted");
        }
        return new Validity(Optional.of(first), Optional.of(until));
    }

    private static UnprovenException unfit(String saw) {
        return new UnprovenException(Rejection.CERTIFICATE_UNFIT, saw);
    }
}
