package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustedRoot;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A root that is there and not read yet: it says the same, as soon as anything in the evidence is about it. */
class DeferredRootTest {
    private final FakeSigstore sigstore = new FakeSigstore("sigstore");
    private final Digest image = new Shelf().subject;
    private final AtomicInteger read = new AtomicInteger();

    private Verdict judge(EvidenceBytes piece, TrustedRoot material) {
        Root root = new Root("acme", material, List.of(), 1, 0, 1, Optional.empty());
        NamedSigner ci = new NamedSigner(
                "ci",
                List.of(new SigningKey(
                        TestKey.A.trusted(),
                        Set.of(TestKey.A.trusted().defaultAlgorithm()),
                        Validity.ALWAYS,
                        Set.of())));
        TrustRoots trust = new TrustRoots(List.of(ci), List.of(root));
        return Shelf.judge(FakeSigstore.verify(trust, image, List.of(piece), Shelf.NOW), Shelf.signedBy("ci"));
    }

    private TrustedRoot deferred() {
        return TrustedRoot.deferred(() -> {
            read.incrementAndGet();
            return sigstore.material();
        });
    }

    private FakeSigstore.Signing signing() {
        return sigstore.sign(Evidence.signed(image), TestKey.A);
    }

    @Test
    void what_a_key_signed_and_nobody_saw_needs_no_root() {
        assertAdmitted(judge(signing().bundle(), deferred()));
        assertThat(read).hasValue(0);
    }

    @Test
    void a_log_entry_is_looked_at_by_the_root_and_answered_alike() {
        EvidenceBytes logged = signing().logged(1).bundle();
        Verdict later = judge(logged, deferred());
        assertAdmitted(later);
        assertThat(read.get()).isPositive();
        assertThat(later.findings())
                .isEqualTo(judge(logged, sigstore.material()).findings());
    }
}
