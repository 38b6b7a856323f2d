package dev.pratique.attestations.certificate;

import static dev.pratique.attestations.certificate.Unproven.unproven;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.SubjectName.Kind;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Certificates of private instances, in the layouts where cosign left them. */
class PrivateInstancesTest {
    private static final String SYNTHETIC = "corpus/synthetic-sigstore-keyless";
    private static final String SAMPLES = "samples";
    private static final Map<String, Rejection> REFUSED = Map.of(
            "kl-sig-evil-ca-same-name", Rejection.CERTIFICATE_UNTRUSTED,
            "kl-sig-no-codesigning-eku", Rejection.CERTIFICATE_UNFIT,
            "kl-sig-no-sct", Rejection.CERTIFICATE_NOT_LOGGED,
            "kl-private-ca-shape", Rejection.CERTIFICATE_NOT_LOGGED,
            "neg-kl-otherca", Rejection.CERTIFICATE_UNTRUSTED);

    /** A leaf, and what came with it. */
    private record Found(Certificate leaf, List<Certificate> offered) {}

    private static List<Found> found(Path folder) throws IOException {
        List<Found> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("/blobs/"))
                    .sorted()
                    .toList()) {
                found.addAll(found(Shared.bytes(file)));
            }
        }
        return found;
    }

    private static List<Found> found(byte[] blob) {
        try {
            JsonObject document = StrictJson.parseObject(blob, "blob", 4 << 20);
            List<Found> found = new ArrayList<>();
            if (document.find("verificationMaterial").isPresent()) {
                RecordedRoot.leaf(document).ifPresent(leaf -> found.add(new Found(leaf, List.of())));
            }
            for (JsonValue layer : document.arrayOrEmpty("layers", 100)) {
                Map<String, String> annotations = layer.asObject("layer").stringsOrEmpty("annotations", 100);
                String leaf = annotations.getOrDefault("dev.sigstore.cosign/certificate", "");
                String chain = annotations.getOrDefault("dev.sigstore.cosign/chain", "");
                if (!leaf.isEmpty()) {
                    found.add(new Found(
                            Certificate.parsePem(leaf, 1).get(0),
                            chain.isEmpty() ? List.of() : Certificate.parsePem(chain, 8)));
                }
            }
            return found;
        } catch (MalformedEvidenceException e) {
            return List.of();
        }
    }

    private static void proveLogged(Found found, RecordedRoot root) throws UnprovenException {
        ProvedCertificate proved =
                CertificatePath.prove(found.leaf(), found.offered(), root.authorities(), found.leaf().notBefore);
        assertThat(SignedCertificateTimestamps.prove(proved, Optional.empty(), root.logs()))
                .hasSize(1);
    }

    private static int judge(String cases, RecordedRoot root, String prefixes) throws Exception {
        int judged = 0;
        try (Stream<Path> folders = Files.list(Shared.path(cases))) {
            for (Path folder : folders.sorted().toList()) {
                String name = folder.getFileName().toString();
                if (!name.matches(prefixes)) {
                    continue;
                }
                for (Found found : found(folder)) {
                    judged++;
                    Rejection refused = REFUSED.get(name);
                    if (refused == null) {
                        proveLogged(found, root);
                    } else {
                        unproven(() -> proveLogged(found, root), refused, "");
                    }
                }
            }
        }
        return judged;
    }

    @Test
    void crt_09_crt_10_each_certificate_of_the_synthetic_cases_has_its_answer() throws Exception {
        RecordedRoot root = RecordedRoot.of(SYNTHETIC + "/keys/trusted_root.json");
        assertThat(judge(SYNTHETIC + "/cases", root, ".*")).isGreaterThanOrEqualTo(22);
    }

    @Test
    void each_certificate_that_a_real_fulcio_made_for_the_samples_has_its_answer() throws Exception {
        RecordedRoot root = RecordedRoot.of(SAMPLES + "/trusted_root.json");
        assertThat(judge(SAMPLES + "/cases", root, "kl-.*|neg-kl-.*|att-kl-.*")).isGreaterThanOrEqualTo(12);
    }

    @Test
    void a_private_authoritys_signer_is_proved_by_its_root_where_the_chain_comes_with_it() throws Exception {
        Certificate root = pem("pki/byo-ca.crt");
        Certificate between = pem("pki/byo-int.crt");
        var authority = new CertificateAuthority("acme", List.of(root), Validity.ALWAYS, true);
        List<Found> all = new ArrayList<>();
        for (String name : List.of("byo-bundle-chain", "byo-bundle-leaf-rekor2", "byo-legacy-chain")) {
            all.addAll(found(Shared.path(SAMPLES + "/cases/" + name)));
        }
        assertThat(all).hasSizeGreaterThanOrEqualTo(2);
        for (Found found : all) {
            CertificateIdentity identity = CertificatePath.prove(
                            found.leaf(), List.of(between), List.of(authority), found.leaf().notBefore)
                    .identity();
            assertThat(identity.issuer()).isEmpty();
            assertThat(identity.subjectDn()).isEqualTo("CN=acme-release,O=acme");
            assertThat(identity.subjects()).containsExactly(new SubjectName(Kind.EMAIL, "release@acme.test"));
        }
        unproven(
                () -> CertificatePath.prove(
                        all.get(0).leaf(),
                        List.of(),
                        List.of(authority),
                        all.get(0).leaf().notBefore),
                Rejection.CERTIFICATE_UNTRUSTED,
                "does not lead to acme");
    }

    private static Certificate pem(String file) throws MalformedEvidenceException {
        String text = new String(Shared.bytes(Shared.path(SAMPLES + "/" + file)), StandardCharsets.UTF_8);
        return Certificate.parsePem(text, 1).get(0);
    }
}
