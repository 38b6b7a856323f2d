package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Answers of a gate, for tests of what comes after it. */
public final class Answers {
    public static final Repository APP = new Repository("up.example", "acme/app");
    public static final Digest DIGEST = Digest.sha256("content".getBytes(StandardCharsets.UTF_8));
    public static final PolicyRevision REVISION = new PolicyRevision("0123456789ab");
    public static final Instant UNTIL = Instant.parse("2026-12-01T00:00:00Z");

    private Answers() {}

    public static PullRequest request(String client, String tag) {
        return new PullRequest(PullRequest.Kind.MANIFEST, APP, new Reference.Tag(tag), client, "default");
    }

    public static PullAnswer.Pass pass(PullRequest request, String... warnings) {
        return pass(request, Admission.Confirmation.CURRENT, Optional.empty(), warnings);
    }

    public static PullAnswer.Pass pass(
            PullRequest request,
            Admission.Confirmation confirmation,
            Optional<RefusalReason> wouldRefuse,
            String... warnings) {
        Admission admission = new Admission(
                request.repository(),
                request.reference().pinned().orElse(DIGEST),
                request.kind(),
                MediaType.OCI_MANIFEST,
                OptionalLong.empty(),
                List.of(warnings),
                wouldRefuse,
                confirmation,
                () -> {},
                () -> {});
        List<Finding> findings = List.of(
                Finding.passed(Check.IDENTITY, "signed by acme-ci", "referrer sha256:1234"),
                Finding.passed(Check.BASE, "stands on debian 12", "linux/amd64"));
        return new PullAnswer.Pass(
                decision(request, DIGEST),
                admission,
                new Verdict.Admitted(findings, List.of(warnings), wouldRefuse, UNTIL));
    }

    public static PullAnswer refuse(PullRequest request, RefusalReason reason, String detail) {
        List<Finding> findings = List.of(Finding.failed(Check.EVIDENCE, "no signature or attestation was found", ""));
        return new PullAnswer.Refuse(decision(request, DIGEST), new Verdict.Refused(reason, detail, findings));
    }

    public static PullAnswer defer(PullRequest request, Verdict.Cause cause) {
        List<Finding> findings = List.of(Finding.unknown(Check.EVIDENCE, "the upstream answered 500", "referrers"));
        return new PullAnswer.Defer(
                decision(request, DIGEST),
                new Verdict.Undecided(cause, cause.sentence(), Duration.ofSeconds(5), findings));
    }

    private static PullAnswer.Decision decision(PullRequest request, Digest digest) {
        return new PullAnswer.Decision(request, "acme applications", Optional.of(digest), REVISION, false);
    }
}
