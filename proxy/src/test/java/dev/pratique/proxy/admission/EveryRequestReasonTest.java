package dev.pratique.proxy.admission;

import static dev.pratique.proxy.admission.GateBench.APP;
import static dev.pratique.proxy.admission.GateBench.OTHER;
import static dev.pratique.proxy.admission.GateBench.rule;
import static dev.pratique.proxy.admission.GateBench.said;
import static dev.pratique.proxy.admission.GateBench.signedBy;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.registry.Fetched;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each reason that no judge has is what the proxy says of a request, or it is none. */
class EveryRequestReasonTest {
    @TempDir
    Path directory;

    private GateBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new GateBench(directory, 2, 16);
        bench.push(APP, "v1", "app");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static Stream<RefusalReason> ofRequests() {
        return Arrays.stream(RefusalReason.values()).filter(RefusalReason::isOfTheRequest);
    }

    /** What is asked for each, and what was said. */
    private Map<RefusalReason, Callable<String>> requests() {
        Map<RefusalReason, Callable<String>> requests = new EnumMap<>(RefusalReason.class);
        requests.put(RefusalReason.TAG_REFUSED, () -> {
            List<Glob> latest = List.of(new Glob("latest"));
            return under(new Rule("no latest", List.of(new Glob("**")), Set.of(), latest, signedBy("ci")), "latest");
        });
        requests.put(
                RefusalReason.REFUSED_BY_RULE, () -> under(rule("none", "**", new Rule.RefuseAll("not ours")), "v1"));
        requests.put(RefusalReason.NO_RULE, () -> under(rule("else", "up.example/else/**", signedBy("ci")), "v1"));
        requests.put(RefusalReason.SCHEMA_1, () -> {
            bench.registry.manifest(APP, "{\"schemaVersion\":1}".getBytes(UTF_8), "old");
            return said(bench.pull(APP, "old"));
        });
        requests.put(RefusalReason.UNKNOWN_UPSTREAM, () -> {
            UpstreamNames known = new UpstreamNames(Set.of("up.example"), Optional.empty());
            RequestTarget target = PullRequest.parse(
                    "/v2/else.example/acme/app/manifests/v1", known, Requester.at("127.0.0.1"), "default");
            return ((RequestTarget.Wrong) target).reason().map(Enum::name).orElse("");
        });
        requests.put(RefusalReason.UPSTREAM_DENIED, () -> {
            bench.registry.fault = fetch -> Optional.of(new Fetched.Denied(403));
            return said(bench.pull(APP, "v1"));
        });
        requests.put(RefusalReason.NAME_UNKNOWN, this::tagsOfNothing);
        requests.put(RefusalReason.MANIFEST_UNKNOWN, () -> said(bench.pull(APP, "v2")));
        requests.put(
                RefusalReason.BLOB_UNKNOWN, () -> said(bench.pullBlob(APP, Digest.sha256("nothing".getBytes(UTF_8)))));
        return requests;
    }

    private String under(Rule rule, String reference) throws Exception {
        bench.standard = bench.standard(2, rule);
        return said(bench.pull(APP, reference));
    }

    private String tagsOfNothing() throws Exception {
        try (JudgePool pool = new JudgePool("list", 1, 1)) {
            Discovery discovery = new Discovery(
                    () -> bench.standard, bench.registry, bench.records, pool, () -> bench.now, AdmissionEvents.NONE);
            CompletableFuture<DiscoveryAnswer> answer = new CompletableFuture<>();
            DiscoveryRequest request = new DiscoveryRequest(
                    new DiscoveryRequest.Tags(OptionalInt.empty(), Optional.empty()),
                    OTHER,
                    OTHER.toString(),
                    Optional.empty(),
                    Requester.at("127.0.0.1"),
                    "default");
            discovery.list(request, Runnable::run, answer::complete);
            DiscoveryAnswer.Declined declined = (DiscoveryAnswer.Declined) answer.get(20, TimeUnit.SECONDS);
            return declined.verdict()
                    .fold(admitted -> "", refused -> refused.reason().name(), undecided -> "");
        }
    }

    @ParameterizedTest
    @MethodSource("ofRequests")
    void is_said_of_a_request(RefusalReason reason) throws Exception {
        assertThat(requests()).as("a request for every reason").containsKey(reason);
        assertThat(requests().get(reason).call()).isEqualTo(reason.name());
    }
}
