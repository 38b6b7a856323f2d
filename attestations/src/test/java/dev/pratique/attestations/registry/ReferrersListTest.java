package dev.pratique.attestations.registry;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.testing.Shelf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferrersListTest {

    @Test
    void has_all_entries_of_a_long_list_in_their_order() throws Exception {
        List<Object> entries = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            String digest = Digest.sha256(utf8("entry " + i)).toString();
            entries.add(map("mediaType", MediaType.OCI_MANIFEST, "digest", digest, "size", i));
        }
        ReferrersList list = ReferrersList.parse(Shelf.index(entries), MediaType.OCI_INDEX);
        assertThat(list.entries()).hasSize(10_000);
        assertThat(list.entries().get(9_999).size()).isEqualTo(9_999);
    }

    @Test
    void says_what_is_broken_a_few_times_and_no_more() throws Exception {
        List<Object> entries = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            entries.add(map("mediaType", "a/b", "digest", "\r\n", "size", i));
        }
        ReferrersList list = ReferrersList.parse(Shelf.index(entries), null);
        assertThat(list.entries()).isEmpty();
        assertThat(list.broken())
                .hasSize(10)
                .allSatisfy(what -> assertThat(what).matches("[ -~]+"));
    }

    @Test
    void refuses_more_than_a_page_may_have() {
        assertThatThrownBy(() -> ReferrersList.parse(new byte[EvidenceLimits.MAX_PAGE_BYTES + 1], null))
                .isInstanceOf(MalformedEvidenceException.class);
    }
}
