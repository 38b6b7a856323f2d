package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.verify.Verifier;
import dev.pratique.proxy.verdicts.StoredVerdict;
import dev.pratique.proxy.verdicts.VerdictKey;
import dev.pratique.proxy.verdicts.VerdictStore;
import dev.pratique.proxy.verdicts.WrittenVerdicts;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The verdicts on manifests under the configuration in force, in memory and on disk, for people who look. Blocking: reads
 * the disk. Thread safe.
 */
public final class KnownVerdicts {
    /** Records that one page may read: a filter that fits nothing must not read all of a large store at once. */
    private static final int MAX_READ = 10_000;

    private final Supplier<Standard> standards;
    private final VerdictStore records;
    private final InstantSource clock;

    public KnownVerdicts(Supplier<Standard> standards, VerdictStore records, InstantSource clock) {
        this.standards = standards;
        this.records = records;
        this.clock = clock;
    }

    /**
     * Which are asked for.
     *
     * @param after {@link Page#next} of the page before; empty for the first
     * @param limit how many, above zero
     */
    public record Query(
            Optional<Repository> repository,
            Optional<Digest> digest,
            Predicate<Verdict> wanted,
            String after,
            int limit) {

        private boolean fits(Repository of, Digest about, Verdict verdict) {
            return repository.map(of::equals).orElse(true)
                    && digest.map(about::equals).orElse(true)
                    && wanted.test(verdict);
        }
    }

    /**
     * Some of them.
     *
     * @param verdicts in the order of repository, digest and requirements; at most as many as were asked for, and perhaps
     *     none although more follow
     * @param next where to go on; empty at the end
     */
    public record Page(List<KnownVerdict> verdicts, Optional<String> next) {
        public Page {
            verdicts = List.copyOf(verdicts);
        }
    }

    /** One page. */
    public Page page(Query query) {
        Standard standard = standards.get();
        Instant now = clock.instant();
        NavigableMap<String, KnownVerdict> found = new TreeMap<>();
        remembered(query, standard, now, found);
        Optional<String> readTo = written(query, standard, now, found);
        // What lies beyond comes when the disk has been read so far.
        List<KnownVerdict> sure = List.copyOf(
                readTo.map(to -> found.headMap(to, true)).orElse(found).values());
        if (sure.size() > query.limit()) {
            List<KnownVerdict> page = sure.subList(0, query.limit());
            return new Page(page, Optional.of(page.get(page.size() - 1).subject()));
        }
        return new Page(sure, readTo);
    }

    private static void remembered(
            Query query, Standard standard, Instant now, NavigableMap<String, KnownVerdict> found) {
        standard.heap().forEach(now.toEpochMilli(), (key, entry) -> {
            if (!key.blob() && query.fits(key.repository(), key.digest(), entry.verdict())) {
                put(
                        new KnownVerdict(
                                key.repository(),
                                key.digest(),
                                key.requirements(),
                                rules(standard, key.requirements(), key.repository()),
                                standard.environmentThatRequires(key.requirements(), key.repository()),
                                entry.verdict(),
                                entry.since(),
                                entry.until(),
                                Optional.empty()),
                        query,
                        found);
            }
        });
    }

    private Optional<String> written(
            Query query, Standard standard, Instant now, NavigableMap<String, KnownVerdict> found) {
        Optional<String> after = Optional.of(query.after());
        int fitting = 0;
        int left = MAX_READ;
        while (after.isPresent() && fitting <= query.limit() && left > 0) {
            int most = Math.min(left, 2 * query.limit());
            WrittenVerdicts batch = records.verdicts(query.repository(), after.get(), most);
            for (WrittenVerdicts.Written one : batch.verdicts()) {
                if (holds(one, standard, now)
                        && query.fits(
                                one.key().repository(),
                                one.key().digest(),
                                one.verdict().verdict())) {
                    put(known(one, standard), query, found);
                    fitting++;
                }
            }
            left -= most;
            after = batch.readTo();
        }
        return after;
    }

    private static boolean holds(WrittenVerdicts.Written written, Standard standard, Instant now) {
        VerdictKey key = written.key();
        return key.revision().equals(standard.revision())
                && key.verifier().equals(Verifier.REVISION)
                && !written.verdict().judgedAt().isAfter(now)
                && now.isBefore(written.verdict().verdict().validUntil());
    }

    private static KnownVerdict known(WrittenVerdicts.Written written, Standard standard) {
        VerdictKey key = written.key();
        StoredVerdict stored = written.verdict();
        return new KnownVerdict(
                key.repository(),
                key.digest(),
                key.requirements(),
                rules(standard, key.requirements(), key.repository()),
                standard.environmentThatRequires(key.requirements(), key.repository()),
                stored.verdict(),
                stored.judgedAt(),
                stored.verdict().validUntil(),
                Optional.of(stored.foundAt()));
    }

    private static void put(KnownVerdict known, Query query, NavigableMap<String, KnownVerdict> found) {
        if (known.subject().compareTo(query.after()) > 0) {
            found.put(known.subject(), known);
        }
    }

    private static List<String> rules(Standard standard, String requirements, Repository repository) {
        return standard.rulesThatRequire(requirements, repository).stream()
                .map(Rule::name)
                .toList();
    }
}
