package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificatePath;
import dev.pratique.attestations.certificate.ProvedCertificate;
import dev.pratique.attestations.certificate.Purpose;
import dev.pratique.attestations.certificate.SignedCertificateTimestamps;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.Signatory;
import dev.pratique.attestations.verify.VerifiedStatement.SignedBy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a certificate that came with a signature proves who made it (Sigstore client-spec.md, "Verification"): by one root
 * after the other, each on its own.
 */
final class CertificateProof {
    private final TrustRoots roots;
    private final Piece piece;
    private final Instant now;
    private final Examination all;
    private final Certificate leaf;
    private final List<Certificate> offered;

    /** @param now for roots without logs and timestamp authorities, whose certificates are judged by the clock */
    CertificateProof(TrustRoots roots, Piece piece, Instant now, Examination all) {
        this.roots = roots;
        this.piece = piece;
        this.now = now;
        this.all = all;
        List<Certificate> certificates = piece.material().certificates();
        this.leaf = certificates.get(0);
        this.offered = certificates.subList(1, certificates.size());
    }

    /**
     * By the first of these roots that proves it; where none does, as said by the one that came furthest.
     *
     * @param applicable roots that may speak for the repository
     * @param counted ids of keys that are known to have made the signature: with one of them this is the same signer
     * @return empty where only roots prove it whose metadata is too old; they are then among what could not be read
     */
    Optional<Proof> prove(List<Root> applicable, List<Digest> counted)
            throws MalformedEvidenceException, UnprovenException {
        byte[] signature = signature();
        boolean stale = false;
        UnprovenException nearest = new UnprovenException(
                Rejection.CERTIFICATE_UNTRUSTED, "no trust root may speak for certificates of this repository");
        for (Root root : applicable) {
            if (root.isStale(now) && root.material().authorities().isEmpty()) {
                stale = true;
                all.unread(neverFetched(root), Check.VALIDITY);
                continue;
            }
            try {
                Proof proof = prove(root, signature, counted);
                if (!root.isStale(now)) {
                    return Optional.of(proof);
                }
                stale = true;
                all.unread(stale(root), Check.VALIDITY);
            } catch (UnprovenException e) {
                if (nearest.rejection() == Rejection.CERTIFICATE_UNTRUSTED) {
                    nearest = e;
                }
            }
        }
        if (stale) {
            return Optional.empty();
        }
        throw nearest;
    }

    // Whom it would trust is not known, so nobody is a stranger yet.
    private static UnreadSource neverFetched(Root root) {
        return new UnreadSource("trust root " + root.name(), "it was never fetched: pratique trust update");
    }

    // What rests on a root that may have been withdrawn since is neither good nor bad.
    private static UnreadSource stale(Root root) {
        String since = root.staleSince().map(Instant::toString).orElse("");
        return new UnreadSource(
                "trust root " + root.name(), "its metadata ended at " + since + ": pratique trust update");
    }

    /** The one that the certificate's key made, whoever vouches for the certificate. */
    private byte[] signature() throws MalformedEvidenceException, UnprovenException {
        VerificationKey key = VerificationKey.parseSpki(leaf.spki());
        MalformedEvidenceException malformed = null;
        for (byte[] signature : piece.signatures()) {
            for (SignatureAlgorithm algorithm : key.algorithms()) {
                all.spend(key.cost() + piece.message().length() / EvidenceLimits.BYTES_PER_CHECK);
                try {
                    if (piece.message().signedBy(key, algorithm, signature) == Verified.BY_THIS_KEY) {
                        return signature;
                    }
                } catch (MalformedEvidenceException e) {
                    malformed = e;
                }
            }
        }
        if (malformed != null) {
            throw malformed;
        }
        throw new UnprovenException(
                Rejection.SIGNATURE_INVALID, "the key of its certificate did not sign this, or it was altered");
    }

