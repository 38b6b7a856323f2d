package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.certificate.CertificateIdentity;
import dev.pratique.attestations.certificate.CertificatePath;
import dev.pratique.attestations.certificate.CertificatePath.Named;
import dev.pratique.attestations.certificate.ProvedCertificate;
import dev.pratique.attestations.certificate.Purpose;
import dev.pratique.attestations.certificate.SignedCertificateTimestamps;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.Signatory;
import dev.pratique.attestations.verify.Finding.Outcome;
import dev.pratique.attestations.verify.VerifiedStatement.SignedBy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a certificate that came with a signature proves who made it (Sigstore client-spec.md, "Verification"): by each root
 * on its own. What is cheap and tells strangers apart comes first: who has a genuine certificate and is nobody here costs a
 * look at its path, however much came along.
 */
final class CertificateProof {
    private final TrustRoots roots;
    private final Piece piece;
    private final Instant now;
    private final Examination all;
    private final Certificate leaf;
    private final List<Certificate> offered;
    private final CertifiedSignature signature;
    private final RootFailures failures = new RootFailures();
    private final List<Finding> held = new ArrayList<>();
    private Optional<Named> named = Optional.empty();
    private Optional<Witnesses> heard = Optional.empty();

    /** @param now for roots without logs and timestamp authorities, whose certificates are judged by the clock */
    CertificateProof(TrustRoots roots, Piece piece, Instant now, Examination all) {
        this.roots = roots;
        this.piece = piece;
        this.now = now;
        this.all = all;
        List<Certificate> certificates = piece.material().certificates();
        this.leaf = certificates.get(0);
        this.offered = certificates.subList(1, certificates.size());
        this.signature = new CertifiedSignature(piece, all);
    }

    /**
     * By every one of these roots that proves it: a signer may be bound to any of them.
     *
     * @param applicable roots that may speak for the repository
     * @return empty where only roots prove it, or might, whose metadata is too old; they are then among what could not be read
     * @throws UnprovenException where none does, as said by the one that came furthest, with what the others say
     */
    List<Proof> prove(List<Root> applicable) throws UnprovenException {
        List<Proof> proofs = new ArrayList<>();
        List<Root> tooOld = new ArrayList<>();
        Set<String> credited = new HashSet<>();
        for (Root root : applicable) {
            if (root.isNeverFetched()) {
                tooOld.add(root);
                continue;
            }
            held.clear();
            heard = Optional.empty();
            try {
                Proof proof = prove(root);
                if (root.isStale(now)) {
                    tooOld.add(root);
                } else {
                    proofs.add(proof);
                    proof.signedBy().signatories().forEach(signatory -> credited.add(signatory.name()));
                }
            } catch (UnprovenException e) {
                failures.add(root, e, List.copyOf(held));
                if (root.isStale(now) && mightProve(root, e.rejection())) {
                    tooOld.add(root);
                }
            } catch (MalformedEvidenceException e) {
                failures.add(
                        root,
                        new UnprovenException(Rejection.MALFORMED, Printable.line(e.getMessage())),
                        List.copyOf(held));
            }
        }
        boolean open = false;
        // Who it is that a key signs for may hang on the root; whether it signed does not.
        if (!failures.include(Rejection.SIGNATURE_INVALID)) {
            for (Root root : tooOld) {
                open |= unread(root, credited);
            }
        }
        if (proofs.isEmpty() && !open) {
            throw failures.furthest();
        }
        return withStrangers(proofs);
    }

    // What one root does not know another may: only what is strange to all of them is of strangers.
    private List<Proof> withStrangers(List<Proof> proofs) {
        List<Finding> strangers = Witnesses.together(
                        piece, proofs.stream().map(Proof::heard).toList())
                .strangers(piece.where());
        return proofs.stream().map(proof -> proof.with(strangers)).toList();
    }

    /** Where no root proves it, what was good by the one that came furthest. */
    List<Finding> held() {
        return failures.held();
    }

    /** Where no root proves it, what it says of whom it names, if an authority that is trusted vouches for that. */
    List<Finding> claims() {
        Outcome outcome = failures.areOfStrangers() ? Outcome.FAILED : Outcome.PASSED;
        return named.map(certified -> claims(certified.identity(), outcome, piece.where()))
                .orElse(List.of());
    }

    /** All that a certificate says of whom it names, a finding each: one that is too long takes nothing from the others. */
    static List<Finding> claims(CertificateIdentity identity, Outcome outcome, String where) {
        return identity.lines().stream()
                .map(claim -> new Finding(Check.IDENTITY, outcome, "its certificate says " + claim, where))
                .toList();
    }

