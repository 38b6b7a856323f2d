package dev.pratique.proxy.cli;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.config.ListenAddress;
import dev.pratique.config.Listener;
import dev.pratique.config.Problem;
import dev.pratique.config.ProxySettings;
import dev.pratique.config.ProxyVariables;
import dev.pratique.config.RootCache;
import dev.pratique.config.Snapshot;
import dev.pratique.proxy.admin.Metrics;
import dev.pratique.proxy.admin.OperatorDesk;
import dev.pratique.proxy.admin.OperatorServer;
import dev.pratique.proxy.admin.Readiness;
import dev.pratique.proxy.admission.Discovery;
import dev.pratique.proxy.admission.Gatekeeper;
import dev.pratique.proxy.admission.Inquiry;
import dev.pratique.proxy.admission.JudgePool;
import dev.pratique.proxy.admission.KnownVerdicts;
import dev.pratique.proxy.admission.Standard;
import dev.pratique.proxy.http.EventLoops;
import dev.pratique.proxy.http.Face;
import dev.pratique.proxy.http.RegistryServer;
import dev.pratique.proxy.ledger.DecisionLog;
import dev.pratique.proxy.ledger.RecentDecisions;
import dev.pratique.proxy.relay.Relay;
import dev.pratique.proxy.store.ContentStore;
import dev.pratique.proxy.store.DiskTrouble;
import dev.pratique.proxy.store.StoreLimits;
import dev.pratique.proxy.trust.RootRefresher;
import dev.pratique.proxy.upstream.Transport;
import dev.pratique.proxy.upstream.Upstreams;
import dev.pratique.proxy.verdicts.VerdictStore;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running proxy: every part made once and handed what it needs. Thread safe; {@link #reload} by one thread at a time.
 */
public final class ProxyServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("pratique");

    /** Idle connections need a moment to end; whoever closes does not want to wait for busy ones. */
    private static final Duration SHORT_DRAIN = Duration.ofSeconds(1);
    /** Verdicts live a day and evidence a week: an hour's worth too much is little. */
    private static final int SWEEP_MINUTES = 60;
    /** Verifiers ask for one list an image, and wait for it; more at once would only hold more of them in memory. */
    private static final int LISTS_AT_ONCE = 4;

    private static final int LISTS_WAITING = 128;

    /** Ports and directories are those of the start, whatever the configuration says later. */
    private final ProxySettings bound;

    private final DiskTrouble trouble = new DiskTrouble();
    private final Readiness readiness = new Readiness(trouble::now);
    private final Metrics metrics = new Metrics();
    private final RecentDecisions recent = new RecentDecisions();
    private final Transport transport;
    private final UpstreamCredentials credentials;
    private final ConfiguredUpstreams upstreams;
    private final ContentStore content;
    private final RegistryServer registry;
    private final OperatorServer operator;
    private final Faces faces;
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    /** What was opened, to be closed in the opposite order. */
    private final Deque<Closing> opened = new ArrayDeque<>();

    private volatile Live live;

    /** One consistent state of the configuration, made ready. */
    private record Live(Snapshot snapshot, Standard standard, Map<String, Face> faces) {}

    private interface Closing {
        void close() throws Exception;
    }

    /**
     * Opens stores and ports.
     *
     * @param environment the process's, for passwords
     * @param out where decisions go if the configuration names no file
     * @param version of this program
     * @throws IOException with a message for the operator, where a port or a directory cannot be had
     */
    public static ProxyServer start(
            Snapshot snapshot, InstantSource clock, Map<String, String> environment, PrintStream out, String version)
            throws IOException {
        return new ProxyServer(snapshot, clock, environment, out, version);
    }

    private ProxyServer(
            Snapshot snapshot, InstantSource clock, Map<String, String> environment, PrintStream out, String version)
            throws IOException {
        this.live = new Live(snapshot, FromSettings.standard(snapshot), Map.of());
        ProxySettings settings = snapshot.proxy();
        this.bound = settings;
        boolean started = false;
        try {
            transport = Transport.open(Math.max(2, Runtime.getRuntime().availableProcessors()), "loop");
            opened.push(() ->
                    transport.group().shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly());
            ExecutorService disk = FromSettings.diskThreads();
            opened.push(disk::shutdown);
            // Beside all else that a start takes: loading a native library costs a second of one processor.
            disk.execute(() -> LOG.info("signatures are verified by {}", VerificationKey.computedBy()));
            credentials = new UpstreamCredentials(environment);
            upstreams = opened(new ConfiguredUpstreams(
                    settings.upstreams(),
                    credentials,
                    each -> new Upstreams(each, transport, disk, clock, "pratique/" + version, metrics)));
            Files.createDirectories(settings.storage().directory());
            VerdictStore verdicts = VerdictStore.open(
                    settings.storage().directory().resolve("verdicts"),
                    said -> trouble.met(DiskTrouble.kind(said), said));
            opened.push(verdicts::close);
            content = opened(ContentStore.open(
                    settings.storage().directory().resolve("content"),
                    new ContentStore.Parts(
                            disk,
                            upstreams,
                            StoreLimits.DEFAULT,
                            FromSettings.budget(settings),
                            () -> verdicts.pinned(clock.instant()),
                            trouble,
                            clock)));
            DecisionLog log = opened(new DecisionLog(FromSettings.sink(settings, out), clock, metrics::ledgerDropped));
            ProxyEvents events = new ProxyEvents(metrics, log, recent, clock);
            JudgePool judges = opened(
                    new JudgePool(settings.limits().judges(), settings.limits().waiting()));
            Gatekeeper gate = new Gatekeeper(
                    () -> live.standard(),
                    new Inquiry(upstreams, content, verdicts, clock, events),
                    judges,
                    clock,
                    events);
            Discovery lists = new Discovery(
                    () -> live.standard(),
                    upstreams,
                    verdicts,
                    opened(new JudgePool("list", LISTS_AT_ONCE, LISTS_WAITING)),
                    clock,
                    events);
            Relay relay = new Relay(content, upstreams, Relay.DEFAULT_STALL);
            opened(new EventLoops(transport, metrics::eventLoopBlocked));
            registry = opened(new RegistryServer(
                    transport, FromSettings.limits(settings), gate::admit, lists::list, relay::serve, events));
            operator = opened(new OperatorServer(
                    settings.operator().resolve(),
                    settings.operatorNames(),
                    new OperatorDesk(
                            readiness,
                            metrics,
                            recent,
                            gate::admit,
                            () -> face(firstListener().name()),
                            this::registryHost,
                            () -> live.snapshot().environments().names(),
                            (repository, client) -> live.standard().requirements(repository, client),
                            new KnownVerdicts(() -> live.standard(), verdicts, clock)::page,
                            disk)));
            faces = new Faces(settings.listeners(), opened(FromSettings.passwordThreads())::execute, clock);
            gauges(judges);
            StoreMetrics.register(metrics, content, trouble, verdicts);
            live = ready(snapshot);
            for (Listener listener : settings.listeners()) {
                addresses.add(registry.listen(listener.address().resolve(), () -> face(listener.name())));
            }
            every(SWEEP_MINUTES, () -> disk.execute(() -> sweep(verdicts, clock)));
            every(1, () -> disk.execute(content::noteUse));
            if (!settings.storage().scrub().isZero()) {
                content.scrub(settings.storage().scrub(), clock);
            }
            readiness.inForce(snapshot.revision(), settings.upstreams().size());
            opened(RootRefresher.start(
                    () -> live.snapshot().roots(),
                    RootCache.of(settings.storage()),
                    new ProxyVariables(environment),
                    "pratique/" + version,
                    metrics,
                    clock));
            started = true;
        } finally {
            if (!started) {
                closeAll();
            }
        }
    }

    /** Where clients pull, in the order of the configuration, with the ports that were got. */
    public List<InetSocketAddress> listeners() {
        return List.copyOf(addresses);
    }

    /** The same for people, {@code https://} before those that speak TLS. */
    public String listening() {
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            String scheme = faces.scheme(bound.listeners().get(i).name());
            shown.add(scheme + NetUtil.toSocketAddressString(addresses.get(i)));
        }
        return String.join(", ", shown);
    }

    /** The operator's port. */
    public InetSocketAddress operator() {
        return operator.address();
    }

    /** Whether content is stored whole. Reads the disk. */
    public boolean stores(Digest digest) {
        return content.contains(digest);
    }

    /**
     * Follows another configuration from now on. Blocking.
     *
     * @param snapshot whole and in order
     */
    public void reload(Snapshot snapshot) {
        Snapshot before = live.snapshot();
        Live next;
        try {
            next = ready(snapshot);
        } catch (IllegalStateException unusable) {
            reject(List.of(new Problem("proxy.yaml", 1, "listen", String.valueOf(unusable.getMessage()), "")));
            return;
        }
        FromSettings.needsRestart(before.proxy(), snapshot.proxy())
                .ifPresent(what -> LOG.warn("{} changed: that takes a restart; all else is in force", what));
        upstreams.replace(snapshot.proxy().upstreams());
        live = next;
        awaitEventLoops();
        metrics.configRead(0);
        readiness.inForce(snapshot.revision(), snapshot.proxy().upstreams().size());
        LOG.info("the configuration is in force, revision {}", snapshot.revision());
    }

    /** The configuration as it is now cannot be used: what was in force stays. */
    public void reject(List<Problem> problems) {
        metrics.configRead(problems.size());
        List<String> said = problems.stream()
                .map(problem -> problem + (problem.hint().isEmpty() ? "" : "; " + problem.hint()))
                .toList();
        readiness.rejected(said);
        LOG.error("the configuration changed and cannot be used; the one before stays in force");
        said.forEach(problem -> LOG.error("{}", problem));
    }

    /** Reads passwords again. Blocking. */
    public void refreshCredentials() {
        credentials.refresh();
    }

    /**
     * Says that it is not ready, accepts nothing more, finishes what is under way, and closes. Blocking.
     *
     * @param limit after which connections are cut
     */
    public void drain(Duration limit) {
        readiness.draining();
        if (!registry.drain(limit)) {
            LOG.warn("connections were cut after {} seconds", limit.toSeconds());
        }
        closeAll();
    }

    @Override
    public void close() {
        drain(SHORT_DRAIN);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource::close);
        return resource;
    }

    private synchronized void closeAll() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.warn("closing failed", e);
            }
        }
    }

    private void every(int minutes, Runnable step) {
        var unused = transport.group().next().scheduleAtFixedRate(step, 0, minutes, TimeUnit.MINUTES);
    }

    private void sweep(VerdictStore verdicts, InstantSource clock) {
        ProxySettings settings = live.snapshot().proxy();
        VerdictStore.Kept kept = new VerdictStore.Kept(
                settings.evidence().maxStale(),
                settings.tags().ttl().plus(settings.tags().staleIfError()),
                content::contains);
        LOG.debug("{} records that had ended were deleted", verdicts.sweep(clock.instant(), kept));
    }

    // An answer that was begun under the old state is written by the time that each event loop has run one more task:
    // only then may anybody be told that the new one is in force.
    private void awaitEventLoops() {
        List<Future<?>> passed = new ArrayList<>();
        transport.group().forEach(loop -> passed.add(loop.submit(() -> {})));
        passed.forEach(Future::awaitUninterruptibly);
    }

    // Made once for each configuration, not for each request.
    private Live ready(Snapshot snapshot) {
        return new Live(snapshot, FromSettings.standard(snapshot), faces.under(snapshot, operatorUri()));
    }

    private Face face(String listener) {
        return Objects.requireNonNull(live.faces().get(listener));
    }

    private Listener firstListener() {
        return bound.listeners().get(0);
    }

    private URI operatorUri() {
        ListenAddress configured = bound.operator();
        return URI.create("http://"
                + new ListenAddress(configured.host(), operator.address().getPort()));
    }

    private String registryHost() {
        return new ListenAddress(
                        firstListener().address().host(), addresses.get(0).getPort())
                .toString();
    }

    private void gauges(JudgePool judges) {
        metrics.gauge("pratique.judge.pool.active", "Judges at work", judges::active);
        metrics.gauge("pratique.judge.pool.waiting", "Cases that wait for a judge", judges::waiting);
        metrics.gauge("pratique.connections", "Open connections of clients", registry::connections);
        bound.listeners().stream()
                .filter(listener -> listener.tls().isPresent())
                .forEach(listener -> metrics.listenerGauge(
                        "pratique.certificate.not.after.timestamp.seconds",
                        "When a listener's certificate ends, in seconds since 1970",
                        listener.name(),
                        () -> faces.certificateEnd(listener.name())));
    }
}
