package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeCertificateLog;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.FakeTimestampAuthority;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.verify.Finding;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whom a root counts where it asks for several logs or authorities: who runs them, where the trusted root says it. */
class WitnessCountsTest {
    private static final String ONE = "one.example";
    private static final String TWO = "two.example";

    private final FakeSigstore sigstore = new FakeSigstore("sigstore");
    private final FakeTimestampAuthority second = FakeTimestampAuthority.named("second.example");
    private final FakeCertificateLog secondCertificateLog = FakeCertificateLog.named("ct2.example");
    private final Certificate leaf = sigstore.leaf(TestKey.A);
    private final Digest image = new Shelf().subject;
    private final Digest v1 = sigstore.v1.trusted().key().id();
    private final Digest v2 = sigstore.v2.trusted().key().id();

    private TrustedRoot material(Map<Digest, String> operators) {
        return new TrustedRoot(
                List.of(sigstore.fulcio.trusted()),
                List.of(sigstore.v1.trusted(), sigstore.v2.trusted()),
                List.of(sigstore.certificateLog.trusted(), secondCertificateLog.trusted()),
                List.of(sigstore.tsa.authority(), second.authority()),
                operators,
                List.of());
    }

    private Verdict judge(EvidenceBytes piece, int logs, int timestamps, int certificateLogs, Map<Digest, String> run) {
        Root root = new Root("acme", material(run), List.of(), logs, timestamps, certificateLogs, Optional.empty());
        TrustRoots trust = new TrustRoots(List.of(FakeSigstore.workflow("ci")), List.of(root));
        return Shelf.judge(FakeSigstore.verify(trust, image, List.of(piece), Shelf.NOW), Shelf.signedBy("ci"));
    }

    private static Digest key(FakeTimestampAuthority authority) {
        List<Certificate> chain = authority.authority().chain();
        return Digest.sha256(chain.get(chain.size() - 1).spki());
    }

    @Test
    void logs_of_one_operator_count_once_whatever_their_keys_and_kinds() {
        EvidenceBytes both = sigstore.sign(Evidence.signed(image), TestKey.A, leaf)
                .logged(1)
                .inTiles()
                .bundle();
        assertAdmitted(judge(both, 2, 0, 1, Map.of()));
        assertAdmitted(judge(both, 2, 0, 1, Map.of(v1, ONE)));
        assertAdmitted(judge(both, 2, 0, 1, Map.of(v1, ONE, v2, TWO)));
        Verdict verdict = judge(both, 2, 0, 1, Map.of(v1, ONE, v2, ONE));
        assertRefused(verdict, RefusalReason.NOT_LOGGED);
        assertThat(verdict.findings())
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw)
                        .contains("it is in 1 transparency log of root", "2 are asked for", "one operator count once"));
        assertAdmitted(judge(both, 1, 0, 1, Map.of(v1, ONE, v2, ONE)));
    }

    @Test
    void BND_05_timestamp_authorities_of_one_operator_count_once() {
        EvidenceBytes both = sigstore.sign(Evidence.signed(image), TestKey.A, leaf)
                .logged(1)
                .stamped(1)
                .stampedBy(second)
                .bundle();
        Map<Digest, String> run = new HashMap<>(Map.of(key(sigstore.tsa), ONE, key(second), TWO));
        assertAdmitted(judge(both, 1, 2, 1, Map.of()));
        assertAdmitted(judge(both, 1, 2, 1, run));
        run.put(key(second), ONE);
        Verdict verdict = judge(both, 1, 2, 1, run);
        assertRefused(verdict, RefusalReason.NOT_STAMPED);
        assertThat(verdict.findings())
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw)
                        .contains("it was stamped by 1 timestamp authority of root", "one operator count once"));
    }

    @Test
    void CRT_09_certificate_logs_of_one_operator_count_once() {
        Certificate twice =
                sigstore.fulcio.issue(Pki.fulcio(TestKey.A), Pki.SIGNED, sigstore.certificateLog, secondCertificateLog);
        EvidenceBytes piece = sigstore.sign(Evidence.signed(image), TestKey.A, twice)
                .logged(1)
                .bundle();
        Digest first = sigstore.certificateLog.trusted().key().id();
        Digest other = secondCertificateLog.trusted().key().id();
        assertAdmitted(judge(piece, 1, 0, 2, Map.of(first, ONE, other, TWO)));
        assertRefused(judge(piece, 1, 0, 2, Map.of(first, ONE, other, ONE)), RefusalReason.CERTIFICATE_NOT_LOGGED);
    }
}
