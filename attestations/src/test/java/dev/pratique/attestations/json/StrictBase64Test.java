package dev.pratique.attestations.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.testing.Evidence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictBase64Test {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "YQ",
                "YQ=",
                "YR==",
                "YQ==\n",
                "Y Q==",
                "YQ==YQ==",
                "YWI=YQ==",
                "====",
                "=",
                "YQ==\u0000",
                "ＹＱ==",
                "YQ-_",
                "Y%51==",
                "\u0100\u0151=="
            })
    void refuses_every_text_but_the_canonical_one(String text) {
        assertThatThrownBy(() -> StrictBase64.decode(text, "it")).isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void ATT_19_reads_either_alphabet_but_no_mixture() throws Exception {
        byte[] bytes = {(byte) 0xfb, (byte) 0xff, (byte) 0xfe};
        assertThat(StrictBase64.decodeEither("+//+", "it")).isEqualTo(bytes);
        assertThat(StrictBase64.decodeEither("-__-", "it")).isEqualTo(bytes);
        assertThat(StrictBase64.decodeEither("", "it")).isEmpty();
        for (String bad : new String[] {"+_/-", "-//-", "-__", "-__-\n"}) {
            assertThatThrownBy(() -> StrictBase64.decodeEither(bad, "it"))
                    .isInstanceOf(MalformedEvidenceException.class);
        }
    }

    @Test
    void one_text_stands_for_given_bytes() throws Exception {
        for (int length = 0; length < 64; length++) {
            byte[] bytes = new byte[length];
            new java.util.Random(length).nextBytes(bytes);
            assertThat(StrictBase64.decode(Evidence.base64(bytes), "it")).isEqualTo(bytes);
        }
    }
}
