package dev.pratique.attestations.verify;

import static dev.pratique.attestations.verify.Check.EVIDENCE;
import static dev.pratique.attestations.verify.Check.INTEGRITY;
import static dev.pratique.attestations.verify.Check.SUBJECT;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.evidence.CosignAttestation;
import dev.pratique.attestations.evidence.CosignSignature;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import dev.pratique.attestations.evidence.MessageSignature;
import dev.pratique.attestations.evidence.SigstoreBundle;
import dev.pratique.attestations.evidence.VerificationMaterial;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.statement.SimpleSigning;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.verify.Finding.Outcome;
import dev.pratique.attestations.verify.Piece.Claimed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges every piece of evidence on its own: a bad one never hides or spoils a good one. Pure, so thread safe.
 */
public final class Verifier {
    /** Changes whenever the same evidence could be judged otherwise: verdicts of another revision are not used. */
    public static final String REVISION = "13";

    private final TrustRoots roots;
    private final KeyProof keys;
    private final VerificationMaterial brought;

    public Verifier(TrustRoots roots) {
        this(roots, VerificationMaterial.NONE);
    }

    /** @param brought what whoever asks has of evidence that came without: a certificate, a promise to log it */
    public Verifier(TrustRoots roots, VerificationMaterial brought) {
        this.roots = roots;
        this.keys = new KeyProof(roots);
        this.brought = brought;
    }

    /**
     * @param repository where the image is: not every root may speak for every repository
     * @param subject the image that the evidence must be about
     * @param now for what nothing else says the time of
     * @return what is proved; never throws for what a stranger wrote
     */
    public Verification verify(Repository repository, Subject subject, FoundEvidence found, Instant now) {
        Examination all = new Examination();
        Scene scene = Scene.of(subject, roots.rootsFor(repository), now, all);
        found.unread().forEach(source -> all.unread(source, EVIDENCE));
        for (UnreadSource source : found.broken()) {
            all.reject(Rejection.MALFORMED, Finding.failed(INTEGRITY, source.what(), source.source()));
        }
        Map<Digest, List<EvidenceBytes>> manifests = new LinkedHashMap<>();
        for (EvidenceBytes evidence : found.items()) {
            manifests
                    .computeIfAbsent(evidence.manifest(), any -> new ArrayList<>())
                    .add(evidence);
        }
        int manifestsLeft = manifests.size();
        for (List<EvidenceBytes> pieces : manifests.values()) {
            all.budget().beginManifest(manifestsLeft--);
            int left = pieces.size();
            for (EvidenceBytes evidence : pieces) {
                examine(scene, evidence.where(), left--, () -> piece(evidence, scene.bytes));
            }
        }
        all.found(found);
        return all.result();
    }

    /**
     * One bundle about anything, an image or a plain artifact, by every root whatever it may speak for.
     *
     * @param bundle as a file holds it
     * @return as {@link #verify}
     */
    public Verification verifyBundle(Subject subject, byte[] bundle, Instant now) {
        Examination all = new Examination();
        Scene scene = Scene.of(subject, roots.roots(), now, all);
        examine(scene, "bundle", 1, () -> bundle(SigstoreBundle.parse(bundle), scene.bytes, "bundle"));
        return all.result();
    }

    /**
     * A signature that came alone, over a plain artifact; with what was {@code brought} for it.
     *
     * @return as {@link #verifyBundle}
     */
    public Verification verifySignature(Subject subject, byte[] signature, Instant now) {
        Examination all = new Examination();
        Scene scene = Scene.of(subject, roots.roots(), now, all);
        examine(scene, "signature", 1, () -> message(scene.bytes, signature, VerificationMaterial.NONE, "signature"));
        return all.result();
    }

