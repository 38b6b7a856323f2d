package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Catalog;
import dev.pratique.attestations.policy.Policy;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.SignedBy;
import dev.pratique.attestations.sign.BundleReferrer;
import dev.pratique.attestations.sign.CosignLayers;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.sign.SignedEnvelope;
import dev.pratique.attestations.sign.SigningMaterial;
import dev.pratique.attestations.sign.Statements;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.proxy.store.ContentStore;
import dev.pratique.proxy.verdicts.VerdictStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A gate over a registry in memory, a real verdict store and a real content store, with a clock that the test sets. */
final class GateBench implements AutoCloseable {
    static final Repository APP = new Repository("up.example", "acme/app");
    static final Repository OTHER = new Repository("up.example", "team-b/app");
    static final AdmissionSettings SETTINGS = new AdmissionSettings(
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofHours(24),
            Duration.ofDays(7),
            Duration.ofHours(1),
            Duration.ofSeconds(5));

    final MemoryRegistry registry = new MemoryRegistry();
    final KeySigner key = newKey();
    final KeySigner otherKey = newKey();
    final List<String> failures = new ArrayList<>();
    volatile Instant now = Instant.parse("2026-11-21T12:00:00Z");
    volatile Standard standard;
    final VerdictStore records;
    final ContentStore content;
    final JudgePool pool;
    final Gatekeeper gatekeeper;

    GateBench(Path directory, int judges, int waiting) throws Exception {
        records = VerdictStore.open(directory.resolve("verdicts"), said -> {});
        content = ContentStores.open(directory.resolve("content"));
        pool = new JudgePool(judges, waiting);
        AdmissionEvents events = new AdmissionEvents() {
            @Override
            public void failed(String id, Throwable cause) {
                failures.add(id);
            }
        };
        standard = standard(1, rule("all", "**", signedBy("ci")));
        gatekeeper = new Gatekeeper(
                () -> standard, new Inquiry(registry, content, records, () -> now, events), pool, () -> now, events);
    }

    static KeySigner newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return KeySigner.of(generator.generateKeyPair());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    Standard standard(int revision, Rule... rules) {
        return standard(revision, Catalog.empty(), rules);
    }

    Standard standard(int revision, Catalog catalog, Rule... rules) {
        return standard(revision, catalog, SETTINGS, rules);
    }

    Standard standard(int revision, Catalog catalog, AdmissionSettings settings, Rule... rules) {
        try {
            TrustRoots trust = new TrustRoots(List.of(
                    TrustRoots.NamedSigner.of("ci", VerificationKey.parseSpki(key.publicKey())),
                    TrustRoots.NamedSigner.of("other", VerificationKey.parseSpki(otherKey.publicKey()))));
            return new Standard(
                    new Policy(List.of(rules)), trust, catalog, new PolicyRevision("r" + revision), settings);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static Rule rule(String name, String repositories, Rule.Effect effect) {
        return new Rule(name, List.of(new Glob(repositories)), Set.of(), List.of(), effect);
    }

    static Rule.Require signedBy(String signer) {
        return require(Requirements.Mode.ENFORCE, Set.of(signer), Requirements.BaseRequirement.NONE);
    }

    static Rule.Require require(Requirements.Mode mode, Set<String> signedBy, Requirements.BaseRequirement base) {
        return new Rule.Require(new Requirements(
                mode, Optional.of(SignedBy.any(signedBy)), Optional.empty(), base, Set.of(), false, false));
    }

    /** Pushes an image with these layer texts; the diff_ids are those of the texts. */
    Pushed push(Repository repository, String tag, String... layers) {
        List<Object> listed = new ArrayList<>();
        List<Object> diffIds = new ArrayList<>();
        List<Digest> digests = new ArrayList<>();
        for (String layer : layers) {
            byte[] bytes = layer.getBytes(StandardCharsets.UTF_8);
            digests.add(registry.blob(repository, bytes));
            diffIds.add(Digest.sha256(bytes).toString());
            listed.add(descriptor("application/vnd.oci.image.layer.v1.tar", bytes));
        }
        byte[] config = JsonWriter.bytes(Map.of(
                "architecture", "amd64", "os", "linux", "rootfs", Map.of("type", "layers", "diff_ids", diffIds)));
        Digest configDigest = registry.blob(repository, config);
        byte[] manifest = JsonWriter.bytes(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MediaType.OCI_MANIFEST,
                "config",
                descriptor(MediaType.OCI_CONFIG, config),
                "layers",
                listed));
        return new Pushed(registry.manifest(repository, manifest, tag), manifest, configDigest, digests);
    }

    /** Pushes an index over children for the platforms given in turn. */
    Digest pushIndex(Repository repository, String tag, Map<Platform, Pushed> children) {
        List<Object> listed = new ArrayList<>();
        children.forEach((platform, child) -> listed.add(Map.of(
                "mediaType",
                MediaType.OCI_MANIFEST,
                "digest",
                child.digest().toString(),
                "size",
                child.bytes().length,
                "platform",
                Map.of("os", platform.os(), "architecture", platform.architecture()))));
        byte[] index =
                JsonWriter.bytes(Map.of("schemaVersion", 2, "mediaType", MediaType.OCI_INDEX, "manifests", listed));
        return registry.manifest(repository, index, tag);
    }

    record Pushed(Digest digest, byte[] bytes, Digest config, List<Digest> layers) {}

    static Map<String, Object> descriptor(String type, byte[] bytes) {
        return Map.of("mediaType", type, "digest", Digest.sha256(bytes).toString(), "size", bytes.length);
    }

    void sign(Repository repository, Digest digest, KeySigner signer) throws Exception {
        byte[] payload = Statements.simpleSigning(repository, digest, Map.of());
        registry.attach(
                repository,
                CosignLayers.signature(
                        digest, Optional.empty(), payload, signer.sign(payload), SigningMaterial.ofKey(signer)));
    }

    void signBundle(Repository repository, Pushed image, KeySigner signer) throws Exception {
        byte[] bundle = SignedEnvelope.sign(Statements.cosignSign(image.digest(), Map.of()), signer)
                .bundle(SigningMaterial.ofKey(signer));
        Descriptor subject = Descriptor.of(MediaType.OCI_MANIFEST, image.bytes());
        registry.attach(repository, BundleReferrer.of(subject, bundle, Statement.COSIGN_SIGN, now));
    }

    PullAnswer pull(Repository repository, String reference) throws Exception {
        return ask(new PullRequest(
                PullRequest.Kind.MANIFEST, repository, Reference.parse(reference), "127.0.0.1", "default"));
    }

    PullAnswer pullBlob(Repository repository, Digest digest) throws Exception {
        return ask(new PullRequest(
                PullRequest.Kind.BLOB, repository, new Reference.ByDigest(digest), "127.0.0.1", "default"));
    }

    PullAnswer ask(PullRequest request) throws Exception {
        CompletableFuture<PullAnswer> answer = new CompletableFuture<>();
        gatekeeper.admit(request, Runnable::run, answer::complete);
        return answer.get(20, TimeUnit.SECONDS);
    }

    /** ADMITTED, WARNED, or the reason or cause. */
    static String said(PullAnswer answer) {
        return answer.fold(
                pass -> pass.admission().wouldRefuse().isPresent() ? "WARNED" : "ADMITTED",
                (decision, refused) -> refused.reason().name(),
                (decision, undecided) -> undecided.cause().name());
    }

    @Override
    public void close() {
        pool.close();
        records.close();
        ContentStores.close(content);
    }
}
