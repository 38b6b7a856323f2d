package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.proxy.admission.Admission.Confirmation;
import dev.pratique.proxy.admission.PullAnswer.Decision;
import dev.pratique.proxy.admission.PullRequest.Kind;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The gate. On the event loop it looks a verdict up; where there is none, it has one judged, once for all who wait for it.
 * Only here is an {@link Admission} made.
 */
public final class Gatekeeper {
    /** How often a verdict is worked out again because the configuration changed while it was. */
    private static final int MAX_ROUNDS = 4;

    /** Shares the judges as an upstream does: what is only written down must not wait for one that hangs. */
    private static final String STORE = "";

    private final Supplier<Standard> standards;
    private final Inquiry inquiry;
    private final JudgePool pool;
    private final InstantSource clock;
    private final AdmissionEvents events;
    private final TagTable tags;
    private final SingleFlight<Flight, Outcome> flights = new SingleFlight<>();

    private record Flight(Standard standard, PullRequest.Kind kind, String requirements, PullSubject subject) {}

    private record PullSubject(dev.pratique.attestations.image.Repository repository, Reference reference) {}

    /** @param standards what is judged by now; replaced as a whole when the configuration changes */
    public Gatekeeper(
            Supplier<Standard> standards,
            Inquiry inquiry,
            JudgePool pool,
            InstantSource clock,
            AdmissionEvents events) {
        this.standards = standards;
        this.inquiry = inquiry;
        this.pool = pool;
        this.clock = clock;
        this.events = events;
        this.tags = inquiry.tags();
    }

    /**
     * Answers a request. Never blocks. Whether the configuration has changed while a case was judged is looked at on
     * {@code loop} too, so that whoever has seen each loop idle since a change sees no answer of the old one.
     *
     * @param loop runs the answer where the verdict is not known at once
     * @param answer called once: at once where the verdict is known, else later and on {@code loop}
     */
    public void admit(PullRequest request, Executor loop, Consumer<PullAnswer> answer) {
        admit(request, loop, answer, 1);
    }

    private void admit(PullRequest request, Executor loop, Consumer<PullAnswer> answer, int round) {
        Standard standard = standards.get();
        Optional<Standard.Applied> applied = standard.ruleFor(request.repository(), request.environment());
        if (applied.isEmpty()) {
            String detail = "no rule of the policy is about " + request.repository();
            answer.accept(refuse(decision(request, "", Optional.empty(), standard), RefusalReason.NO_RULE, detail));
            return;
        }
        Rule rule = applied.get().rule();
        Optional<PullAnswer> known =
                byRequestAlone(request, rule, standard).or(() -> byHeap(request, applied.get(), standard));
        if (known.isPresent()) {
            answer.accept(known.get());
            return;
        }
        inquire(new Asked(request, loop, answer, round), applied.get(), standard);
    }

    /** Rules about the request, not about the image: never cached with a verdict. */
    private Optional<PullAnswer> byRequestAlone(PullRequest request, Rule rule, Standard standard) {
        Decision decision = decision(request, rule.name(), request.reference().pinned(), standard);
        if (rule.effect() instanceof Rule.RefuseAll refuse) {
            return Optional.of(refuse(decision, RefusalReason.REFUSED_BY_RULE, refuse.why()));
        }
        Optional<Reference.Tag> tag = request.reference().tag();
        if (tag.isPresent() && rule.refusesTag(tag.get().value())) {
            String detail = "the rule refuses the tag " + tag.get();
            return Optional.of(refuse(decision, RefusalReason.TAG_REFUSED, detail));
        }
        return Optional.empty();
    }

