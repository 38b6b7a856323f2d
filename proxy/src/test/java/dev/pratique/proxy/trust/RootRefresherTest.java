package dev.pratique.proxy.trust;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.pratique.attestations.trust.tuf.AcceptedTarget;
import dev.pratique.attestations.trust.tuf.AcceptedTarget.RoleState;
import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import dev.pratique.attestations.trust.tuf.TufFetcher;
import dev.pratique.config.BuiltInRoot;
import dev.pratique.config.ConfiguredRoot;
import dev.pratique.config.RefreshedRoot;
import dev.pratique.config.RefreshedRoot.WhenStale;
import dev.pratique.config.RootCache;
import dev.pratique.config.RootCache.Standing;
import dev.pratique.proxy.admin.Metrics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RootRefresherTest {
    private static final Instant START = Instant.parse("2026-08-21T20:00:00Z");

    @TempDir
    private Path work;

    private final Metrics metrics = new Metrics();
    private Instant now = START;
    private int asked;

    /** Nobody answers. */
    private final class Silence implements TufFetcher {
        @Override
        public Optional<byte[]> metadata(String name, int maxBytes) throws TufException {
            asked++;
            throw new TufException(Reason.UNREACHABLE, "nobody answers");
        }

        @Override
        public Optional<byte[]> target(String path, int maxBytes) {
            return Optional.empty();
        }
    }

    private static ConfiguredRoot root(boolean offline, boolean inUse) throws TufException {
        RefreshedRoot refreshed = RefreshedRoot.publicGood("sigstore", offline, WhenStale.USE);
        Optional<Standing> standing = new RootCache(Path.of("/nowhere")).standing(refreshed);
        return ConfiguredRoot.refreshed(
                refreshed, "built in", standing.map(Standing::material), standing, Optional.empty(), inUse);
    }

    private RootRefresher refresher(ConfiguredRoot root) {
        return new RootRefresher(
                () -> List.of(root), new RootCache(work), repository -> new Silence(), metrics, () -> now);
    }

    private void look(RootRefresher refresher, Duration later) {
        now = now.plus(later);
        refresher.look();
    }

    @Test
    void asks_soon_after_the_start_and_again_later_and_later_while_nobody_answers() throws Exception {
        try (RootRefresher refresher = refresher(root(false, true))) {
            refresher.look();
            assertThat(asked).isLessThanOrEqualTo(1);
            look(refresher, Duration.ofMinutes(1));
            assertThat(asked).isEqualTo(1);
            look(refresher, Duration.ofMinutes(3));
            assertThat(asked).isEqualTo(1);
            look(refresher, Duration.ofMinutes(4));
            assertThat(asked).isEqualTo(2);
            look(refresher, Duration.ofMinutes(7));
            assertThat(asked).isEqualTo(2);
            look(refresher, Duration.ofMinutes(6));
            assertThat(asked).isEqualTo(3);
        }
        assertThat(metrics.scrape())
                .contains("pratique_trust_root_refreshes_total{outcome=\"failed\",root=\"sigstore\"} 3.0")
                .contains("pratique_trust_root_expiry_timestamp_seconds{root=\"sigstore\"} 1.795");
    }

    @Test
    void never_asks_for_roots_that_are_offline_or_that_nobody_rests_on() throws Exception {
        for (ConfiguredRoot root : List.of(root(true, true), root(false, false))) {
            try (RootRefresher refresher = refresher(root)) {
                for (int day = 0; day < 30; day++) {
                    look(refresher, Duration.ofDays(1));
                }
            }
        }
        assertThat(asked).isZero();
    }

    @Test
    void reminds_once_a_day_of_a_stale_root_that_is_never_asked_for() throws Exception {
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        Logger logger = (Logger) LoggerFactory.getLogger("pratique");
        logger.addAppender(said);
        try (RootRefresher refresher = refresher(root(true, true))) {
            refresher.look();
            assertThat(said.list).isEmpty();
            now = Instant.parse("2026-12-01T00:00:00Z");
            for (int look = 0; look < 24; look++) {
                look(refresher, Duration.ofHours(1));
            }
            assertThat(said.list).hasSize(1);
            assertThat(said.list.get(0).getFormattedMessage())
                    .isEqualTo(
                            "the trusted root sigstore is stale since 2026-11-20T13:58:18Z: the last good one is used");
            look(refresher, Duration.ofHours(1));
            assertThat(said.list).hasSize(2);
        } finally {
            logger.detachAppender(said);
        }
        assertThat(asked).isZero();
    }

    private static Optional<Standing> updated(Instant at, Duration life) {
        AcceptedTarget accepted = new AcceptedTarget(
                RefreshedRoot.TARGET,
                BuiltInRoot.bytes(),
                Map.of("timestamp", new RoleState(1, at.plus(life))),
                false,
                at);
        return Optional.of(new Standing(
                accepted.content(),
                BuiltInRoot.publicGood(),
                Optional.of(accepted),
                accepted.expires(),
                Optional.empty()));
    }

    @Test
    void plans_a_day_ahead_or_half_way_to_the_end_and_not_all_at_once() {
        Optional<Standing> week = updated(START, Duration.ofDays(7));
        assertThat(RefreshPlan.next(week, START, 1)).isEqualTo(START.plus(Duration.ofDays(1)));
        assertThat(RefreshPlan.next(week, START, 0)).isEqualTo(START.plus(Duration.ofMinutes(1296)));
        assertThat(RefreshPlan.next(updated(START, Duration.ofHours(8)), START, 1))
                .isEqualTo(START.plus(Duration.ofHours(4)));
    }

    @Test
    void plans_for_now_where_the_last_update_is_long_ago_or_never_was() {
        Instant later = START.plus(Duration.ofDays(3));
        assertThat(RefreshPlan.next(updated(START, Duration.ofDays(7)), later, 0.5))
                .isEqualTo(later.plusSeconds(30));
        assertThat(RefreshPlan.next(Optional.empty(), later, 0)).isEqualTo(later);
    }

    @Test
    void waits_twice_as_long_after_each_failure_up_to_six_hours() {
        assertThat(RefreshPlan.afterFailure(1, START, 0.5)).isEqualTo(START.plus(Duration.ofMinutes(5)));
        assertThat(RefreshPlan.afterFailure(3, START, 0.5)).isEqualTo(START.plus(Duration.ofMinutes(20)));
        assertThat(RefreshPlan.afterFailure(1000, START, 0)).isEqualTo(START.plus(Duration.ofMinutes(270)));
    }
}