    /**
     * What a piece is judged in.
     *
     * @param bytes the subject as what signatures may be over, hashed once for all of them
     */
    private record Scene(Subject subject, SignedMessage bytes, List<Root> roots, Instant now, Examination all) {
        static Scene of(Subject subject, List<Root> roots, Instant now, Examination all) {
            return new Scene(subject, SignedMessage.of(subject), roots, now, all);
        }
    }

    /** Reads a piece. */
    @FunctionalInterface
    private interface Reading {
        Piece read() throws MalformedEvidenceException, UnprovenException;
    }

    // The one place where what a stranger wrote becomes a finding instead of an exception.
    private void examine(Scene scene, String where, int pieces, Reading reading) {
        try {
            Piece piece = reading.read().completedBy(brought);
            scene.all.budget().beginPiece(pieces, keys.usualCost(piece, scene.roots.size(), pieces));
            judge(scene, piece);
        } catch (MalformedEvidenceException e) {
            scene.all.reject(Rejection.MALFORMED, Finding.failed(INTEGRITY, Printable.line(e.getMessage()), where));
        } catch (UnprovenException e) {
            scene.all.reject(e, where);
        }
    }

    private static Piece piece(EvidenceBytes evidence, SignedMessage about)
            throws MalformedEvidenceException, UnprovenException {
        String where = evidence.where();
        return switch (evidence.kind()) {
            case SIMPLE_SIGNING -> {
                CosignSignature signature = CosignSignature.read(evidence);
                yield new Piece(
                        SignedMessage.of(signature.signedBytes()),
                        List.of(signature.signature()),
                        Optional.empty(),
                        Optional.empty(),
                        signature.material(),
                        subject -> simpleSigning(signature.signedBytes(), subject),
                        where);
            }
            case DSSE_ENVELOPE -> {
                CosignAttestation attestation = CosignAttestation.read(evidence);
                yield envelope(attestation.envelope(), Optional.of(evidence.bytes()), attestation.material(), where);
            }
            case SIGSTORE_BUNDLE -> bundle(SigstoreBundle.read(evidence), about, where);
        };
    }

    private static Piece bundle(SigstoreBundle bundle, SignedMessage about, String where) throws UnprovenException {
        if (bundle.envelope().isPresent()) {
            return envelope(bundle.envelope().get(), Optional.empty(), bundle.material(), where);
        }
        MessageSignature message = bundle.message().orElseThrow();
        // sigstore_common.proto: messageDigest identifies and does not prove; what it identifies must be the subject
        // still.
        if (about.differs(message.algorithm(), message.digest())) {
            throw new UnprovenException(
                    Rejection.OTHER_SUBJECT, "it signs a message of another digest, not what was asked for");
        }
        return message(about, message.signature(), bundle.material(), where);
    }

    private static Piece message(SignedMessage about, byte[] signature, VerificationMaterial material, String where) {
        return new Piece(
                about,
                List.of(signature),
                Optional.empty(),
                Optional.empty(),
                material,
                subject -> new Claimed(Counts.MESSAGE, Optional.empty(), Map.of(), "it signs these very bytes"),
                where);
    }

    private static Piece envelope(
            DsseEnvelope envelope, Optional<byte[]> text, VerificationMaterial material, String where) {
        return new Piece(
                SignedMessage.of(envelope.signedBytes()),
                envelope.signatures(),
                Optional.of(envelope),
                text,
                material,
                subject -> statement(envelope, subject),
                where);
    }

    private static Claimed simpleSigning(byte[] payload, Subject subject)
            throws MalformedEvidenceException, UnprovenException {
        SimpleSigning claim = SimpleSigning.parse(payload);
        if (!subject.is(claim.manifestDigest())) {
            throw otherSubject("it signs " + claim.manifestDigest());
        }
        return new Claimed(Counts.SIGN, Optional.empty(), claim.annotations(), "it signs this digest");
    }

