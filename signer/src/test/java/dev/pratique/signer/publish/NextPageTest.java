package dev.pratique.signer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.signer.http.Http.Answer;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which next page is fetched. */
class NextPageTest {
    @ParameterizedTest
    @CsvSource({
        "?n=2&last=b, https://registry.example/v2/app/tags/list?n=2&last=b",
        "/v2/app/tags/list?last=b, https://registry.example/v2/app/tags/list?last=b",
        "https://registry.example/v2/x, https://registry.example/v2/x",
        "https://REGISTRY.example:443/v2/x, https://REGISTRY.example:443/v2/x",
    })
    void of_the_same_server(String link, String next) throws Exception {
        assertThat(next("<" + link + ">; rel=\"next\"")).contains(next);
        assertThat(next("</other>; rel=\"prev\"", "<" + link + ">;rel=next")).contains(next);
    }

    @Test
    void none_is_the_end() throws Exception {
        assertThat(next()).isEmpty();
        assertThat(next("</v2/x>; rel=\"prev\"")).isEmpty();
    }

    /** Whoever is on the way could leave out of it what they like. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://registry.example/v2/x",
                "http://registry.example:443/v2/x",
                "https://registry.example:8443/v2/x",
                "https://registry.example@evil.example/v2/x",
                "https://user@registry.example/v2/x",
                "//evil.example/v2/x",
                "ftp://registry.example/v2/x",
                "::",
                "/v2/ x"
            })
    void not_in_plain_http_behind_https_nor_of_another_server(String link) {
        assertThatThrownBy(() -> next("<" + link + ">; rel=\"next\""))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageStartingWith("the list goes on ");
    }

    private static Optional<String> next(String... links) throws MalformedEvidenceException {
        URI page = URI.create("https://registry.example/v2/app/tags/list");
        return NextPage.of(new Answer(page, 200, Map.of("Link", List.copyOf(Arrays.asList(links))), new byte[0], true));
    }
}
