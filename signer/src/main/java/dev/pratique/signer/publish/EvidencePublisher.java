package dev.pratique.signer.publish;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonObject;
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
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Signs images of one place and stores the evidence beside them. */
public final class EvidencePublisher {
    private final EvidenceTarget target;
    private final SigstoreSigner signer;
    private final InstantSource clock;
    private final Optional<Repository> identity;

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

    public EvidencePublisher(EvidenceTarget target, SigstoreSigner signer, InstantSource clock) {
        this(target, signer, clock, Optional.empty());
    }

    private EvidencePublisher(
            EvidenceTarget target, SigstoreSigner signer, InstantSource clock, Optional<Repository> identity) {
        this.target = target;
        this.signer = signer;
        this.clock = clock;
        this.identity = identity;
    }

    /** The same, whose older signatures name this repository instead of where the image lies. */
    public EvidencePublisher naming(Repository identity) {
        return new EvidencePublisher(target, signer, clock, Optional.of(identity));
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

    /** The same in a bundle that is stored nowhere. */
    public byte[] signedBundle(Descriptor subject, Map<String, String> annotations) throws Failure {
        byte[] statement = Statements.cosignSign(subject.digest(), annotations);
        return signer.sign(subject.digest(), statement).bundle();
    }

    /** Says something about an image. */
    public Stored attest(Descriptor subject, Format format, String predicateType, JsonObject predicate) throws Failure {
        byte[] statement = about(subject, predicateType, predicate);
        return switch (format) {
            case BUNDLE -> referrer(subject, statement, predicateType);
            case COSIGN -> envelope(subject.digest(), statement, predicateType);
        };
    }

    /** The same in a bundle that is stored nowhere. */
    public byte[] attestedBundle(Descriptor subject, String predicateType, JsonObject predicate) throws Failure {
        return signer.sign(subject.digest(), about(subject, predicateType, predicate))
                .bundle();
    }

    private Stored simpleSigning(Digest subject, Map<String, String> annotations) throws Failure {
        Repository named = identity.or(target::repository)
                .orElseThrow(
                        () -> Failure.of(
                                Kind.USAGE,
                                "a signature of the older form names a repository, and " + target.name() + " has none",
                                "say its name: --sign-container-identity registry.example/team/app; or leave --format cosign out"));
        byte[] payload = Statements.simpleSigning(named, subject, annotations);
        Optional<SaidBefore> before = before();
        Once<SignedBytes> signed = new Once<>(() -> signer.signMessage(payload));
        return tagged(
                TagScheme.SIG,
                subject,
                present -> signed.made().isPresent()
                        ? holds(present, payload, signed.made().get())
                        : before.isPresent() && before.get().signature(present, payload),
                now -> {
                    SignedBytes made = signed.get();
                    return CosignLayers.signature(
                            subject, now, payload, made.message().signature(), made.material());
                });
    }

    private Stored envelope(Digest subject, byte[] statement, String predicateType) throws Failure {
        Optional<SaidBefore> before = before();
        Once<SignedStatement> signed = new Once<>(() -> signer.sign(subject, statement));
        return tagged(
                TagScheme.ATT,
                subject,
                present -> signed.made().isPresent()
                        ? holds(present, signed.made().get())
                        : before.isPresent() && before.get().attestation(present, statement, predicateType),
                now -> {
                    SignedStatement made = signed.get();
                    return CosignLayers.attestation(subject, now, made.envelope(), predicateType, made.material());
                });
    }

    private static boolean holds(Manifest.Image present, SignedStatement ours) {
        byte[] envelope = ours.envelope().bytes();
        return present.layers().stream().anyMatch(layer -> layer.digest().matches(envelope));
    }

    private static boolean holds(Manifest.Image present, byte[] payload, SignedBytes ours) {
        String signature = Base64.getEncoder().encodeToString(ours.message().signature());
        return present.layers().stream()
                .filter(layer -> layer.digest().matches(payload))
                .anyMatch(layer -> signature.equals(layer.annotations().get(CosignLayers.SIGNATURE)));
    }

    private byte[] about(Descriptor subject, String predicateType, JsonObject predicate) {
        Optional<String> name = target.repository().map(Repository::toString);
        return Statements.about(name, subject.digest(), predicateType, predicate);
    }

    private Stored referrer(Descriptor subject, byte[] statement, String predicateType) throws Failure {
        EvidenceArtifact artifact = BundleReferrer.of(
                subject, signer.sign(subject.digest(), statement).bundle(), predicateType, clock.instant());
        target.push(artifact);
        return new Stored(artifact.digest(), Optional.empty(), true);
    }

    /** Who signs with another key each time has said nothing before. */
    private Optional<SaidBefore> before() throws Failure {
        return signer.key().map(key -> new SaidBefore(target, key));
    }

    /** Whether what a tag names has our word already. */
    private interface Said {
        boolean in(Manifest.Image present) throws Failure;
    }

    /** What a tag names, with our word in it. */
    private interface Extended {
        EvidenceArtifact from(Optional<Manifest.Image> now) throws Failure;
    }

    private Stored tagged(TagScheme scheme, Digest subject, Said said, Extended extended) throws Failure {
        Reference.Tag tag = scheme.tagFor(subject);
        AtomicBoolean added = new AtomicBoolean();
        Manifest last = target.extend(tag, now -> {
            Optional<Manifest.Image> image = image(tag, now);
            if (image.isPresent() && said.in(image.get())) {
                return Optional.empty();
            }
            added.set(true);
            return Optional.of(extended.from(image));
        });
        return new Stored(last.digest(), Optional.of(tag.value()), added.get());
    }

    private static Optional<Manifest.Image> image(Reference.Tag tag, Optional<Manifest> now) throws Failure {
        if (now.isPresent() && !(now.get() instanceof Manifest.Image)) {
            throw Failure.of(
                    Kind.FAILED,
                    "the tag " + tag + " names an index, and evidence cannot be added to one",
                    "who keeps images under such a tag must move them; or use --format bundle");
        }
        return now.map(Manifest.Image.class::cast);
    }

    /** Makes something when it is first asked for, and never again: a signature that is put back is the same one. */
    private static final class Once<T> {
        private final Making<T> making;
        private @Nullable T made;

        interface Making<T> {
            T make() throws Failure;
        }

        Once(Making<T> making) {
            this.making = making;
        }

        T get() throws Failure {
            T before = made;
            T result = before == null ? making.make() : before;
            made = result;
            return result;
        }

        Optional<T> made() {
            return Optional.ofNullable(made);
        }
    }
}
