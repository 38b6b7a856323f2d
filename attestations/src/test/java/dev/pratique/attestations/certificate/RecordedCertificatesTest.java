package dev.pratique.attestations.certificate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.SubjectName.Kind;
import dev.pratique.attestations.testing.Shared;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Certificates that real Fulcios made, of Sigstore's public instance and of others. */
class RecordedCertificatesTest {
    private static final String CONFORMANCE = "corpus/sigstore-conformance/bundle-verify";
    private static final String PUBLIC_GOOD = "corpus/sigstore-trust-roots/public-good/targets/trusted_root.json";

    private static Stream<Path> folders() throws IOException {
        try (Stream<Path> folders = Files.list(Shared.path(CONFORMANCE))) {
            return folders
                    .filter(folder -> Files.exists(folder.resolve("bundle.sigstore.json")))
                    .filter(folder -> !folder.endsWith("bundle-malformed-json_fail"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static RecordedRoot rootOf(Path folder) {
        Path own = folder.resolve("trusted_root.json");
        return Files.exists(own) ? RecordedRoot.of(own) : RecordedRoot.of(PUBLIC_GOOD);
    }

    @ParameterizedTest
    @MethodSource("folders")
    void each_certificate_of_the_conformance_suite_is_proved_and_logged(Path folder) throws Exception {
        Optional<Certificate> leaf = RecordedRoot.leaf(Shared.object(folder.resolve("bundle.sigstore.json")));
        if (leaf.isEmpty()) {
            return;
        }
        RecordedRoot root = rootOf(folder);
        ProvedCertificate proved =
                CertificatePath.prove(leaf.get(), List.of(), root.authorities(), leaf.get().notBefore);
        assertThat(proved.identity().issuer()).isPresent();
        assertThat(proved.identity().subjects()).hasSize(1);
        if (folder.endsWith("invalid-ct-key_fail")) {
            assertThatThrownBy(() -> SignedCertificateTimestamps.prove(proved, Optional.empty(), root.logs()))
                    .isInstanceOfSatisfying(
                            UnprovenException.class,
                            e -> assertThat(e.rejection()).isEqualTo(Rejection.CERTIFICATE_NOT_LOGGED));
        } else {
            assertThat(SignedCertificateTimestamps.prove(proved, Optional.empty(), root.logs()))
                    .hasSize(1);
        }
    }

    @Test
    void reads_every_claim_of_a_github_workflow() throws Exception {
        Path folder = Shared.path(CONFORMANCE).resolve("happy-path-v0.3");
        Certificate leaf = RecordedRoot.leaf(Shared.object(folder.resolve("bundle.sigstore.json")))
                .orElseThrow();
        ProvedCertificate proved =
                CertificatePath.prove(leaf, List.of(), rootOf(folder).authorities(), leaf.notAfter);
        CertificateIdentity identity = proved.identity();
        String workflow = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/"
                + ".github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
        assertThat(identity.issuer()).contains("https://token.actions.githubusercontent.com");
        assertThat(identity.subjects()).containsExactly(new SubjectName(Kind.URI, workflow));
        assertThat(identity.extension(FulcioExtension.GITHUB_WORKFLOW_TRIGGER)).contains("workflow_dispatch");
        assertThat(identity.extension(FulcioExtension.GITHUB_WORKFLOW_SHA))
                .contains("c7b3dfb335f051e1c86bda4c716fac97df62ad81");
        assertThat(identity.extension(FulcioExtension.GITHUB_WORKFLOW_NAME))
                .contains("Extremely dangerous OIDC beacon");
        assertThat(identity.extension(FulcioExtension.BUILD_SIGNER_URI)).contains(workflow);
        assertThat(identity.extension(FulcioExtension.RUNNER_ENVIRONMENT)).contains("github-hosted");
        assertThat(identity.extension(FulcioExtension.SOURCE_REPOSITORY_URI))
                .contains("https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon");
        assertThat(identity.extension(FulcioExtension.SOURCE_REPOSITORY_REF)).contains("refs/heads/main");
        assertThat(identity.extension(FulcioExtension.SOURCE_REPOSITORY_OWNER_IDENTIFIER))
                .contains("131804563");
        assertThat(identity.extension(FulcioExtension.SOURCE_REPOSITORY_VISIBILITY_AT_SIGNING))
                .contains("public");
        assertThat(identity.extension(FulcioExtension.DEPLOYMENT_ENVIRONMENT)).isEmpty();
        assertThat(identity.subjectDn()).isEmpty();
        assertThat(identity.lines()).hasSize(21).allMatch(line -> line.matches("[ -~]+"));
        assertThat(proved.issuer().brief()).contains("CN=sigstore-intermediate,O=sigstore.dev");
        assertThat(proved.authority().name()).isEqualTo("https://fulcio.sigstore.dev");
        assertThat(proved.window().until()).contains(leaf.notAfter.plusNanos(1));
    }

    /** Whoever adds one to Fulcio is noticed by the next samples. */
    @Test
    void every_claim_that_a_recorded_certificate_makes_is_known() throws Exception {
        Set<String> known = new TreeSet<>(List.of(FulcioExtension.RAW_ISSUER));
        Stream.of(FulcioExtension.values()).map(FulcioExtension::oid).forEach(known::add);
        Set<String> seen = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Shared.path("samples/cases"))) {
            for (Path blob : files.filter(file -> file.getParent().endsWith("blobs/sha256"))
                    .toList()) {
                String text = Files.readString(blob, ISO_8859_1);
                Matcher raw = Pattern.compile("\"certificate\": *\\{\"rawBytes\": *\"([^\"]+)\"")
                        .matcher(text);
                while (raw.find()) {
                    byte[] der = Base64.getDecoder().decode(raw.group(1));
                    X509Certificate leaf = (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
                    leaf.getNonCriticalExtensionOIDs().stream()
                            .filter(oid -> oid.startsWith(FulcioExtension.ARC))
                            .forEach(seen::add);
                }
            }
        }
        assertThat(known).containsAll(seen);
        assertThat(seen).contains(FulcioExtension.TOKEN_SUBJECT.oid(), FulcioExtension.ISSUER.oid());
    }

    @Test
    void the_public_instance_speaks_for_none_of_a_private_one() throws Exception {
        Path folder = Shared.path(CONFORMANCE).resolve("bundle-with-sct-with-extensions");
        Certificate leaf = RecordedRoot.leaf(Shared.object(folder.resolve("bundle.sigstore.json")))
                .orElseThrow();
        assertThatThrownBy(() -> CertificatePath.prove(
                        leaf, List.of(), RecordedRoot.of(PUBLIC_GOOD).authorities(), leaf.notBefore))
                .isInstanceOfSatisfying(
                        UnprovenException.class,
                        e -> assertThat(e.rejection()).isEqualTo(Rejection.CERTIFICATE_UNTRUSTED));
    }

    @Test
    void a_minute_later_it_is_too_late() throws Exception {
        Path folder = Shared.path(CONFORMANCE).resolve("happy-path-v0.3");
        Certificate leaf = RecordedRoot.leaf(Shared.object(folder.resolve("bundle.sigstore.json")))
                .orElseThrow();
        assertThatThrownBy(() -> CertificatePath.prove(
                        leaf, List.of(), rootOf(folder).authorities(), leaf.notAfter.plus(Duration.ofMinutes(1))))
                .isInstanceOfSatisfying(
                        UnprovenException.class, e -> assertThat(e.rejection()).isEqualTo(Rejection.CERTIFICATE_TIME));
    }
}
