package dev.pratique.attestations.image;

import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChainIdTest {
    private final Digest a = Digest.sha256(utf8("a"));
    private final Digest b = Digest.sha256(utf8("b"));
    private final Digest c = Digest.sha256(utf8("c"));

    // image-spec config.md, "Layer ChainID": ChainID(A|B|C) = Digest(Digest(A + " " + B) + " " + C).
    @Test
    void follows_the_formula_of_the_specification() {
        Digest ab = Digest.sha256(utf8(a + " " + b));
        Digest abc = Digest.sha256(utf8(ab + " " + c));
        assertThat(ChainId.chain(List.of(a, b, c))).containsExactly(new ChainId(a), new ChainId(ab), new ChainId(abc));
        assertThat(ChainId.chain(List.of())).isEmpty();
    }

    // go-digest identity/chainid_test.go's cases are over "a", "b", ...: this one was computed with coreutils'
    // sha256sum.
    @Test
    void agrees_with_a_value_computed_by_another_tool() throws Exception {
        Digest empty = ChainId.EMPTY_LAYER;
        assertThat(ChainId.chain(List.of(empty, empty)).get(1))
                .hasToString("sha256:170b376f64fb30995c140276be3d71dfb256b308d86183ca3b22aa93a79ad548");
    }

    @Test
    void order_and_repetition_make_another_chain() {
        ChainId last = ChainId.chain(List.of(a, b)).get(1);
        assertThat(ChainId.chain(List.of(b, a))).doesNotContain(last);
        assertThat(ChainId.chain(List.of(a, a, b))).doesNotContain(last);
    }

    @Test
    void knows_every_archive_without_content() {
        assertThat(ChainId.emptyLayers())
                .contains(ChainId.EMPTY_LAYER, ChainId.EMPTY_LAYER_10K)
                .contains(Digest.of(Digest.Algorithm.SHA512, new byte[1024]))
                .contains(Digest.sha256(new byte[0]))
                .doesNotContain(a);
    }
}