    private Optional<PullAnswer> byHeap(PullRequest request, Standard.Applied applied, Standard standard) {
        long now = clock.millis();
        Optional<Digest> digest = request.reference()
                .pinned()
                .or(() ->
                        request.reference().tag().flatMap(tag -> tags.current(request.repository(), tag.value(), now)));
        if (digest.isEmpty()) {
            return Optional.empty();
        }
        HeapFront.Key key = key(request, digest.get(), applied);
        HeapFront.Entry entry = standard.heap().find(key, now);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.dueForRefresh(now)) {
            pool.submit(sharer(request), () -> refreshGuarded(request, digest.get(), applied, standard));
        }
        events.verdictFrom(AdmissionEvents.Source.HEAP);
        Decision decision = new Decision(request, applied.rule().name(), digest, standard.revision(), true);
        return Optional.of(answer(decision, entry.verdict(), digest, entry, standard));
    }

    /** A request that waits for its answer. */
    private record Asked(PullRequest request, Executor loop, Consumer<PullAnswer> answer, int round) {}

    private void inquire(Asked asked, Standard.Applied applied, Standard standard) {
        PullRequest request = asked.request();
        Flight flight = new Flight(
                standard,
                request.kind(),
                applied.requirementsId(),
                new PullSubject(request.repository(), request.reference()));
        Consumer<Outcome> landed = outcome -> asked.loop().execute(() -> {
            if (standards.get() == standard) {
                asked.answer().accept(answer(request, applied, standard, outcome));
            } else if (asked.round() < MAX_ROUNDS) {
                admit(request, asked.loop(), asked.answer(), asked.round() + 1);
            } else {
                // What an old configuration admits is no admission, however often a new one comes.
                String detail = "the configuration changed each time that it was judged";
                Outcome none = Outcome.undecided(request.reference().pinned(), Verdict.Cause.INTERNAL, detail);
                asked.answer().accept(answer(request, applied, standard, none));
            }
        });
        if (!flights.join(flight, landed)) {
            return;
        }
        // The client's patience begins now, not when a judge is free.
        Deadline deadline = Deadline.after(clock.instant(), standard.settings().deadline());
        if (!pool.submit(
                sharer(request), () -> flights.land(flight, inquireGuarded(request, applied, standard, deadline)))) {
            String detail = "no judge is free for this upstream, and its share of the queue is full";
            flights.land(flight, Outcome.undecided(request.reference().pinned(), Verdict.Cause.POOL_FULL, detail));
        }
    }

    // Our own fault must end in an answer that is no admission, whatever it is.
    private Outcome inquireGuarded(
            PullRequest request, Standard.Applied applied, Standard standard, Deadline deadline) {
        if (deadline.remaining(clock.instant()).isZero()) {
            String late = "no judge was free in time";
            return Outcome.undecided(request.reference().pinned(), Verdict.Cause.POOL_FULL, late);
        }
        try {
            return inquiry.inquire(request, applied, standard, deadline);
        } catch (RuntimeException | Error fault) {
            String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
            events.failed(id, fault);
            String detail = "the proxy failed; its log has the cause under " + id;
            return Outcome.undecided(request.reference().pinned(), Verdict.Cause.INTERNAL, detail);
        }
    }

    private void refreshGuarded(PullRequest request, Digest digest, Standard.Applied applied, Standard standard) {
        try {
            inquiry.refresh(request, digest, applied, standard);
        } catch (RuntimeException | Error fault) {
            events.failed(HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()), fault);
        }
    }

    private PullAnswer answer(PullRequest request, Standard.Applied applied, Standard standard, Outcome outcome) {
        String rule = applied.rule().name();
        if (outcome instanceof Outcome.Granted granted) {
            Optional<Digest> digest = Optional.of(granted.digest());
            Decision decision = new Decision(request, rule, digest, standard.revision(), false);
            return answer(decision, granted.entry().verdict(), digest, granted.entry(), standard);
        }
        Outcome.Stopped stopped = (Outcome.Stopped) outcome;
        Decision decision = new Decision(request, rule, stopped.digest(), standard.revision(), false);
        return stopped.verdict()
                .fold(
                        admitted -> {
                            throw new IllegalStateException("an admission that stops");
                        },
                        refused -> new PullAnswer.Refuse(decision, refused),
                        undecided -> new PullAnswer.Defer(decision, undecided));
    }

    private PullAnswer answer(
            Decision decision, Verdict verdict, Optional<Digest> digest, HeapFront.Entry entry, Standard standard) {
        return verdict.fold(
                admitted -> new PullAnswer.Pass(
                        decision,
                        admission(decision.request(), digest.orElseThrow(), admitted, entry, standard),
                        admitted),
                refused -> new PullAnswer.Refuse(decision, refused),
                undecided -> new PullAnswer.Defer(decision, undecided));
    }

    private Admission admission(
            PullRequest request, Digest digest, Verdict.Admitted verdict, HeapFront.Entry entry, Standard standard) {
        return new Admission(
                request.repository(),
                digest,
                request.kind(),
                request.kind() == Kind.BLOB ? "application/octet-stream" : entry.mediaType(),
                entry.size() < 0 ? OptionalLong.empty() : OptionalLong.of(entry.size()),
                verdict.warnings(),
                verdict.wouldRefuse(),
                request.kind() == Kind.MANIFEST ? Confirmation.CURRENT : confirmation(entry, standard, clock.millis()),
                () -> confirmed(request, digest, entry),
                () -> forget(request, digest, standard));
    }

    private static void forget(PullRequest request, Digest digest, Standard standard) {
        standard.ruleFor(request.repository(), request.environment())
                .ifPresent(applied -> standard.heap().forget(key(request, digest, applied)));
    }

    private void confirmed(PullRequest request, Digest digest, HeapFront.Entry entry) {
        // Two hundred clients of one fill say it two hundred times; it is written down once.
        if (entry.confirmed(clock.millis())) {
            // Where no judge is free it is only remembered in memory, and asked again after a restart.
            pool.submit(STORE, () -> inquiry.confirmed(request.repository(), digest, entry));
        }
    }

    private static String sharer(PullRequest request) {
        return request.repository().registry();
    }

    static Confirmation confirmation(HeapFront.Entry entry, Standard standard, long now) {
        if (entry.confirmedAt() == 0) {
            return Confirmation.NONE;
        }
        long until =
                entry.confirmedAt() + standard.settings().authorisationTtl().toMillis();
        return now >= entry.confirmedAt() && now < until ? Confirmation.CURRENT : Confirmation.STALE;
    }

    static HeapFront.Key key(PullRequest request, Digest digest, Standard.Applied applied) {
        return new HeapFront.Key(request.repository(), digest, applied.requirementsId(), request.kind() == Kind.BLOB);
    }

    private static Decision decision(PullRequest request, String rule, Optional<Digest> digest, Standard standard) {
        return new Decision(request, rule, digest, standard.revision(), true);
    }

    private static PullAnswer refuse(Decision decision, RefusalReason reason, String detail) {
        return new PullAnswer.Refuse(decision, new Verdict.Refused(reason, detail, java.util.List.of()));
    }
}
