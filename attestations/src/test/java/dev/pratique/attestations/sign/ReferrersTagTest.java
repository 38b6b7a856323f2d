package dev.pratique.attestations.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReferrersTagTest {
    private static final Descriptor ONE = Descriptor.of(MediaType.OCI_MANIFEST, new byte[] {1});
    private static final Descriptor TWO = Descriptor.of(MediaType.OCI_MANIFEST, new byte[] {2});

    @Test
    void entriesAreAddedOnce() throws Exception {
        Optional<byte[]> first = ReferrersTag.with(Optional.empty(), ONE);
        Optional<byte[]> second = ReferrersTag.with(first, TWO);
        Manifest.Index index = (Manifest.Index) Manifest.parse(second.orElseThrow(), MediaType.OCI_INDEX);
        assertThat(index.manifests()).extracting(Descriptor::digest).containsExactly(ONE.digest(), TWO.digest());
        assertThat(ReferrersTag.with(second, ONE)).isEmpty();
    }

    @Test
    void whatAnotherToolWroteStays() throws Exception {
        String existing =
                "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":[{\"mediaType\":\""
                        + MediaType.OCI_MANIFEST + "\",\"digest\":\"" + TWO.digest()
                        + "\",\"size\":1,\"x-custom\":[1.50]}],\"annotations\":{\"a\":\"b\"}}";
        byte[] index = ReferrersTag.with(Optional.of(existing.getBytes(StandardCharsets.UTF_8)), ONE)
                .orElseThrow();
        assertThat(index)
                .asString(StandardCharsets.UTF_8)
                .contains("\"x-custom\":[1.50]")
                .contains("\"annotations\":{\"a\":\"b\"}")
                .contains(ONE.digest().toString());
    }

    @Test
    void aTagThatNamesAnImageIsNotTouched() {
        String image = "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"" + MediaType.OCI_CONFIG + "\",\"digest\":\""
                + ONE.digest() + "\",\"size\":1},\"layers\":[]}";
        assertThatThrownBy(() -> ReferrersTag.with(Optional.of(image.getBytes(StandardCharsets.UTF_8)), ONE))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("something else than an index");
    }
}
