package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.attestations.sign.BundleReferrer;
import dev.pratique.attestations.sign.CosignLayers;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.attestations.sign.Statements;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.sigstore.SigstoreSigner;
import dev.pratique.signer.sigstore.SigstoreSigner.SignedBytes;
import dev.pratique.signer.sigstore.SigstoreSigner.SignedStatement;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Signs images of one repository and stores the evidence beside them. */
public final class EvidencePublisher {
    private static final int TAG_ATTEMPTS = 4;

    private final RemoteRepository repository;
    private final SigstoreSigner signer;
    private final InstantSource clock;

    /** How evidence is stored. */
    public enum Format {
        /** A Sigstore bundle as a referrer, as cosign v3 does. */
        BUNDLE,
        /** cosign's older {@code .sig} and {@code .att} tags. */
        COSIGN;

        /** As people write it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Evidence that is stored now.
     *
     * @param manifest the manifest that holds it
     * @param tag the tag that finds it; empty for a referrer
     * @param added false where the same key had said the same before
     */
    public record Stored(Digest manifest, Optional<String> tag, boolean added) {}

    public EvidencePublisher(RemoteRepository repository, SigstoreSigner signer, InstantSource clock) {
        this.repository = repository;
        this.signer = signer;
        this.clock = clock;
    }

    /**
     * Says "this image is signed".
     *
     * @param subject type, digest and size of its manifest or index
     * @param annotations the signer's own
     */
    public Stored sign(Descriptor subject, Format format, Map<String, String> annotations) throws Failure {
        return switch (format) {
            case BUNDLE ->
                referrer(subject, Statements.cosignSign(subject.digest(), annotations), Statement.COSIGN_SIGN);
            case COSIGN -> simpleSigning(subject.digest(), annotations);
        };
    }

    /** Says something about an image. */
    public Stored attest(Descriptor subject, Format format, String predicateType, JsonObject predicate) throws Failure {
        byte[] statement = Statements.about(repository.repository(), subject.digest(), predicateType, predicate);
        return switch (format) {
            case BUNDLE -> referrer(subject, statement, predicateType);
            case COSIGN -> {
                SignedStatement signed = signer.sign(subject.digest(), statement);
                yield tagged(
                        TagScheme.ATT,
                        subject.digest(),
                        existing -> CosignLayers.attestation(
                                subject.digest(), existing, signed.envelope(), predicateType, signed.material()));
            }
        };
    }

    private Stored referrer(Descriptor subject, byte[] statement, String predicateType) throws Failure {
        EvidenceArtifact artifact = BundleReferrer.of(
                subject, signer.sign(subject.digest(), statement).bundle(), predicateType, clock.instant());
        repository.push(artifact);
        return new Stored(artifact.digest(), Optional.empty(), true);
    }

    private Stored simpleSigning(Digest subject, Map<String, String> annotations) throws Failure {
        byte[] payload = Statements.simpleSigning(repository.repository(), subject, annotations);
        Optional<Manifest.Image> present = repository.evidence(TagScheme.SIG, subject);
        if (present.isPresent() && saidBefore(present.get(), payload)) {
            return new Stored(
                    present.get().digest(),
                    Optional.of(TagScheme.SIG.tagFor(subject).value()),
                    false);
        }
        SignedBytes signed = signer.signMessage(payload);
        return tagged(
                TagScheme.SIG,
                subject,
                existing -> CosignLayers.signature(
                        subject, existing, payload, signed.message().signature(), signed.material()));
    }

    private boolean saidBefore(Manifest.Image present, byte[] payload) throws Failure {
        Optional<VerificationKey> key = signer.key();
        return key.isPresent()
                && present.layers().stream()
                        .filter(layer -> layer.digest().matches(payload))
                        .anyMatch(layer ->
                                isBy(key.get(), layer.annotations().getOrDefault(CosignLayers.SIGNATURE, ""), payload));
    }

    private static boolean isBy(VerificationKey key, String signature, byte[] payload) {
        try {
            return key.verify(payload, StrictBase64.decode(signature, "signature"))
                    == VerificationKey.Verified.BY_THIS_KEY;
        } catch (MalformedEvidenceException e) {
            return false; // of another key's form
        }
    }

    /** Extends what a tag names. Tags cannot be locked: look afterwards whether another writer replaced it. */
    private Stored tagged(
            TagScheme scheme, Digest subject, Function<Optional<Manifest.Image>, EvidenceArtifact> extended)
            throws Failure {
        Optional<Manifest.Image> existing = repository.evidence(scheme, subject);
        for (int attempt = 0; attempt < TAG_ATTEMPTS; attempt++) {
            EvidenceArtifact artifact = extended.apply(existing);
            repository.push(artifact);
            existing = repository.evidence(scheme, subject);
            Digest added = artifact.blobs().get(artifact.blobs().size() - 1).digest();
            if (existing.isPresent()
                    && existing.get().layers().stream()
                            .anyMatch(layer -> layer.digest().equals(added))) {
                String tag = scheme.tagFor(subject).value();
                return new Stored(existing.get().digest(), Optional.of(tag), true);
            }
        }
        throw Failure.of(
                Kind.FAILED,
                "other writers kept replacing the tag " + scheme.tagFor(subject),
                "sign again when fewer do, or use --format bundle");
    }
}