    private Proof prove(Root root, byte[] signature, List<Digest> counted)
            throws MalformedEvidenceException, UnprovenException {
        Witnesses heard;
        try {
            heard = Witnesses.hear(
                    piece,
                    signature,
                    leaf.der(),
                    root.material().logs(),
                    root.material().timestampAuthorities(),
                    all);
            requireEnough(root, heard);
        } catch (UnprovenException e) {
            requirePath(root, e);
            throw e;
        }
        List<Instant> times = heard.times();
        all.spend(EvidenceLimits.CHECKS_PER_PATH);
        // client-spec.md: "If both are available, the Verifier performs path validation twice. If either fails,
        // verification
        // fails."
        ProvedCertificate proved = CertificatePath.prove(
                Purpose.CODE_SIGNING,
                leaf,
                offered,
                root.material().authorities(),
                times.isEmpty() ? List.of(now) : times);
        requireCertificateLogs(root, proved);
        List<Signatory> signatories = signatories(root, proved, times);
        List<Finding> findings = new ArrayList<>();
        String who = String.join(", ", proved.identity().lines());
        findings.add(Finding.passed(
                Check.IDENTITY, Printable.line("signed by " + names(signatories) + ": " + who), piece.where()));
        findings.add(Finding.passed(
                Check.VALIDITY,
                Printable.line("its certificate is by " + proved.authority().name() + " (root " + root.name() + ")"),
                piece.where()));
        findings.addAll(heard.findings(piece.where()));
        // SIG-20: one key that is trusted by itself and by its certificate is one signer.
        Digest id = counted.contains(proved.key().id())
                ? proved.key().id()
                : proved.identity().id();
        return new Proof(
                new SignedBy(id, "the identity " + Printable.line(who), signatories),
                times,
                root.staleSince(),
                findings);
    }

    // What a root says of the rest matters only where the certificate is of an authority of that root.
    private void requirePath(Root root, UnprovenException otherwise) throws UnprovenException {
        if (otherwise.rejection() == Rejection.LIMIT) {
            return;
        }
        all.spend(EvidenceLimits.CHECKS_PER_PATH);
        try {
            CertificatePath.prove(leaf, offered, root.material().authorities(), now);
        } catch (UnprovenException e) {
            if (e.rejection() == Rejection.CERTIFICATE_UNTRUSTED) {
                throw e;
            }
        }
    }

    private static void requireEnough(Root root, Witnesses heard) throws UnprovenException {
        if (heard.logs() < root.logs()) {
            throw new UnprovenException(
                    Rejection.NOT_LOGGED,
                    "it is in " + heard.logs() + " transparency logs of root " + root.name() + "; " + root.logs()
                            + " are asked for" + strangers(heard));
        }
        if (heard.authorities() < root.timestamps()) {
            throw new UnprovenException(
                    Rejection.NO_SIGNED_TIME,
                    heard.authorities() + " timestamp authorities of root " + root.name() + " stamped it; "
                            + root.timestamps() + " are asked for" + strangers(heard));
        }
        // client-spec.md: the certificate is judged as of the time of signing, which somebody must vouch for.
        if (root.saysTimes() && heard.times().isEmpty()) {
            throw new UnprovenException(
                    Rejection.NO_SIGNED_TIME,
                    "no log or timestamp authority of root " + root.name() + " says when it was signed"
                            + strangers(heard));
        }
    }

    private static String strangers(Witnesses heard) {
        return heard.strangers() == 0 ? "" : " (" + heard.strangers() + " are of others, which do not count)";
    }

    private void requireCertificateLogs(Root root, ProvedCertificate proved) throws UnprovenException {
        if (root.certificateLogs() == 0) {
            return;
        }
        all.spend(EvidenceLimits.CHECKS_PER_SCTS);
        long found =
                SignedCertificateTimestamps.prove(
                                proved,
                                piece.material().detachedSct(),
                                root.material().certificateLogs())
                        .stream()
                        .map(sct -> sct.log())
                        .distinct()
                        .count();
        if (found < root.certificateLogs()) {
            throw new UnprovenException(
                    Rejection.CERTIFICATE_NOT_LOGGED,
                    found + " certificate transparency logs of root " + root.name() + " vouch for its certificate; "
                            + root.certificateLogs() + " are asked for");
        }
    }

    private List<Signatory> signatories(Root root, ProvedCertificate proved, List<Instant> times)
            throws UnprovenException {
        // Once a time is proved the windows were compared with it; else they are compared with each moment of
        // judgement.
        Validity validity = times.isEmpty() ? proved.window() : Validity.ALWAYS;
        List<Signatory> signatories = roots.signatories(proved, root.name(), validity);
        if (signatories.isEmpty()) {
            throw new UnprovenException(
                    Rejection.IDENTITY_UNKNOWN,
                    Printable.line("signed by "
                            + String.join(", ", proved.identity().lines()) + ", whom no signer of trust.yaml is"));
        }
        return signatories;
    }

    private static String names(List<Signatory> signatories) {
        return String.join(
                ", ",
                signatories.stream().map(Signatory::name).distinct().sorted().toList());
    }
}
