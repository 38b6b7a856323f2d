package dev.pratique.attestations.bench;

import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A bundle, from its bytes to findings: what a proxy does with one piece of evidence, the trust read before. The files are
 * those that the peer is measured with, in the directory {@code bench.cases}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class BundleBench {
    private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
    private static final Digest MANIFEST = Digest.sha256(new byte[0]);

    @Param({"k-bundle-nolog-p256", "k-bundle-rekor2-p256", "kl-bundle-rekor1", "kl-bundle-rekor2-gh"})
    public String sample;

    private Verifier verifier = new Verifier(new TrustRoots(List.of(), List.of()));
    private Digest subject = MANIFEST;
    private Repository repository = new Repository("localhost", "bench");
    private Instant now = Instant.EPOCH;
    private FoundEvidence found = FoundEvidence.none(Instant.EPOCH);

    @Setup
    public void prepare() throws Exception {
        Path directory = Path.of(System.getProperty("bench.cases"), sample);
        subject = Digest.parse(Shared.object(directory.resolve("case.json")).getString("subject"));
        repository = Repository.parse("127.0.0.1:18500", "samples/" + sample);
        now = Instant.now();
        EvidenceBytes bundle = new EvidenceBytes(BUNDLE, bundle(directory), Map.of(), MANIFEST, "referrer");
        found = new FoundEvidence(List.of(bundle), List.of(), List.of(), Set.of(), now);
        verifier = new Verifier(roots());
        if (once().statements().size() != 1) {
            throw new IllegalStateException(sample + ": " + once().findings());
        }
    }

    /** As the peer has it: for a key nothing more, for an identity one log, one certificate log, and a time. */
    private TrustRoots roots() throws Exception {
        if (!sample.startsWith("kl-")) {
            String pem = Files.readString(Path.of(System.getProperty("bench.samples"), "keys/k-p256.pub"));
            return new TrustRoots(List.of(NamedSigner.of("key", VerificationKey.parsePem(pem))), List.of(root()));
        }
        IdentityRule rule = new IdentityRule(
                Optional.of(TextPattern.exact("http://127.0.0.1:18888/gh")),
                Optional.of(
                        TextPattern.exact("https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main")),
                Map.of());
        NamedSigner signer = new NamedSigner(
                "workflow", List.of(), List.of(new TrustedIdentity(rule, Set.of())), Set.of(Counts.SIGN));
        return new TrustRoots(List.of(signer), List.of(root()));
    }

    private static Root root() throws Exception {
        byte[] json = Files.readAllBytes(Path.of(System.getProperty("bench.samples"), "trusted_root.json"));
        return new Root("stack", TrustedRoot.parse(json), List.of(), 1, 0, 1, Optional.empty());
    }

    private static byte[] bundle(Path directory) throws Exception {
        try (Stream<Path> blobs = Files.list(directory.resolve("layout/blobs/sha256"))) {
            for (Path blob : blobs.toList()) {
                if (Shared.object(blob).find("verificationMaterial").isPresent()) {
                    return Files.readAllBytes(blob);
                }
            }
        }
        throw new IOException("no bundle in " + directory);
    }

    @Benchmark
    public Verification once() {
        return verifier.verify(repository, Subject.of(subject), found, now);
    }
}
