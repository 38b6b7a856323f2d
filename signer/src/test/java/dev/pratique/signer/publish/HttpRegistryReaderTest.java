package dev.pratique.signer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.signer.Failure;
import dev.pratique.signer.http.Http;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpRegistryReaderTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path home;

    private TestRegistry registry;
    private Digest image;

    @BeforeEach
    void start() throws Exception {
        registry = new TestRegistry(true);
        image = registry.image("team/app", "v1");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void manifestsAreFoundByTagAndDigest() {
        Fetched.Found byTag = (Fetched.Found) read(manifest(new Reference.Tag("v1"), 1 << 20));
        assertThat(byTag.digest()).isEqualTo(image);
        assertThat(byTag.contentType()).isEqualTo(MediaType.OCI_MANIFEST);
        assertThat(read(manifest(new Reference.ByDigest(image), 1 << 20))).isInstanceOf(Fetched.Found.class);
        assertThat(read(manifest(new Reference.Tag("v2"), 1 << 20))).isInstanceOf(Fetched.Missing.class);
    }

    @Test
    void otherBytesAreWrong() {
        Digest other = Digest.sha256(new byte[] {1});
        registry.trouble(exchange -> {
            TestRegistry.answer(exchange, 200, MediaType.OCI_MANIFEST, new byte[] {2});
            return true;
        });
        assertThat(read(manifest(new Reference.ByDigest(other), 100)))
                .isEqualTo(new Fetched.Wrong("the bytes have another digest"));
        assertThat(read(new Fetch.BlobOf(repository(), other, 100)))
                .isEqualTo(new Fetched.Wrong("the bytes have another digest"));
    }

    @Test
    void tooLongABodyIsWrong() {
        assertThat(read(manifest(new Reference.Tag("v1"), 10)))
                .isEqualTo(new Fetched.Wrong("the body is larger than 10 bytes"));
    }

    @Test
    void refusedAndUnreadAreNotMissing() {
        status(403);
        assertThat(read(manifest(new Reference.Tag("v1"), 100))).isEqualTo(new Fetched.Denied(403));
        status(500);
        assertThat(read(manifest(new Reference.Tag("v1"), 100))).isInstanceOf(Fetched.Unread.class);
        registry.close();
        assertThat(read(manifest(new Reference.Tag("v1"), 100))).isInstanceOf(Fetched.Unread.class);
    }

    @Test
    void aStatusThatTheOperatorCallsMissingIsMissing() {
        status(403);
        HttpRegistryReader reader = new HttpRegistryReader(client(), Runnable::run, any -> Set.of(403));
        assertThat(reader.fetch(manifest(new Reference.Tag("v1"), 100), soon())).isInstanceOf(Fetched.Missing.class);
    }

    @Test
    void pagesOfReferrersAreLinked() {
        registry.trouble(exchange -> {
            exchange.getResponseHeaders().set("Link", "</v2/team/app/referrers/x?n=2>; rel=\"next\"");
            return false;
        });
        Fetched.Found found =
                (Fetched.Found) read(new Fetch.ReferrersOf(repository(), image, Optional.empty(), 1 << 20));
        assertThat(found.next()).contains("http://" + registry.host() + "/v2/team/app/referrers/x?n=2");
    }

    @Test
    void a_next_page_elsewhere_is_wrong_and_never_a_shorter_list() {
        for (String link : List.of("http://evil.example/", "https://" + registry.host() + "/v2/", "//x:y:z", "::")) {
            registry.trouble(exchange -> {
                exchange.getResponseHeaders().set("Link", "<" + link + ">; rel=\"next\"");
                return false;
            });
            Fetched.Found first =
                    (Fetched.Found) read(new Fetch.ReferrersOf(repository(), image, Optional.empty(), 1 << 20));
            assertThat(first.next()).as(link).contains(Fetched.Found.ELSEWHERE);
            assertThat(read(new Fetch.ReferrersOf(repository(), image, first.next(), 1 << 20)))
                    .as(link)
                    .isEqualTo(new Fetched.Wrong("the list goes on elsewhere than on the registry that it is from"));
            assertThat(read(new Fetch.TagsOf(repository(), first.next(), 1 << 20)))
                    .as(link)
                    .isInstanceOf(Fetched.Wrong.class);
        }
    }

    @Test
    void who_refuses_us_on_the_way_is_not_said_to_be_the_registry() {
        registry.trouble(exchange -> {
            if (exchange.getRequestURI().getPath().equals("/token")) {
                TestRegistry.answer(exchange, 403, null, new byte[0]);
            } else {
                exchange.getResponseHeaders()
                        .set("WWW-Authenticate", "Bearer realm=\"http://" + registry.host() + "/token\"");
                TestRegistry.answer(exchange, 401, null, new byte[0]);
            }
            return true;
        });
        Fetched.Unread unread = (Fetched.Unread) read(manifest(new Reference.Tag("v1"), 100));
        assertThat(unread.what()).endsWith("its token service answered 403");
        assertThat(unread.cause())
                .get()
                .isInstanceOfSatisfying(
                        Failure.class, said -> assertThat(said.kind()).isEqualTo(Failure.Kind.NOT_AUTHORISED));
    }

    @Test
    void answersKeepTheOrderOfTheQuestions() {
        Fetch there = manifest(new Reference.Tag("v1"), 1 << 20);
        Fetch missing = manifest(new Reference.Tag("none"), 1 << 20);
        List<Fetched> answers = reader().fetchAll(List.of(missing, there, missing), soon());
        assertThat(answers).hasSize(3);
        assertThat(answers.get(1)).isInstanceOf(Fetched.Found.class);
        assertThat(answers.get(2)).isInstanceOf(Fetched.Missing.class);
    }

    private void status(int status) {
        registry.trouble(exchange -> {
            if (exchange.getRequestURI().getPath().equals("/v2/")) {
                return false;
            }
            TestRegistry.answer(exchange, status, null, new byte[0]);
            return true;
        });
    }

    private Fetched read(Fetch fetch) {
        return reader().fetch(fetch, soon());
    }

    private HttpRegistryReader reader() {
        return new HttpRegistryReader(client(), Runnable::run, any -> Set.of());
    }

    private RegistryClient client() {
        return new RegistryClient(
                new Http(Optional.empty(), "test"),
                Endpoints.standard(false),
                new RegistryLogins(Map.of(), home),
                CLOCK);
    }

    private Fetch manifest(Reference reference, long max) {
        return new Fetch.ManifestOf(repository(), reference, max);
    }

    private Repository repository() {
        return new Repository(registry.host(), "team/app");
    }

    private static Deadline soon() {
        return Deadline.after(CLOCK.instant(), Duration.ofSeconds(3));
    }
}
