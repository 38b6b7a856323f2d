package dev.pratique.proxy.http;

import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.PullRequest;
import dev.pratique.proxy.relay.RelayOutcome;
import java.time.Duration;
import java.util.List;

/** What becomes of one admission on its way to the client. On the channel's event loop. */
final class Delivered implements RelayOutcome {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final PullAnswer.Pass pass;
    private final PullEvents.Transfer transfer;
    private final Ends ends;

    /** How the connection goes on. */
    interface Ends {
        /** @param complete false: the connection is of no more use */
        void sent(boolean complete);

        /**
         * Nothing was written, and the case is to be judged once more.
         *
         * @param otherwise where it was already
         */
        void again(PullAnswer otherwise);

        /** Nothing was written: this is the answer. */
        void instead(PullAnswer answer);
    }

    Delivered(PullAnswer.Pass pass, PullEvents.Transfer transfer, Ends ends) {
        this.pass = pass;
        this.transfer = transfer;
        this.ends = ends;
    }

    @Override
    public void served(long bytes) {
        transfer.ended(bytes, true);
        ends.sent(true);
    }

    @Override
    public void aborted(long bytes, String what) {
        transfer.ended(bytes, false);
        ends.sent(false);
    }

    @Override
    public void gone() {
        Verdict.Undecided none = new Verdict.Undecided(
                Verdict.Cause.INTERNAL, "the manifest was removed from the store", RETRY, List.of());
        ends.again(new PullAnswer.Defer(pass.decision(), none));
    }

    @Override
    public void notServedThere() {
        boolean manifest = pass.decision().request().kind() == PullRequest.Kind.MANIFEST;
        RefusalReason reason = manifest ? RefusalReason.MANIFEST_UNKNOWN : RefusalReason.BLOB_UNKNOWN;
        String what = "the upstream does not serve it in this repository";
        ends.instead(new PullAnswer.Refuse(pass.decision(), new Verdict.Refused(reason, what, List.of())));
    }

    @Override
    public void wrong(String what) {
        undecided(Verdict.Cause.UPSTREAM_WRONG_BYTES, what, RETRY);
    }

    @Override
    public void undecided(boolean late, String what, Duration retryAfter) {
        undecided(late ? Verdict.Cause.UPSTREAM_TIMEOUT : Verdict.Cause.UPSTREAM_UNREACHABLE, what, retryAfter);
    }

    private void undecided(Verdict.Cause cause, String what, Duration retryAfter) {
        ends.instead(new PullAnswer.Defer(pass.decision(), new Verdict.Undecided(cause, what, retryAfter, List.of())));
    }
}
