package dev.pratique.signer.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrivateKeyDerTest {
    /** What a wrong password makes of a key may begin as one does: it is told from one by where it ends. */
    @ParameterizedTest
    @EnumSource(KeyType.class)
    void a_key_is_one_sequence_from_its_first_byte_to_its_last(KeyType type) throws Exception {
        byte[] key = KeyPairs.generate(type, new SecureRandom()).getPrivate().getEncoded();
        assertThat(PrivateKeyDer.isWhole(key)).isTrue();
        assertThat(PrivateKeyDer.isWhole(Arrays.copyOf(key, key.length - 1))).isFalse();
        assertThat(PrivateKeyDer.isWhole(Arrays.copyOf(key, key.length + 1))).isFalse();
    }

    @Test
    void what_only_begins_as_a_sequence_is_none() {
        for (byte[] wrong : new byte[][] {
            {},
            {0x30},
            {0x31, 0},
            {0x30, (byte) 0x80, 0, 0},
            {0x30, (byte) 0x82, 1},
            {0x30, (byte) 0x84, 0, 0, 0, 1, 5},
            {0x30, (byte) 0xff, 0, 0, 0, 1, 5}
        }) {
            assertThat(PrivateKeyDer.isWhole(wrong)).isFalse();
        }
        assertThat(PrivateKeyDer.isWhole(new byte[] {0x30, 0})).isTrue();
        assertThat(PrivateKeyDer.isWhole(new byte[] {0x30, (byte) 0x81, 1, 5})).isTrue();
    }
}
