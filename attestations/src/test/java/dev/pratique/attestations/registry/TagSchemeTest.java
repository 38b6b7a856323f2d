package dev.pratique.attestations.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.testing.Evidence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagSchemeTest {
    private static final Digest DIGEST = Digest.sha256(Evidence.utf8("x"));

    @ParameterizedTest
    @EnumSource(TagScheme.class)
    void says_its_subject_again(TagScheme scheme) throws Exception {
        assertThat(TagScheme.subjectOf(scheme.tagFor(DIGEST))).contains(DIGEST);
        Digest sha512 = Digest.of(Digest.Algorithm.SHA512, new byte[0]);
        Reference.Tag tag = scheme.tagFor(sha512);
        assertThat(tag.value()).startsWith("sha512-" + sha512.hex().substring(0, 64));
        assertThat(tag.value()).hasSizeLessThan(80);
        assertThat(TagScheme.subjectOf(tag)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "sha256-abc", "sha256-abc.sig", "sha256-.sig", "v1.sig", "_sha256-x.att"})
    void other_tags_are_about_nothing(String tag) {
        assertThat(TagScheme.subjectOf(new Reference.Tag(tag))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"sha256-%s.sigx", "sha256-%s.SIG", "SHA256-%s.sig", "x-sha256-%s", "sha256-%s0", "sha512-%s"})
    void near_misses_are_about_nothing(String pattern) {
        assertThat(TagScheme.subjectOf(new Reference.Tag(String.format(pattern, DIGEST.hex()))))
                .isEmpty();
    }
}