    private static Claimed statement(DsseEnvelope envelope, Subject subject)
            throws MalformedEvidenceException, UnprovenException {
        // in-toto envelope.md: payloadType MUST be application/vnd.in-toto+json; it is inside what was signed.
        if (!envelope.payloadType().equals(Statement.PAYLOAD_TYPE)) {
            throw new MalformedEvidenceException("the envelope's payloadType is not in-toto's");
        }
        Statement statement = Statement.parse(envelope.payload());
        Digest about = subject.digests().stream()
                .filter(statement::isAbout)
                .findFirst()
                .orElseThrow(() -> otherSubject("none of its subjects is this digest"));
        boolean signature = statement.predicateType().equals(Statement.COSIGN_SIGN);
        return new Claimed(
                signature ? Counts.SIGN : Counts.ANY_STATEMENT,
                Optional.of(statement),
                statement.annotations(about),
                signature ? "it signs this digest" : "a statement about this digest: " + statement.predicateType());
    }

    private static UnprovenException otherSubject(String saw) {
        return new UnprovenException(Rejection.OTHER_SUBJECT, saw + ", not what was asked for");
    }

    private void judge(Scene scene, Piece piece) throws MalformedEvidenceException, UnprovenException {
        List<Proof> proofs = proofs(scene, piece);
        if (proofs.isEmpty()) {
            return;
        }
        // By several roots, or for several signers, the same is seen more than once.
        scene.all.addAll(proofs.stream()
                .flatMap(proof -> proof.findings().stream())
                .distinct()
                .toList());
        proofs.stream()
                .flatMap(proof -> proof.certificate().stream())
                .findFirst()
                .ifPresent(certificate -> scene.all.addClaims(
                        CertificateProof.claims(certificate.identity(), Outcome.PASSED, piece.where())));
        Claimed claimed = piece.claim().read(scene.subject);
        scene.all.add(Finding.passed(
                INTEGRITY, "the signature is over these bytes, and they can be read in one way only", piece.where()));
        scene.all.add(Finding.passed(SUBJECT, Printable.line(claimed.saw()), piece.where()));
        for (Proof proof : proofs) {
            scene.all.prove(claimed, proof, piece.where());
        }
    }

    /** By keys and by the certificate: the one does not make up for the other, but either is enough. */
    private List<Proof> proofs(Scene scene, Piece piece) throws MalformedEvidenceException, UnprovenException {
        boolean certified = !piece.material().certificates().isEmpty();
        List<Proof> proofs = new ArrayList<>();
        Optional<UnprovenException> lacking = Optional.empty();
        try {
            proofs.addAll(keys.prove(piece, scene.roots, scene.now, scene.all));
        } catch (UnprovenException e) {
            // That no key made it is no flaw of what a certificate's key made, nor that a key's signer asks for
            // more, or that a key could not be tried.
            lacking = Optional.of(e).filter(why -> KeyProof.lacksWitnesses(why) || couldNotBeTried(piece, why));
            if (!certified || lacking.isEmpty() && e.rejection() != Rejection.NO_TRUSTED_KEY) {
                throw e;
            }
        } catch (MalformedEvidenceException e) {
            if (!certified) {
                throw e;
            }
        }
        if (!certified) {
            return proofs;
        }
        CertificateProof certificate = new CertificateProof(roots, piece, scene.now, scene.all);
        try {
            proofs.addAll(certificate.prove(scene.roots));
        } catch (UnprovenException e) {
            if (proofs.isEmpty()) {
                scene.all.addAll(certificate.held());
                // That a key could not be tried hides nothing of what the certificate's was tried with.
                UnprovenException why =
                        lacking.filter(one -> !couldNotBeTried(piece, one)).orElse(e);
                scene.all.reject(why, piece.where());
                scene.all.addOthersClaims(certificate.claims());
            }
        }
        return proofs;
    }

    private static boolean couldNotBeTried(Piece piece, UnprovenException why) {
        return why.rejection() == Rejection.NOT_JUDGED
                && piece.message().bytes().isEmpty();
    }
}
