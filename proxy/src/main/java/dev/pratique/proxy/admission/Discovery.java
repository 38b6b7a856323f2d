package dev.pratique.proxy.admission;

import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.proxy.verdicts.VerdictStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The gate for lists. The rule of the repository decides who gets one; nothing that a list names passes because of it:
 * whatever is asked for next is judged by itself. Lists are read by threads of their own, so that no number of them keeps a
 * judge from a pull.
 */
public final class Discovery {
    /** How often a list is made again because the configuration changed meanwhile. */
    private static final int MAX_ROUNDS = 4;

    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Supplier<Standard> standards;
    private final TagLister tags;
    private final ReferrersLister referrers;
    private final JudgePool pool;
    private final InstantSource clock;
    private final AdmissionEvents events;
    private final SingleFlight<Flight, DiscoveryAnswer> flights = new SingleFlight<>();

    private record Flight(Standard standard, DiscoveryRequest request) {}

    private record Asked(DiscoveryRequest request, Executor loop, Consumer<DiscoveryAnswer> answer, int round) {}

    /**
     * @param standards what is judged by now; replaced as a whole when the configuration changes
     * @param pool threads for lists alone
     */
    public Discovery(
            Supplier<Standard> standards,
            RegistryReader reader,
            VerdictStore records,
            JudgePool pool,
            InstantSource clock,
            AdmissionEvents events) {
        this.standards = standards;
        this.tags = new TagLister(reader, clock);
        this.referrers = new ReferrersLister(reader, records, clock);
        this.pool = pool;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Answers a request. Never blocks.
     *
     * @param loop runs the answer where it is not known at once
     * @param answer called once, at once or later on {@code loop}
     */
    public void list(DiscoveryRequest request, Executor loop, Consumer<DiscoveryAnswer> answer) {
        list(new Asked(request, loop, answer, 1));
    }

    private void list(Asked asked) {
        Standard standard = standards.get();
        DiscoveryRequest request = asked.request();
        Optional<Standard.Applied> applied = standard.ruleFor(request.repository(), request.environment());
        if (applied.isEmpty()) {
            String detail = "no rule of the policy is about " + request.repository();
            asked.answer().accept(refused(request, "", standard, RefusalReason.NO_RULE, detail));
            return;
        }
        Rule rule = applied.get().rule();
        if (rule.effect() instanceof Rule.RefuseAll refuse) {
            asked.answer().accept(refused(request, rule.name(), standard, RefusalReason.REFUSED_BY_RULE, refuse.why()));
            return;
        }
        read(asked, rule, standard);
    }

    private void read(Asked asked, Rule rule, Standard standard) {
        // Whoever asks for the same list gets the same bytes.
        Flight flight = new Flight(standard, asked.request().askedBy(Requester.at("")));
        Consumer<DiscoveryAnswer> landed = answer -> asked.loop().execute(() -> {
            if (standards.get() == standard) {
                asked.answer().accept(answer);
            } else if (asked.round() < MAX_ROUNDS) {
                list(new Asked(asked.request(), asked.loop(), asked.answer(), asked.round() + 1));
            } else {
                String detail = "the configuration changed each time that the list was made";
                asked.answer().accept(undecided(asked.request(), rule, standard, Verdict.Cause.INTERNAL, detail));
            }
        });
        if (!flights.join(flight, landed)) {
            return;
        }
        Deadline deadline = Deadline.after(clock.instant(), standard.settings().deadline());
        if (!pool.submit(
                flight.request().repository().registry(),
                () -> flights.land(flight, readGuarded(flight.request(), rule, standard, deadline)))) {
            String detail = "too many lists are being read";
            flights.land(flight, undecided(flight.request(), rule, standard, Verdict.Cause.POOL_FULL, detail));
        }
    }

    private DiscoveryAnswer readGuarded(DiscoveryRequest request, Rule rule, Standard standard, Deadline deadline) {
        try {
            return request.wanted() instanceof DiscoveryRequest.Tags wanted
                    ? tags.list(request, wanted, rule, standard, deadline)
                    : referrers.list(request, (DiscoveryRequest.Referrers) request.wanted(), rule, standard, deadline);
        } catch (RuntimeException | Error fault) {
            String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
            events.failed(id, fault);
            String detail = "the proxy failed; its log has the cause under " + id;
            return undecided(request, rule, standard, Verdict.Cause.INTERNAL, detail);
        }
    }

    static DiscoveryAnswer refused(
            DiscoveryRequest request, String rule, Standard standard, RefusalReason reason, String detail) {
        Verdict verdict = new Verdict.Refused(reason, detail, List.of());
        return new DiscoveryAnswer.Declined(request, rule, standard.revision(), verdict);
    }

    private static DiscoveryAnswer undecided(
            DiscoveryRequest request, Rule rule, Standard standard, Verdict.Cause cause, String detail) {
        return undecided(request, rule, standard, cause, detail, RETRY);
    }

    static DiscoveryAnswer undecided(
            DiscoveryRequest request,
            Rule rule,
            Standard standard,
            Verdict.Cause cause,
            String detail,
            Duration retryAfter) {
        Verdict verdict = new Verdict.Undecided(cause, detail, retryAfter, List.of());
        return new DiscoveryAnswer.Declined(request, rule.name(), standard.revision(), verdict);
    }
}
