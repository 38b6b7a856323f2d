package dev.pratique.attestations.testing;

import static dev.pratique.attestations.testing.Evidence.map;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Catalog;
import dev.pratique.attestations.policy.Composition;
import dev.pratique.attestations.policy.ImageShape;
import dev.pratique.attestations.policy.Judge;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.Requirements.ProvenanceRequirement;
import dev.pratique.attestations.policy.SignedBy;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.EvidenceFinder;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.attestations.testing.Evidence.Layer;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One image in a repository, what lies beside it, and what is said of it. */
public final class Shelf {
    public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    public static final Instant GOOD_UNTIL = NOW.plus(Duration.ofHours(24));
    public static final Repository REPOSITORY = repository("registry.example", "acme/app");

    public final FakeRegistry registry = new FakeRegistry();
    public final Digest subject;
    /** What has the digest, whatever it is: nobody here reads it. */
    public final byte[] manifest;

    private final List<Object> listed = new ArrayList<>();
    private boolean api = true;

    public Shelf() {
        this("image");
    }

    /** @param name another name is another image */
    public Shelf(String name) {
        manifest = Evidence.utf8("manifest of " + name);
        subject = Digest.sha256(manifest);
        publishList();
    }

    public static Repository repository(String registry, String name) {
        try {
            return Repository.parse(registry, name);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    public Shelf sig(Layer... layers) {
        return tag(TagScheme.SIG, manifest(null, null, layers));
    }

    public Shelf att(Layer... layers) {
        return tag(TagScheme.ATT, manifest(null, null, layers));
    }

    public Shelf tag(TagScheme scheme, byte[] manifest) {
        registry.answer("manifests/" + scheme.tagFor(subject), FakeRegistry.found(manifest, MediaType.OCI_MANIFEST));
        return this;
    }

    /** A referrer as cosign v3 writes it. */
    public Shelf referrer(Layer... layers) {
        return referrer(MediaType.BUNDLE_V03, subject, layers);
    }

    /** @param listedAs the artifactType that the list says */
    public Shelf referrer(String listedAs, Digest about, Layer... layers) {
        byte[] manifest = manifest(MediaType.BUNDLE_V03, about, layers);
        Digest digest = registry.manifest(manifest, MediaType.OCI_MANIFEST);
        return list(map(
                "mediaType",
                MediaType.OCI_MANIFEST,
                "digest",
                digest.toString(),
                "size",
                manifest.length,
                "artifactType",
                listedAs));
    }

    public Shelf list(Map<String, Object> descriptor) {
        listed.add(descriptor);
        publishList();
        return this;
    }

    /** From now on the registry has no referrers API, and the list is at the tag. */
    public Shelf withoutApi() {
        api = false;
        publishList();
        return this;
    }

    public String referrersPlace() {
        return "referrers/" + subject;
    }

    public String tagPlace(TagScheme scheme) {
        return "manifests/" + scheme.tagFor(subject);
    }

    private void publishList() {
        byte[] index = index(listed);
        String tag = tagPlace(TagScheme.REFERRERS);
        registry.answer(referrersPlace(), api ? FakeRegistry.found(index, MediaType.OCI_INDEX) : FakeRegistry.MISSING);
        registry.answer(
                tag, api || listed.isEmpty() ? FakeRegistry.MISSING : FakeRegistry.found(index, MediaType.OCI_INDEX));
    }

    public static byte[] index(List<Object> entries) {
        return JsonWriter.bytes(map("schemaVersion", 2, "mediaType", MediaType.OCI_INDEX, "manifests", entries));
    }

    /** Puts the layers into the registry and says their manifest. */
    public byte[] manifest(String artifactType, Digest about, Layer... layers) {
        byte[] empty = Evidence.utf8("{}");
        List<Object> descriptors = new ArrayList<>();
        for (Layer layer : layers) {
            descriptors.add(map(
                    "mediaType",
                    layer.mediaType(),
                    "digest",
                    registry.blob(layer.bytes()).toString(),
                    "size",
                    layer.bytes().length,
                    "annotations",
                    layer.annotations()));
        }
        return JsonWriter.bytes(map(
                "schemaVersion",
                2,
                "mediaType",
                MediaType.OCI_MANIFEST,
                "artifactType",
                artifactType,
                "config",
                map(
                        "mediaType",
                        MediaType.OCI_EMPTY,
                        "digest",
                        Digest.sha256(empty).toString(),
                        "size",
                        2),
                "layers",
                descriptors,
                "subject",
                about == null
                        ? null
                        : map("mediaType", MediaType.OCI_MANIFEST, "digest", about.toString(), "size", 100)));
    }

    public FoundEvidence find() {
        return new EvidenceFinder(registry).find(REPOSITORY, subject, Deadline.after(NOW, Duration.ofSeconds(10)), NOW);
    }

    public Verification verify(TrustRoots roots) {
        return new Verifier(roots).verify(REPOSITORY, Subject.of(subject, manifest), find(), NOW);
    }

    public Verdict judge(TrustRoots roots, Requirements requirements) {
        return judge(verify(roots), requirements);
    }

    public static Verdict judge(Verification verification, Requirements requirements) {
        return new Judge(Catalog.empty())
                .judge(new Judge.Case(
                        requirements, verification, new ImageShape.NotAsked(), Composition.plain(), NOW, GOOD_UNTIL));
    }

    /** Signed by acme, whose key is A. */
    public Verdict judge() {
        return judge(roots("acme", TestKey.A), signedBy("acme"));
    }

    public static TrustRoots roots(String name, TestKey... keys) {
        return roots(signer(name, keys));
    }

    public static TrustRoots roots(NamedSigner... signers) {
        return new TrustRoots(List.of(signers));
    }

    public static NamedSigner signer(String name, TestKey... keys) {
        return NamedSigner.of(name, Arrays.stream(keys).map(TestKey::trusted).toArray(VerificationKey[]::new));
    }

    public static Requirements signedBy(String... names) {
        return signedBy(any(names));
    }

    public static Requirements signedBy(Optional<SignedBy> asked) {
        return new Requirements(Mode.ENFORCE, asked, Optional.empty(), BaseRequirement.NONE, Set.of(), false, false);
    }

    /** Nobody, where no name is given. */
    public static Optional<SignedBy> any(String... names) {
        return names.length == 0 ? Optional.empty() : Optional.of(SignedBy.any(Set.of(names)));
    }

    public static Requirements provenanceBy(String name) {
        return withProvenance(Set.of(), name, Set.of(), Set.of());
    }

    public static Requirements withProvenance(
            Set<String> signedBy, String by, Set<String> builders, Set<String> sources) {
        return withProvenance(signedBy, by, builders, sources, Set.of());
    }

    public static Requirements withProvenance(
            Set<String> signedBy, String by, Set<String> builders, Set<String> sources, Set<String> refs) {
        return new Requirements(
                Mode.ENFORCE,
                any(signedBy.toArray(new String[0])),
                Optional.of(new ProvenanceRequirement(
                        SignedBy.any(Set.of(by)), globs(builders), globs(sources), globs(refs))),
                BaseRequirement.NONE,
                Set.of(),
                false,
                false);
    }

    public static Requirements warn(Requirements enforced) {
        return new Requirements(
                Mode.WARN,
                enforced.signedBy(),
                enforced.provenance(),
                enforced.base(),
                enforced.platforms(),
                enforced.artifactsAllowed(),
                enforced.foreignLayersAllowed());
    }

    private static Set<Glob> globs(Set<String> patterns) {
        Set<Glob> globs = new java.util.HashSet<>();
        patterns.forEach(pattern -> globs.add(new Glob(pattern)));
        return globs;
    }
}
