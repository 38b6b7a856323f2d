package dev.pratique.attestations.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.testing.Evidence;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {
    private static final Digest DIGEST = Digest.sha256(Evidence.utf8("x"));

    @Test
    void reads_every_path_of_the_pull_side() throws Exception {
        assertThat(Route.parse("/v2")).isEqualTo(new Route.Base());
        assertThat(Route.parse("/v2/")).isEqualTo(new Route.Base());
        assertThat(Route.parse("/v2/a/b/manifests/v1"))
                .isEqualTo(new Route.ManifestRoute("a/b", new Reference.Tag("v1")));
        assertThat(Route.parse("/v2/a/manifests/" + DIGEST))
                .isEqualTo(new Route.ManifestRoute("a", new Reference.ByDigest(DIGEST)));
        assertThat(Route.parse("/v2/a/b/c/blobs/" + DIGEST)).isEqualTo(new Route.BlobRoute("a/b/c", DIGEST));
        assertThat(Route.parse("/v2/a/referrers/" + DIGEST)).isEqualTo(new Route.ReferrersRoute("a", DIGEST));
        assertThat(Route.parse("/v2/a/tags/list")).isEqualTo(new Route.TagsRoute("a"));
        // A repository may be called like a part of the protocol: the last two parts decide.
        assertThat(Route.parse("/v2/manifests/blobs/manifests/tags"))
                .isEqualTo(new Route.ManifestRoute("manifests/blobs", new Reference.Tag("tags")));
    }

    /** Whoever adds a route writes down here how it is spelt. */
    @Test
    void there_is_a_spelling_of_each_route() throws Exception {
        List<String> spellings = List.of(
                "/v2/", "/v2/a/manifests/v1", "/v2/a/blobs/" + DIGEST, "/v2/a/referrers/" + DIGEST, "/v2/a/tags/list");
        Set<Class<?>> spelt = new HashSet<>();
        for (String spelling : spellings) {
            spelt.add(Route.parse(spelling).getClass());
        }
        assertThat(spelt).containsExactlyInAnyOrder(Route.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/v1/",
                "/v2x",
                "v2/",
                "//v2/",
                "/V2/",
                "/v2/manifests/x",
                "/v2//",
                "/v2/a/manifests/",
                "/v2/a/manifests",
                "/v2/a/manifest/x",
                "/v2/a/manifests%2Fx",
                "/v2/a/manifests/%2e%2e",
                "/v2/a/manifests/..",
                "/v2/a/manifests/x;y=z",
                "/v2/a/manifests/x?y",
                "/v2/a/manifests/sha256:abc",
                "/v2/a/blobs/latest",
                "/v2/a/blobs/sha256:../../../../etc/passwd",
                "/v2/a/referrers/latest",
                "/v2/a/tags/",
                "/v2/a/tags/lists",
                "/v2/a/blobs/uploads/",
                "/v2/%2e%2e/%2e%2e/metrics",
                "/v2/a\\manifests\\x",
            })
    void refuses_every_other_path(String path) {
        assertThatThrownBy(() -> Route.parse(path)).isInstanceOf(MalformedEvidenceException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/library%2Fnginx/manifests/x",
                "/v2/a/../b/manifests/x",
                "/v2/./a/manifests/x",
                "/v2//manifests/x",
                "/v2/a//b/manifests/x",
                "/v2/a%2e/manifests/x",
                "/v2/a%00/manifests/x",
                "/v2/a;x/manifests/x",
            })
    void POL_10_nothing_encoded_or_relative_is_ever_a_repository(String path) {
        assertThatThrownBy(() -> {
                    Route route = Route.parse(path);
                    Repository.parse("docker.io", ((Route.ManifestRoute) route).name());
                })
                .isInstanceOf(MalformedEvidenceException.class);
    }
}
