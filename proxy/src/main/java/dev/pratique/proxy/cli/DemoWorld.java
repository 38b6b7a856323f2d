package dev.pratique.proxy.cli;

import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.attestations.sign.SigningException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Sample images, evidence and a configuration in a directory, and the registries that serve some of them. Keys are made
 * anew each time and forgotten.
 */
final class DemoWorld implements AutoCloseable {
    static final String LAYOUT = "demo.example";
    static final String TAMPERED = "tampered.example";
    static final String GONE = "gone.example";

    private static final String SOURCE = "https://git.example/acme/app";
    private static final String BUILDER = "https://ci.example/runner";
    private static final String TAG = "1.0";
    /** So long that a part of it is on its way before the end is known. */
    private static final int LARGE = 512 << 10;

    private final Path directory;
    private final Instant now;
    private final SampleSigner ours;
    private final SampleSigner stranger;
    private final List<DemoCase> cases = new ArrayList<>();
    private final List<TarGzip> approved = base("3");
    private final List<TarGzip> ageing = base("2");
    private final List<TarGzip> retired = base("1");
    private final TamperingRegistry tampering;
    private final TamperingRegistry gone;

    DemoWorld(Path directory, Instant now, int port) throws IOException, SigningException {
        this.directory = directory;
        this.now = now;
        this.ours = new SampleSigner(now);
        this.stranger = new SampleSigner(now);
        layoutImages();
        this.tampering = new TamperingRegistry(directory.resolve(TAMPERED));
        this.gone = new TamperingRegistry(directory.resolve(GONE));
        registryImages();
        DemoConfig.write(config(), port, tampering.url(), gone.url());
        Files.writeString(config().resolve("acme-ci.pub"), ours.publicPem());
        Files.writeString(config().resolve("catalog.yaml"), catalog());
    }

    /** The configuration directory. */
    Path config() {
        return directory.resolve("config");
    }

    List<DemoCase> cases() {
        return List.copyOf(cases);
    }

    /** The upstream {@link #GONE} is no more. */
    void switchOff() {
        gone.close();
    }

    @Override
    public void close() {
        tampering.close();
        gone.close();
    }

    private void layoutImages() throws IOException, SigningException {
        Sample app = sample(LAYOUT, "acme/app", approved);
        app.attach(ours.signature(app.image, app.image.digest()));
        cases.add(DemoCase.admitted(app.name(), "signed by acme-ci, stands on an approved base"));

        Sample older = sample(LAYOUT, "acme/older", approved);
        older.attach(ours.olderSignature(older.repository, older.image.digest()));
        cases.add(DemoCase.admitted(older.name(), "the same, signed as cosign did before version 3"));

        Sample built = sample(LAYOUT, "built/app", approved);
        built.attach(ours.signature(built.image, built.image.digest()));
        built.attach(ours.provenance(built.repository, built.image, SOURCE, BUILDER));
        cases.add(DemoCase.admitted(built.name(), "signed, with provenance from the source that the rule names"));

        Sample unsigned = sample(LAYOUT, "acme/unsigned", approved);
        cases.add(DemoCase.refused(unsigned.name(), "nobody signed it", "UNSIGNED"));

        Sample wrongKey = sample(LAYOUT, "acme/wrong-key", approved);
        wrongKey.attach(stranger.signature(wrongKey.image, wrongKey.image.digest()));
        cases.add(DemoCase.refused(wrongKey.name(), "signed with a stranger's key", "SIGNATURE_UNTRUSTED"));

        Sample copied = sample(LAYOUT, "acme/copied", approved);
        copied.attach(ours.signature(copied.image, app.image.digest()));
        cases.add(DemoCase.refused(copied.name(), "with the signature of acme/app", "OTHER_SUBJECT"));

        Sample sbom = sample(LAYOUT, "acme/sbom-only", approved);
        sbom.attach(ours.sbom(sbom.repository, sbom.image));
        cases.add(DemoCase.refused(sbom.name(), "an SBOM by the right key, no signature", "NOT_A_SIGNATURE"));

        Sample elsewhere = sample(LAYOUT, "built/elsewhere", approved);
        elsewhere.attach(ours.signature(elsewhere.image, elsewhere.image.digest()));
        elsewhere.attach(
                ours.provenance(elsewhere.repository, elsewhere.image, "https://git.example/other/app", BUILDER));
        cases.add(DemoCase.refused(elsewhere.name(), "signed, built from another source", "PROVENANCE_SOURCE"));

        bases();
    }