    /** Whether one that is fresh could, because it knew of authorities and logs of which this one does not. */
    private boolean mightProve(Root root, Rejection rejection) {
        return switch (rejection) {
            // Authorities of the operator's own files are what they are, whatever is refreshed beside them.
            case CERTIFICATE_UNTRUSTED ->
                root.material().authorities().stream().noneMatch(CertificateAuthority::takesIntermediates)
                        && Witnesses.couldSuffice(root, piece.material());
            case NOT_LOGGED, NOT_STAMPED, NO_SIGNED_TIME ->
                heard.filter(witnesses -> witnesses.couldSuffice(root)).isPresent();
            case CERTIFICATE_NOT_LOGGED ->
                SignedCertificateTimestamps.areOfStrangers(
                        leaf, piece.material().detachedSct(), root.material().certificateLogs());
            default -> false;
        };
    }

    /** What rests on a root that may have been withdrawn since is neither good nor bad; whether that changes anything. */
    private boolean unread(Root root, Set<String> credited) {
        // Whom a root would trust that was never fetched is not known, so nobody is a stranger to it yet.
        boolean could =
                named.isEmpty() ? roots.mayCount(root.name()) : !credited.containsAll(signers(named.get(), root));
        if (could) {
            all.unread(root);
        }
        return could;
    }

    private Proof prove(Root root) throws MalformedEvidenceException, UnprovenException {
        identify(root);
        Witnesses witnesses = hear(root);
        List<Instant> times = witnesses.times();
        // client-spec.md: "If both are available, the Verifier performs path validation twice. If either fails,
        // verification fails."
        ProvedCertificate proved = CertificatePath.prove(
                Purpose.CODE_SIGNING,
                leaf,
                offered,
                root.material().authorities(),
                times.isEmpty() ? List.of(now) : times);
        requireCertificateLogs(root, proved);
        // Once a time is proved the windows were compared with it; else they are compared with each moment of
        // judgement.
        Validity validity = times.isEmpty() ? proved.window() : Validity.ALWAYS;
        List<Signatory> signatories = roots.signatories(proved, root.name(), validity);
        return new Proof(
                new SignedBy(
                        proved.identity().id(), proved.key().id(), "the identity " + proved.identity(), signatories),
                Optional.of(proved),
                witnesses,
                root.staleSince(),
                findings(root, proved, signatories, witnesses));
    }

    /** That an authority of the root certified somebody whom a signer is. */
    private void identify(Root root) throws UnprovenException {
        all.spend(CertificatePath.cost(leaf, offered, root.material().authorities()));
        Named certified =
                CertificatePath.identify(leaf, offered, root.material().authorities());
        named = Optional.of(certified);
        if (signers(certified, root).isEmpty()) {
            throw new UnprovenException(
                    Rejection.IDENTITY_UNKNOWN,
                    Printable.line(
                            "its certificate names no signer that is trusted here, but " + certified.identity()));
        }
        held.add(Finding.passed(
                Check.IDENTITY,
                Printable.line("its certificate names " + String.join(", ", new TreeSet<>(signers(certified, root)))),
                piece.where()));
    }

    private Set<String> signers(Named certified, Root root) {
        return roots.names(certified.identity(), certified.key().id(), root.name());
    }

    private Witnesses hear(Root root) throws MalformedEvidenceException, UnprovenException {
        Witnesses witnesses = Witnesses.hear(
                piece,
                signature.by(named.orElseThrow().key()),
                leaf.der(),
                Optional.empty(),
                root.material().logs(),
                root.material().timestampAuthorities(),
                now,
                all);
        heard = Optional.of(witnesses);
        held.addAll(witnesses.findings(piece.where()));
        witnesses.requireEnough(root);
        if (root.saysTimes()) {
            witnesses.requireTime(root);
        }
        return witnesses;
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
                        .map(sct -> root.material().countedAs(sct.log().key().id()))
                        .distinct()
                        .count();
        if (found < root.certificateLogs()) {
            throw new UnprovenException(
                    Rejection.CERTIFICATE_NOT_LOGGED,
                    found + " certificate transparency logs of root " + root.name() + " vouch for its certificate; "
                            + root.certificateLogs() + " are asked for");
        }
    }

    private List<Finding> findings(
            Root root, ProvedCertificate proved, List<Signatory> signatories, Witnesses witnesses) {
        TreeSet<String> names = new TreeSet<>();
        signatories.forEach(signatory -> names.add(signatory.name()));
        List<Finding> findings = new ArrayList<>();
        findings.add(
                Finding.passed(Check.IDENTITY, Printable.line("signed by " + String.join(", ", names)), piece.where()));
        findings.add(Finding.passed(
                Check.VALIDITY,
                Printable.line("its certificate is by " + proved.authority().name() + " (root " + root.name() + ")"),
                piece.where()));
        findings.addAll(witnesses.findings(piece.where()));
        return findings;
    }
}
