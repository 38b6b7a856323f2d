package dev.pratique.proxy.admission;

import static dev.pratique.proxy.admission.GateBench.APP;
import static dev.pratique.proxy.admission.GateBench.OTHER;
import static dev.pratique.proxy.admission.GateBench.descriptor;
import static dev.pratique.proxy.admission.GateBench.rule;
import static dev.pratique.proxy.admission.GateBench.signedBy;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.registry.DiscoveryLimits;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.proxy.admission.DiscoveryAnswer.Declined;
import dev.pratique.proxy.admission.DiscoveryAnswer.Listed;
import dev.pratique.proxy.admission.DiscoveryRequest.Referrers;
import dev.pratique.proxy.admission.DiscoveryRequest.Tags;
import dev.pratique.proxy.admission.GateBench.Pushed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveryTest {
    private static final String SBOM = "application/spdx+json";

    @TempDir
    Path directory;

    private GateBench bench;
    private JudgePool pool;
    private Discovery discovery;
    private Pushed image;

    @BeforeEach
    void open() throws Exception {
        bench = new GateBench(directory, 2, 16);
        pool = new JudgePool("list", 2, 16);
        discovery = new Discovery(
                () -> bench.standard, bench.registry, bench.records, pool, () -> bench.now, AdmissionEvents.NONE);
        image = bench.push(APP, "v1", "app");
    }

    @AfterEach
    void close() {
        pool.close();
        bench.close();
    }

    private DiscoveryAnswer ask(DiscoveryRequest.Wanted wanted) throws Exception {
        return ask(APP, wanted);
    }

    private DiscoveryAnswer ask(Repository repository, DiscoveryRequest.Wanted wanted) throws Exception {
        CompletableFuture<DiscoveryAnswer> answer = new CompletableFuture<>();
        DiscoveryRequest request = new DiscoveryRequest(
                wanted, repository, repository.toString(), Optional.empty(), Requester.at("127.0.0.1"), "default");
        discovery.list(request, Runnable::run, answer::complete);
        return answer.get(20, TimeUnit.SECONDS);
    }

    private static Tags tags() {
        return new Tags(OptionalInt.empty(), Optional.empty());
    }

    private Referrers referrers() {
        return new Referrers(image.digest(), Optional.empty(), Optional.empty());
    }

    private Referrers ofType(String type) {
        return new Referrers(image.digest(), Optional.of(type), Optional.empty());
    }

    /** The list, or what was said instead. */
    private static List<String> tagsIn(DiscoveryAnswer answer) throws Exception {
        List<String> tags = new ArrayList<>();
        for (JsonValue tag : body(answer).arrayOrEmpty("tags", 1_000_000)) {
            tags.add(tag.asString("tag"));
        }
        return tags;
    }

    private static JsonObject body(DiscoveryAnswer answer) throws Exception {
        assertThat(answer).isInstanceOf(Listed.class);
        return StrictJson.parseObject(((Listed) answer).body(), "list", 16 << 20);
    }

    private static List<JsonObject> entries(DiscoveryAnswer answer) throws Exception {
        List<JsonObject> entries = new ArrayList<>();
        for (JsonValue entry : body(answer).arrayOrEmpty("manifests", 10_000)) {
            entries.add(entry.asObject("entry"));
        }
        return entries;
    }

    private static List<String> digests(DiscoveryAnswer answer) throws Exception {
        List<String> digests = new ArrayList<>();
        for (JsonObject entry : entries(answer)) {
            digests.add(entry.getString("digest"));
        }
        return digests;
    }

    private static String said(DiscoveryAnswer answer) {
        return answer instanceof Declined declined
                ? declined.verdict()
                        .fold(
                                admitted -> "?",
                                refused -> refused.reason().name(),
                                undecided -> undecided.cause().name())
                : "LISTED";
    }

    private byte[] about(Digest subject, String artifactType, String configType, String text) {
        byte[] config = "{}".getBytes(UTF_8);
        byte[] layer = ("{\"text\":\"" + text + "\"}").getBytes(UTF_8);
        bench.registry.blob(APP, config);
        bench.registry.blob(APP, layer);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MediaType.OCI_MANIFEST);
        manifest.put("artifactType", artifactType);
        manifest.put("config", descriptor(configType, config));
        manifest.put("layers", List.of(descriptor(SBOM, layer)));
        manifest.put("annotations", Map.of("text", text));
        Map<String, Object> reference = new LinkedHashMap<>(descriptor(MediaType.OCI_MANIFEST, new byte[0]));
        reference.put("digest", subject.toString());
        manifest.put("subject", reference);
        return JsonWriter.bytes(manifest);
    }

    private Digest push(String text) {
        return bench.registry.manifest(APP, about(image.digest(), SBOM, MediaType.OCI_EMPTY, text));
    }

    private Map<String, Object> listed(Digest digest, String artifactType) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("mediaType", MediaType.OCI_MANIFEST);
        entry.put("digest", digest.toString());
        entry.put("size", 1000);
        entry.put("artifactType", artifactType);
        return entry;
    }

    private static Fetched.Found index(List<?> entries) {
        byte[] index =
                JsonWriter.bytes(Map.of("schemaVersion", 2, "mediaType", MediaType.OCI_INDEX, "manifests", entries));
        return new Fetched.Found(index, MediaType.OCI_INDEX, Digest.sha256(index), Optional.empty());
    }

    private void api(Fetched answer) {
        answers(Fetch.ReferrersOf.class::isInstance, answer);
    }

    private void tag(Fetched answer) {
        Reference tag = TagScheme.REFERRERS.tagFor(image.digest());
        answers(
                fetch -> fetch instanceof Fetch.ManifestOf wanted
                        && wanted.reference().equals(tag),
                answer);
    }

    private void answers(Predicate<Fetch> to, Fetched answer) {
        var before = bench.registry.fault;
        bench.registry.fault = fetch -> to.test(fetch) ? Optional.of(answer) : before.apply(fetch);
    }

    private static Fetched unread() {
        return new Fetched.Unread("it answered 500", Duration.ofSeconds(3));
    }

    // -- tags

    @Test
    void lists_tags_in_the_specifications_order_and_in_pages() throws Exception {
        for (String tag : List.of("b", "C", "a", "B")) {
            bench.push(APP, tag, tag);
        }
        DiscoveryAnswer whole = ask(tags());
        assertThat(tagsIn(whole)).containsExactly("a", "B", "b", "C", "v1");
        assertThat(((Listed) whole).next()).isEmpty();
        assertThat(body(whole).getString("name")).isEqualTo("up.example/acme/app");

        DiscoveryAnswer first = ask(new Tags(OptionalInt.of(2), Optional.empty()));
        assertThat(tagsIn(first)).containsExactly("a", "B");
        assertThat(((Listed) first).next()).contains("/v2/up.example/acme/app/tags/list?n=2&last=B");
        DiscoveryAnswer second = ask(new Tags(OptionalInt.of(3), Optional.of("B")));
        assertThat(tagsIn(second)).containsExactly("b", "C", "v1");
        assertThat(((Listed) second).next()).isEmpty();
    }

    @Test
    @DisplayName("REG-21: n=0 is an empty list without a next page")
    void REG_21_none_is_none() throws Exception {
        DiscoveryAnswer none = ask(new Tags(OptionalInt.of(0), Optional.empty()));
        assertThat(tagsIn(none)).isEmpty();
        assertThat(((Listed) none).next()).isEmpty();
    }

    @Test
    void tags_that_the_rule_refuses_are_not_listed() throws Exception {
        bench.push(APP, "latest", "x");
        bench.push(APP, "v2-dev", "y");
        bench.standard = bench.standard(
                2,
                new Rule(
                        "all",
                        List.of(new Glob("**")),
                        Set.of(),
                        List.of(new Glob("latest"), new Glob("*-dev")),
                        signedBy("ci")));
        assertThat(tagsIn(ask(tags()))).containsExactly("v1");
    }

    @Test
    @DisplayName("REG-21: what is outside of the grammar of tags is left out")
    void REG_21_hostile_tags_are_left_out() throws Exception {
        byte[] list = JsonWriter.bytes(Map.of(
                "name",
                "<script>",
                "tags",
                List.of("good", "a\r\nX-Evil: 1", "<script>", "", "x".repeat(129), "-a", "a b", "\u00e9", 7, "good")));
        answers(Fetch.TagsOf.class::isInstance, new Fetched.Found(list, "text/html", null, Optional.empty()));
        assertThat(tagsIn(ask(tags()))).containsExactly("good");
    }

    @Test
    @DisplayName("REG-21: a list without an end is no list")
    void REG_21_a_list_in_circles_is_not_answered() throws Exception {
        byte[] list = JsonWriter.bytes(Map.of("tags", List.of("a")));
        answers(Fetch.TagsOf.class::isInstance, new Fetched.Found(list, null, null, Optional.of("/v2/next")));
        DiscoveryAnswer answer = ask(tags());
        assertThat(said(answer)).isEqualTo("UPSTREAM_WRONG_BYTES");
        assertThat(bench.registry.asked).hasSize(2);
    }

    @Test
    @DisplayName("REG-21: 10 MiB of tags end in a clear answer")
    void REG_21_too_many_tags() throws Exception {
        List<String> many = new ArrayList<>();
        for (int i = 0; i <= DiscoveryLimits.MAX_TAGS / 2; i++) {
            many.add("t" + i);
        }
        byte[] one = JsonWriter.bytes(Map.of("tags", many));
        List<String> more = many.stream().map(tag -> "u" + tag).toList();
        byte[] two = JsonWriter.bytes(Map.of("tags", more));
        bench.registry.fault = fetch -> fetch instanceof Fetch.TagsOf wanted
                ? Optional.of(
                        wanted.page().isEmpty()
                                ? new Fetched.Found(one, null, null, Optional.of("/2"))
                                : new Fetched.Found(two, null, null, Optional.empty()))
                : Optional.empty();
        DiscoveryAnswer answer = ask(tags());
        assertThat(said(answer)).isEqualTo("UPSTREAM_WRONG_BYTES");
        assertThat(((Declined) answer).verdict().toString()).contains("more tags than are listed");
    }

    @Test
    void a_long_list_comes_in_pages_although_nobody_asked_for_them() throws Exception {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < DiscoveryLimits.TAGS_AN_ANSWER + 5; i++) {
            many.add(String.format("t%06d", i));
        }
        byte[] list = JsonWriter.bytes(Map.of("tags", many));
        answers(Fetch.TagsOf.class::isInstance, new Fetched.Found(list, null, null, Optional.empty()));
        DiscoveryAnswer answer = ask(tags());
        assertThat(tagsIn(answer)).hasSize(DiscoveryLimits.TAGS_AN_ANSWER);
        assertThat(((Listed) answer).next()).contains("/v2/up.example/acme/app/tags/list?last=t009999");
    }

    @Test
    void a_list_of_tags_is_read_again_after_the_tags_ttl() throws Exception {
        assertThat(tagsIn(ask(tags()))).containsExactly("v1");
        bench.push(APP, "v2", "x");
        bench.now = bench.now.plusSeconds(29);
        assertThat(tagsIn(ask(tags()))).containsExactly("v1");
        bench.now = bench.now.plusSeconds(1);
        assertThat(tagsIn(ask(tags()))).containsExactly("v1", "v2");
    }

    @Test
    void what_is_not_there_is_unknown_and_what_cannot_be_asked_is_undecided() throws Exception {
        assertThat(said(ask(OTHER, tags()))).isEqualTo("NAME_UNKNOWN");
        answers(Fetch.TagsOf.class::isInstance, new Fetched.Denied(403));
        assertThat(said(ask(tags()))).isEqualTo("UPSTREAM_DENIED");
        answers(Fetch.TagsOf.class::isInstance, unread());
        assertThat(said(ask(tags()))).isEqualTo("UPSTREAM_UNREACHABLE");
        answers(Fetch.TagsOf.class::isInstance, new Fetched.Unread("late", Duration.ofSeconds(1), true));
        assertThat(said(ask(tags()))).isEqualTo("UPSTREAM_TIMEOUT");
        byte[] html = "<html>".getBytes(UTF_8);
        answers(Fetch.TagsOf.class::isInstance, new Fetched.Found(html, "text/html", null, Optional.empty()));
        assertThat(said(ask(tags()))).isEqualTo("UPSTREAM_WRONG_BYTES");
    }

    @Test
    void the_rule_decides_who_gets_a_list_and_nobody_else_is_asked() throws Exception {
        bench.standard = bench.standard(2, rule("no", "up.example/acme/**", new Rule.RefuseAll("not ours")));
        assertThat(said(ask(tags()))).isEqualTo("REFUSED_BY_RULE");
        assertThat(said(ask(referrers()))).isEqualTo("REFUSED_BY_RULE");
        assertThat(said(ask(OTHER, tags()))).isEqualTo("NO_RULE");
        assertThat(said(ask(OTHER, referrers()))).isEqualTo("NO_RULE");
        assertThat(bench.registry.asked).isEmpty();
    }

    @Test
    void a_list_that_was_begun_under_another_configuration_is_made_again() throws Exception {
        Standard refusing = bench.standard(2, rule("no", "**", new Rule.RefuseAll("not ours")));
        bench.registry.fault = fetch -> {
            bench.standard = refusing;
            return Optional.empty();
        };
        assertThat(said(ask(referrers()))).isEqualTo("REFUSED_BY_RULE");
    }

    // -- referrers

    @Test
    void lists_what_the_manifests_say_of_themselves() throws Exception {
        Digest sbom = push("one");
        Digest old = bench.registry.manifest(APP, about(image.digest(), null, "application/vnd.x.config", "two"));
        api(index(List.of(listed(sbom, MediaType.OCI_EMPTY), listed(old, "application/lie"))));
        DiscoveryAnswer answer = ask(referrers());
        assertThat(((Listed) answer).mediaType()).isEqualTo(MediaType.OCI_INDEX);
        assertThat(body(answer).getString("mediaType")).isEqualTo(MediaType.OCI_INDEX);
        assertThat(digests(answer)).containsExactly(sbom.toString(), old.toString());
        JsonObject first = entries(answer).get(0);
        assertThat(first.getString("artifactType")).isEqualTo(SBOM);
        assertThat(first.getObject("annotations").getString("text")).isEqualTo("one");
        assertThat(first.get("size").asSize("size"))
                .isEqualTo(about(image.digest(), SBOM, MediaType.OCI_EMPTY, "one").length);
        assertThat(entries(answer).get(1).getString("artifactType")).isEqualTo("application/vnd.x.config");
    }

    @Test
    void nothing_that_refers_to_it_is_an_empty_list() throws Exception {
        assertThat(entries(ask(referrers()))).isEmpty();
        api(new Fetched.Missing());
        assertThat(entries(ask(referrers()))).isEmpty();
    }

    @Test
    void falls_back_to_the_tag_where_there_is_no_api() throws Exception {
        Digest sbom = push("one");
        api(new Fetched.Missing());
        tag(index(List.of(listed(sbom, MediaType.OCI_EMPTY))));
        assertThat(digests(ask(referrers()))).containsExactly(sbom.toString());
        assertThat(digests(ask(ofType(SBOM)))).containsExactly(sbom.toString());
    }

    @Test
    void filters_by_the_manifests_own_type_and_says_so() throws Exception {
        Digest sbom = push("one");
        Digest other = bench.registry.manifest(APP, about(image.digest(), "application/y", MediaType.OCI_EMPTY, "two"));
        api(index(List.of(listed(sbom, "application/y"), listed(other, SBOM))));
        DiscoveryAnswer answer = ask(ofType(SBOM));
        assertThat(digests(answer)).containsExactly(sbom.toString());
        assertThat(((Listed) answer).filter()).contains("artifactType");
        assertThat(((Listed) ask(referrers())).filter()).isEmpty();
        assertThat(entries(ask(ofType("application/none")))).isEmpty();
    }

    @Test
    void merges_api_and_tag_and_lists_each_manifest_once() throws Exception {
        Digest one = push("one");
        Digest two = push("two");
        api(index(List.of(listed(one, SBOM), listed(one, SBOM))));
        tag(index(List.of(listed(one, SBOM), listed(two, SBOM))));
        assertThat(digests(ask(referrers()))).containsExactly(one.toString(), two.toString());
    }

    @Test
    void merges_evidence_that_is_kept_here_and_that_the_registry_still_has() throws Exception {
        bench.signBundle(APP, image, bench.key);
        assertThat(GateBench.said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        List<String> signed = digests(ask(referrers()));
        assertThat(signed).hasSize(1);
        api(index(List.of()));
        assertThat(digests(ask(referrers()))).isEqualTo(signed);
        bench.sign(APP, image.digest(), bench.key);
        assertThat(digests(ask(referrers()))).isEqualTo(signed);
    }

    @Test
    @DisplayName("REG-19: a listed manifest about another image is left out")
    void REG_19_lying_lists() throws Exception {
        Pushed another = bench.push(APP, "v2", "other");
        Digest elsewhere = bench.registry.manifest(APP, about(another.digest(), SBOM, MediaType.OCI_EMPTY, "x"));
        Digest gone = Digest.sha256("gone".getBytes(UTF_8));
        Digest broken = bench.registry.manifest(APP, "{\"schemaVersion\":2}".getBytes(UTF_8));
        Digest good = push("one");
        api(index(List.of(
                listed(elsewhere, SBOM),
                listed(another.digest(), SBOM),
                listed(gone, SBOM),
                listed(broken, SBOM),
                Map.of("digest", "sha256:../../etc"),
                listed(good, SBOM))));
        assertThat(digests(ask(referrers()))).containsExactly(good.toString());
    }

    @Test
    @DisplayName("REG-19: a poisoned tag cannot spoil the list of the API")
    void REG_19_poisoned_tag() throws Exception {
        Digest good = push("one");
        Pushed another = bench.push(APP, "v2", "other");
        Digest elsewhere = bench.registry.manifest(APP, about(another.digest(), SBOM, MediaType.OCI_EMPTY, "x"));
        Digest unreadable = Digest.sha256("unreadable".getBytes(UTF_8));
        answers(
                fetch -> fetch instanceof Fetch.ManifestOf wanted
                        && wanted.reference().pinned().equals(Optional.of(unreadable)),
                new Fetched.Wrong("the bytes have another digest"));
        api(index(List.of(listed(good, SBOM))));
        byte[] junk = "<html>".getBytes(UTF_8);
        for (Fetched poison : List.of(
                new Fetched.Found(junk, "text/html", null, Optional.empty()),
                new Fetched.Found(image.bytes(), MediaType.OCI_MANIFEST, image.digest(), Optional.empty()),
                index(List.of(listed(elsewhere, SBOM), listed(unreadable, SBOM))),
                new Fetched.Denied(403),
                unread())) {
            tag(poison);
            assertThat(digests(ask(referrers()))).as(poison.toString()).containsExactly(good.toString());
        }
    }

    @Test
    void a_source_that_could_not_be_read_is_no_empty_list() throws Exception {
        push("one");
        List<Fetched> failures = List.of(
                unread(),
                new Fetched.Wrong("the body is larger"),
                new Fetched.Found("<html>".getBytes(UTF_8), "text/html", null, Optional.empty()),
                new Fetched.Found(image.bytes(), MediaType.OCI_MANIFEST, image.digest(), Optional.empty()));
        for (Fetched failure : failures) {
            api(failure);
            assertThat(said(ask(referrers()))).as(failure.toString()).isEqualTo("EVIDENCE_UNREADABLE");
        }
        api(new Fetched.Denied(403));
        assertThat(said(ask(referrers()))).isEqualTo("UPSTREAM_DENIED");
        api(new Fetched.Missing());
        for (Fetched failure : failures) {
            tag(failure);
            assertThat(said(ask(referrers()))).as(failure.toString()).isEqualTo("EVIDENCE_UNREADABLE");
        }
    }

    @Test
    void a_listed_manifest_that_could_not_be_read_is_not_left_out_silently() throws Exception {
        Digest good = push("one");
        Digest lost = push("two");
        api(index(List.of(listed(good, SBOM), listed(lost, SBOM))));
        for (Fetched failure : List.of(unread(), new Fetched.Wrong("the bytes have another digest"))) {
            answers(
                    fetch -> fetch instanceof Fetch.ManifestOf wanted
                            && wanted.reference().pinned().equals(Optional.of(lost)),
                    failure);
            DiscoveryAnswer answer = ask(referrers());
            assertThat(said(answer)).isEqualTo("EVIDENCE_UNREADABLE");
            assertThat(((Declined) answer).verdict().toString()).contains("referrer " + lost.brief());
        }
    }

    @Test
    void a_list_with_more_than_is_listed_here_is_not_cut_short() throws Exception {
        List<Object> many = new ArrayList<>();
        for (int i = 0; i <= DiscoveryLimits.MAX_REFERRERS; i++) {
            many.add(listed(Digest.sha256(("x" + i).getBytes(UTF_8)), SBOM));
        }
        api(index(many));
        assertThat(said(ask(referrers()))).isEqualTo("EVIDENCE_UNREADABLE");
    }

    @Test
    void the_pages_of_the_api_are_all_read() throws Exception {
        Digest one = push("one");
        Digest two = push("two");
        bench.registry.fault = fetch -> fetch instanceof Fetch.ReferrersOf wanted
                ? Optional.of(
                        wanted.page().isEmpty()
                                ? new Fetched.Found(
                                        index(List.of(listed(one, SBOM))).bytes(),
                                        MediaType.OCI_INDEX,
                                        null,
                                        Optional.of("/v2/2"))
                                : index(List.of(listed(two, SBOM))))
                : Optional.empty();
        assertThat(digests(ask(referrers()))).containsExactly(one.toString(), two.toString());
        bench.registry.fault = fetch -> fetch instanceof Fetch.ReferrersOf wanted
                ? Optional.of(
                        wanted.page().isEmpty()
                                ? new Fetched.Found(
                                        index(List.of(listed(one, SBOM))).bytes(),
                                        MediaType.OCI_INDEX,
                                        null,
                                        Optional.of("/v2/2"))
                                : unread())
                : Optional.empty();
        assertThat(said(ask(referrers()))).isEqualTo("EVIDENCE_UNREADABLE");
    }

    @Test
    void a_long_list_comes_in_pages_of_our_own() throws Exception {
        List<Object> many = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < DiscoveryLimits.REFERRERS_AN_ANSWER + 3; i++) {
            Digest digest = push("number " + i);
            many.add(listed(digest, SBOM));
            expected.add(digest.toString());
        }
        api(index(many));
        DiscoveryAnswer first = ask(ofType(SBOM));
        List<String> found = new ArrayList<>(digests(first));
        Digest last = Digest.parse(expected.get(DiscoveryLimits.REFERRERS_AN_ANSWER - 1));
        assertThat(((Listed) first).next())
                .contains("/v2/up.example/acme/app/referrers/" + image.digest()
                        + "?artifactType=application%2Fspdx%2Bjson&after=" + last);
        DiscoveryAnswer second = ask(new Referrers(image.digest(), Optional.of(SBOM), Optional.of(last)));
        found.addAll(digests(second));
        assertThat(((Listed) second).next()).isEmpty();
        assertThat(found).isEqualTo(expected);
        Digest never = Digest.sha256("never".getBytes(UTF_8));
        assertThat(said(ask(new Referrers(image.digest(), Optional.empty(), Optional.of(never)))))
                .isEqualTo("EVIDENCE_UNREADABLE");
    }

    @Test
    void annotations_cannot_make_an_answer_larger_than_clients_read() throws Exception {
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(listed(push("x".repeat(60_000) + i), SBOM));
        }
        Digest loud = push("x".repeat(DiscoveryLimits.MAX_ANNOTATION_CHARS));
        many.add(listed(loud, SBOM));
        api(index(many));
        List<String> found = new ArrayList<>();
        Optional<Digest> after = Optional.empty();
        int pages = 0;
        JsonObject lastEntry = JsonObject.empty();
        do {
            DiscoveryAnswer page = ask(new Referrers(image.digest(), Optional.empty(), after));
            assertThat(((Listed) page).body().length).isLessThan(4 << 20);
            found.addAll(digests(page));
            lastEntry = entries(page).get(entries(page).size() - 1);
            after = ((Listed) page).next().isPresent()
                    ? Optional.of(Digest.parse(found.get(found.size() - 1)))
                    : Optional.empty();
            pages++;
        } while (after.isPresent());
        assertThat(pages).isEqualTo(2);
        assertThat(found).hasSize(101).doesNotHaveDuplicates().endsWith(loud.toString());
        assertThat(lastEntry.findObject("annotations")).isEmpty();
    }

    @Test
    @DisplayName("RES-01: no more manifests are held for an answer than fit in it, whatever they carry")
    void manifests_beyond_the_answer_are_not_opened_for_it() throws Exception {
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add(listed(push("x".repeat(60_000) + i), SBOM));
        }
        api(index(many));
        assertThat(((Listed) ask(referrers())).next()).isPresent();
        long opened = bench.registry.asked.stream()
                .filter(fetch -> fetch instanceof Fetch.ManifestOf wanted
                        && wanted.reference().pinned().isPresent())
                .count();
        assertThat(opened).isEqualTo(2L * DiscoveryLimits.AT_ONCE);
        List<String> ofAnotherType = digests(ask(ofType("application/vnd.example")));
        assertThat(ofAnotherType).as("what is not asked for fills no answer").isEmpty();
        assertThat(((Listed) ask(ofType("application/vnd.example"))).next()).isEmpty();
    }

    @Test
    @DisplayName("RES-01: a type that is too long for one is neither held nor passed on")
    void an_endless_artifact_type_is_left_out() throws Exception {
        String endless = "application/" + "x".repeat(1 << 20);
        Digest loud = bench.registry.manifest(APP, about(image.digest(), endless, MediaType.OCI_EMPTY, "loud"));
        api(index(List.of(listed(loud, SBOM))));
        DiscoveryAnswer answer = ask(referrers());
        assertThat(digests(answer)).containsExactly(loud.toString());
        assertThat(((Listed) answer).body().length).isLessThan(1000);
        assertThat(entries(answer).get(0).findString("artifactType")).isEmpty();
    }

    @Test
    void a_manifest_is_opened_once_and_its_place_in_the_repository_asked_again_in_time() throws Exception {
        Digest one = push("one");
        api(index(List.of(listed(one, SBOM))));
        assertThat(digests(ask(referrers()))).hasSize(1);
        assertThat(digests(ask(referrers()))).hasSize(1);
        assertThat(opened(one)).isOne();
        bench.now = bench.now.plus(GateBench.SETTINGS.authorisationTtl());
        assertThat(digests(ask(referrers()))).hasSize(1);
        assertThat(opened(one)).isEqualTo(2);
    }

    private long opened(Digest digest) {
        return bench.registry.asked.stream()
                .filter(fetch -> fetch instanceof Fetch.ManifestOf wanted
                        && wanted.reference().pinned().equals(Optional.of(digest)))
                .count();
    }

    @Test
    void a_new_referrer_shows_at_once() throws Exception {
        assertThat(entries(ask(referrers()))).isEmpty();
        bench.signBundle(APP, image, bench.key);
        assertThat(entries(ask(referrers()))).hasSize(1);
    }

    @Test
    void a_sha512_subject_has_a_shortened_tag() throws Exception {
        Digest subject = Digest.of(Digest.Algorithm.SHA512, image.bytes());
        Digest sbom = bench.registry.manifest(APP, about(subject, SBOM, MediaType.OCI_EMPTY, "one"));
        api(new Fetched.Missing());
        Reference tag = new Reference.Tag("sha512-" + subject.hex().substring(0, 64));
        answers(
                fetch -> fetch instanceof Fetch.ManifestOf wanted
                        && wanted.reference().equals(tag),
                index(List.of(listed(sbom, SBOM))));
        assertThat(digests(ask(new Referrers(subject, Optional.empty(), Optional.empty()))))
                .containsExactly(sbom.toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void our_own_fault_is_no_list(boolean forTags) throws Exception {
        bench.registry.fault = fetch -> {
            throw new IllegalStateException("secret");
        };
        DiscoveryAnswer answer = ask(forTags ? tags() : referrers());
        assertThat(said(answer)).isEqualTo("INTERNAL");
        assertThat(answer.toString()).doesNotContain("secret");
    }
}