    private void bases() throws IOException, SigningException {
        signed("acme/off-catalog", List.of(TarGzip.ofFile("etc/os-release", "NAME=homemade\n")));
        cases.add(DemoCase.refused(name("acme/off-catalog"), "signed, on a base that nobody approved", "OFF_CATALOG"));
        signed("acme/old-base", retired);
        cases.add(DemoCase.refused(
                name("acme/old-base"), "signed, its base is past its end of life", "BASE_END_OF_LIFE"));
        signed("acme/ageing", ageing);
        cases.add(new DemoCase(
                name("acme/ageing"),
                "signed, its base is deprecated",
                DemoCase.Answer.WARNED,
                "",
                DemoCase.Twist.NONE));
    }

    private void registryImages() throws IOException, SigningException {
        TarGzip large = TarGzip.ofFile("app", noise());
        Sample tampered = new Sample(TAMPERED, "acme/app", with(approved, large));
        tampered.attach(ours.olderSignature(tampered.repository, tampered.image.digest()));
        tampering.alter(Digest.sha256(large.bytes()));
        cases.add(new DemoCase(
                tampered.name(),
                "signed, a layer is altered on its way from the upstream",
                DemoCase.Answer.CUT,
                "",
                DemoCase.Twist.TAMPERED));

        Sample kept = sample(GONE, "acme/app", approved);
        kept.attach(ours.olderSignature(kept.repository, kept.image.digest()));
        cases.add(new DemoCase(
                kept.name(),
                "signed, pulled before; its upstream is down now",
                DemoCase.Answer.ADMITTED,
                "",
                DemoCase.Twist.SWITCHED_OFF));
    }

    private void signed(String name, List<TarGzip> base) throws IOException, SigningException {
        Sample image = sample(LAYOUT, name, base);
        image.attach(ours.signature(image.image, image.image.digest()));
    }

    private static String name(String repository) {
        return LAYOUT + "/" + repository + ":" + TAG;
    }

    private Sample sample(String registry, String name, List<TarGzip> base) throws IOException {
        return new Sample(registry, name, with(base, TarGzip.ofFile("app", "I am " + name + "\n")));
    }

    private static List<TarGzip> with(List<TarGzip> base, TarGzip layer) {
        List<TarGzip> layers = new ArrayList<>(base);
        layers.add(layer);
        return layers;
    }

    private static List<TarGzip> base(String version) {
        return List.of(
                TarGzip.ofFile("etc/os-release", "NAME=sample-base\nVERSION_ID=" + version + "\n"),
                TarGzip.ofFile("etc/motd", "sample base " + version + "\n"));
    }

    private static String noise() {
        SplittableRandom random = new SplittableRandom(1);
        StringBuilder text = new StringBuilder(LARGE);
        while (text.length() < LARGE) {
            text.append(Long.toHexString(random.nextLong()));
        }
        return text.toString();
    }

    private String catalog() {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        return "version: 1\nbases:\n"
                + DemoConfig.base("3", approvedSince(today), chain(approved), approved.size())
                + DemoConfig.base(
                        "2",
                        approvedSince(today.minusYears(1)) + "    deprecated: " + today.minusDays(10)
                                + "\n    endOfLife: " + today.plusDays(80) + "\n    replacement: sample-base 3\n",
                        chain(ageing),
                        ageing.size())
                + DemoConfig.base(
                        "1",
                        approvedSince(today.minusYears(2)) + "    endOfLife: " + today.minusDays(20)
                                + "\n    replacement: sample-base 3\n",
                        chain(retired),
                        retired.size());
    }

    private static String approvedSince(LocalDate today) {
        return "    approved: " + today.minusDays(30) + "\n";
    }

    private static ChainId chain(List<TarGzip> layers) {
        List<ChainId> chain = ChainId.chain(layers.stream().map(TarGzip::diffId).toList());
        return chain.get(chain.size() - 1);
    }

    /** An image in a repository of its own. */
    private final class Sample {
        private final Repository repository;
        private final SampleLayout layout;
        private final Descriptor image;

        Sample(String registry, String name, List<TarGzip> layers) throws IOException {
            this.repository = new Repository(registry, name);
            this.layout = new SampleLayout(directory.resolve(registry).resolve(name));
            this.image = layout.image(TAG, layers);
        }

        String name() {
            return repository + ":" + TAG;
        }

        void attach(EvidenceArtifact evidence) throws IOException {
            layout.evidence(evidence);
        }
    }
}
