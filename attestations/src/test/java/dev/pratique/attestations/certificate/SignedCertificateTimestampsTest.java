package dev.pratique.attestations.certificate;

import static dev.pratique.attestations.certificate.Unproven.unproven;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.testing.FakeCertificateLog;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Pki.Authority;
import dev.pratique.attestations.testing.Pki.Draft;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.transparency.TransparencyLog;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignedCertificateTimestampsTest {
    private static final Authority ROOT = Pki.root("acme");
    private static final FakeCertificateLog LOG = FakeCertificateLog.named("log.test");
    private static final FakeCertificateLog OTHER = FakeCertificateLog.named("other.test");
    private static final Instant AT = Pki.SIGNED.plusMillis(470);

    private static Draft good() {
        return Pki.fulcio(TestKey.A);
    }

    private static ProvedCertificate proved(Certificate leaf) throws UnprovenException {
        return CertificatePath.prove(leaf, List.of(), List.of(ROOT.trusted()), Pki.SIGNED);
    }

    private static List<ProvedSct> prove(Certificate leaf, TransparencyLog... logs) throws UnprovenException {
        return SignedCertificateTimestamps.prove(proved(leaf), Optional.empty(), List.of(logs));
    }

    private static List<ProvedSct> proveDetached(Certificate leaf, byte[] detached) throws UnprovenException {
        return SignedCertificateTimestamps.prove(proved(leaf), Optional.of(detached), List.of(LOG.trusted()));
    }

    private static void notLogged(Certificate leaf, String saw, TransparencyLog... logs) {
        unproven(() -> prove(leaf, logs), Rejection.CERTIFICATE_NOT_LOGGED, saw);
    }

    /** One whose timestamp says whatever these bytes say. */
    private static Certificate listing(byte[]... timestamps) {
        return ROOT.issue(good().logged(FakeCertificateLog.list(List.of(timestamps))));
    }

    @Test
    void proves_an_embedded_timestamp() throws Exception {
        List<ProvedSct> found = prove(ROOT.issue(good(), AT, LOG), LOG.trusted());
        assertThat(found).hasSize(1);
        assertThat(found.get(0).log()).isEqualTo(LOG.trusted());
        assertThat(found.get(0).time()).isEqualTo(AT);
        assertThat(found.get(0)).hasToString("log.test at " + AT);
    }

    @Test
    void proves_one_wherever_it_stands_among_the_extensions_and_where_it_is_the_largest() throws Exception {
        Draft draft = good().withRaw("1.2.3.4", false, new byte[70]).withRaw("1.2.3.5", false, new byte[300]);
        byte[] tbs = ROOT.tbs(draft);
        byte[] list = FakeCertificateLog.list(List.of(LOG.embedded(AT, ROOT.spki(), tbs)));
        // Removed, what is left must come out with the lengths that it had without it.
        assertThat(prove(ROOT.issue(draft.logged(list)), LOG.trusted())).hasSize(1);
        Draft last = good();
        last.logged(FakeCertificateLog.list(List.of(LOG.embedded(AT, ROOT.spki(), ROOT.tbs(last)))));
        last.withRaw("1.2.3.6", false, new byte[2]);
        notLogged(ROOT.issue(last), "is not what log.test signed of this certificate", LOG.trusted());
    }

    @Test
    void proves_a_detached_timestamp_as_bytes_and_as_a_logs_answer() throws Exception {
        Certificate leaf = ROOT.issue(good());
        assertThat(proveDetached(leaf, LOG.detached(AT, leaf))).hasSize(1);
        assertThat(proveDetached(leaf, utf8(LOG.answer(AT, leaf)))).hasSize(1);
        Certificate another = ROOT.issue(good());
        for (byte[] foreign : List.of(LOG.detached(AT, another), utf8(LOG.answer(AT, another)))) {
            unproven(
                    () -> proveDetached(leaf, foreign),
                    Rejection.CERTIFICATE_NOT_LOGGED,
                    "is not what log.test signed");
        }
    }

    @Test
    void a_detached_timestamp_is_no_embedded_one_and_the_other_way_round() {
        Certificate leaf = ROOT.issue(good());
        notLogged(listing(LOG.detached(AT, leaf)), "is not what log.test signed", LOG.trusted());
        Draft draft = good();
        byte[] embedded = LOG.embedded(AT, ROOT.spki(), ROOT.tbs(draft));
        Certificate bare = ROOT.issue(draft);
        unproven(() -> proveDetached(bare, embedded), Rejection.CERTIFICATE_NOT_LOGGED, "is not what log.test signed");
    }

    @Test
    void extensions_of_tiled_logs_are_covered_by_the_signature() throws Exception {
        FakeCertificateLog tiled = LOG.withExtensions(HexFormat.of().parseHex("0000050000000070"));
        assertThat(prove(ROOT.issue(good(), AT, tiled), LOG.trusted())).hasSize(1);
        Certificate leaf = ROOT.issue(good());
        assertThat(proveDetached(leaf, utf8(tiled.answer(AT, leaf)))).hasSize(1);
        byte[] changed = tiled.detached(AT, leaf);
        changed[50] ^= 1;
        unproven(() -> proveDetached(leaf, changed), Rejection.CERTIFICATE_NOT_LOGGED, "is not what log.test signed");
    }

    @Test
    void logs_of_each_kind_of_key_are_verified() throws Exception {
        for (TestKey key : List.of(TestKey.A, TestKey.RSA, TestKey.ED25519)) {
            FakeCertificateLog log = FakeCertificateLog.named("log", key);
            assertThat(prove(ROOT.issue(good(), AT, log), log.trusted())).hasSize(1);
        }
    }

    @Test
    void a_log_counts_once_however_often_it_promised() throws Exception {
        Certificate leaf = ROOT.issue(good(), AT, LOG, LOG, OTHER);
        assertThat(prove(leaf, LOG.trusted(), OTHER.trusted(), LOG.trusted())).hasSize(2);
        assertThat(prove(leaf, OTHER.trusted())).hasSize(1);
        Certificate both = ROOT.issue(good(), AT, LOG);
        assertThat(proveDetached(both, LOG.detached(AT, both))).hasSize(1);
        FakeCertificateLog renamed = FakeCertificateLog.named("a", TestKey.A);
        FakeCertificateLog again = FakeCertificateLog.named("b", TestKey.A);
        assertThat(prove(ROOT.issue(good(), AT, renamed), renamed.trusted(), again.trusted()))
                .hasSize(1);
    }

    @Test
    void crt_09_a_certificate_without_a_timestamp_is_not_logged() {
        notLogged(ROOT.issue(good()), "has no signed certificate timestamp", LOG.trusted());
    }

    @Test
    void crt_09_a_log_that_is_not_trusted_proves_nothing() {
        Certificate leaf = ROOT.issue(good(), AT, OTHER);
        notLogged(leaf, "which is not trusted here", LOG.trusted());
        notLogged(leaf, "which is not trusted here");
    }

    @Test
    void crt_09_a_promise_about_another_issuers_certificate_proves_nothing() {
        Draft draft = good();
        byte[] other = Pki.root("acme").spki();
        byte[] timestamp = LOG.embedded(AT, other, ROOT.tbs(draft));
        Certificate leaf = ROOT.issue(draft.logged(FakeCertificateLog.list(List.of(timestamp))));
        notLogged(leaf, "is not what log.test signed of this certificate and its issuer", LOG.trusted());
    }

    @Test
    void crt_09_a_promise_about_another_certificate_proves_nothing() {
        byte[] timestamp = LOG.embedded(AT, ROOT.spki(), ROOT.tbs(good()));
        notLogged(listing(timestamp), "is not what log.test signed", LOG.trusted());
    }

    @Test
    void a_promise_counts_in_its_keys_window_and_until_its_certificate_ends() throws Exception {
        Certificate leaf = ROOT.issue(good(), AT, LOG);
        Validity ended = new Validity(Optional.empty(), Optional.of(AT));
        notLogged(leaf, "when the key of log.test was not valid", LOG.trusted(ended));
        Validity late = new Validity(Optional.of(AT.plusMillis(1)), Optional.empty());
        notLogged(leaf, "when the key of log.test was not valid", LOG.trusted(late));
        Validity from = new Validity(Optional.of(AT), Optional.empty());
        // One key in two windows: the one that fits decides.
        assertThat(prove(leaf, LOG.trusted(ended), LOG.trusted(from))).hasSize(1);
        Certificate past = ROOT.issue(good(), Pki.SIGNED.plusMillis(600_001), LOG);
        notLogged(past, "when the certificate had ended", LOG.trusted());
        // RFC 6962 has no sentence that compares it with notBefore, which is of another clock, and is written later.
        assertThat(prove(ROOT.issue(good(), Pki.SIGNED.minusSeconds(2), LOG), LOG.trusted()))
                .hasSize(1);
        assertThat(prove(ROOT.issue(good(), Pki.SIGNED, LOG), LOG.trusted())).hasSize(1);
        assertThat(prove(ROOT.issue(good(), Pki.SIGNED.plusSeconds(600), LOG), LOG.trusted()))
                .hasSize(1);
    }

    @Test
    void what_does_not_hold_takes_nothing_from_what_holds() throws Exception {
        Draft draft = good();
        byte[] holds = LOG.embedded(AT, ROOT.spki(), ROOT.tbs(draft));
        byte[] foreign = OTHER.embedded(AT, ROOT.spki(), ROOT.tbs(draft));
        byte[] wrong = LOG.embedded(AT, ROOT.spki(), ROOT.tbs(good()));
        byte[] version2 = holds.clone();
        version2[0] = 1;
        Certificate leaf =
                ROOT.issue(draft.logged(FakeCertificateLog.list(List.of(version2, foreign, wrong, holds, wrong))));
        assertThat(prove(leaf, LOG.trusted())).hasSize(1);
        notLogged(listing(version2), "has no signed certificate timestamp", LOG.trusted());
    }

    @Test
    void every_changed_byte_of_a_promise_is_noticed() {
        Certificate leaf = ROOT.issue(good());
        byte[] whole = LOG.detached(AT, leaf);
        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 0x40;
            assertThat(isProved(leaf, changed)).as("byte " + i).isFalse();
        }
    }

    private static boolean isProved(Certificate leaf, byte[] detached) {
        try {
            return !proveDetached(leaf, detached).isEmpty();
        } catch (UnprovenException e) {
            assertThat(e.rejection()).isIn(Rejection.MALFORMED, Rejection.CERTIFICATE_NOT_LOGGED);
            return false;
        }
    }

    @Test
    void lists_that_are_none_are_malformed() {
        Certificate leaf = ROOT.issue(good());
        byte[] one = LOG.detached(AT, leaf);
        byte[] list = FakeCertificateLog.list(List.of(one));
        for (byte[] wrong : List.of(
                new byte[0],
                new byte[] {0, 0},
                new byte[] {0, 2, 0, 0},
                Arrays.copyOf(list, list.length - 1),
                Arrays.copyOf(list, list.length + 1),
                FakeCertificateLog.list(List.of(Arrays.copyOf(one, one.length + 1))),
                FakeCertificateLog.list(List.of(Arrays.copyOf(one, 40))),
                FakeCertificateLog.list(Collections.nCopies(17, one)))) {
            Certificate with = ROOT.issue(good().logged(wrong));
            unproven(() -> prove(with, LOG.trusted()), Rejection.MALFORMED, "signed certificate timestamp");
        }
        Certificate noOctets = ROOT.issue(good().withRaw(Pki.TIMESTAMP_LIST, false, list));
        unproven(
                () -> prove(noOctets, LOG.trusted()), Rejection.MALFORMED, "the list of signed certificate timestamps");
    }

    @Test
    void answers_that_are_none_are_malformed() {
        Certificate leaf = ROOT.issue(good());
        String answer = LOG.answer(AT, leaf);
        for (String wrong : List.of(
                "{",
                "{}",
                answer.replace("\"id\":\"", "\"id\":\"AAAA"),
                answer.replace("\"id\":\"", "\"id\":\"?"),
                answer.replace("\"timestamp\":", "\"timestamp\":-"),
                answer.replace("\"signature\":\"", "\"signature\":\"AAAA"),
                answer.replace("\"sct_version\":0", "\"sct_version\":\"0\""),
                answer.replace("}", ",\"ID\":\"\"}"))) {
            unproven(() -> proveDetached(leaf, utf8(wrong)), Rejection.MALFORMED, "");
        }
        unproven(
                () -> proveDetached(leaf, utf8(answer.replace("\"sct_version\":0", "\"sct_version\":1"))),
                Rejection.CERTIFICATE_NOT_LOGGED,
                "has no signed certificate timestamp");
        unproven(() -> proveDetached(leaf, new byte[0]), Rejection.MALFORMED, "ends too early");
    }
}
