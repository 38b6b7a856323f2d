package dev.pratique.attestations.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Every spelling of a header's checksum that some reader takes. */
class TarBlocksTest {
    private static final int BLOCK = 512;
    private static final int FIELD = 148;

    /** A header of this content; its checksum is still blank, as it counts. */
    private static byte[] blank(String name) {
        byte[] block = new byte[BLOCK];
        byte[] bytes = name.getBytes(UTF_8);
        System.arraycopy(bytes, 0, block, 0, bytes.length);
        Arrays.fill(block, FIELD, FIELD + 8, (byte) ' ');
        return block;
    }

    private static long sum(byte[] block, boolean signed) {
        long sum = 0;
        for (byte one : block) {
            sum += signed ? one : one & 0xff;
        }
        return sum;
    }

    private static byte[] with(byte[] block, byte[] field) {
        byte[] sealed = block.clone();
        System.arraycopy(field, 0, sealed, FIELD, field.length);
        return sealed;
    }

    private static byte[] octal(byte[] block, String format, long sum) {
        return with(block, String.format(Locale.ROOT, format, sum).getBytes(UTF_8));
    }

    @Test
    void a_sum_in_octal_digits_is_found_however_it_is_padded() {
        // Of names enough, so that every digit is first, last and in between.
        for (int i = 0; i < 600; i++) {
            byte[] block = blank("n" + "x".repeat(i % 90) + i);
            long sum = sum(block, false);
            for (String format : new String[] {"%06o\0 ", "%07o\0", "%08o", "%6o\0 ", "\0%06o ", "%o", "\t%o8"}) {
                assertThat(TarBlocks.anyIn(octal(block, format, sum)))
                        .as(format + " " + sum)
                        .isTrue();
                assertThat(TarBlocks.anyIn(octal(block, format, sum + 1)))
                        .as(format + " " + sum)
                        .isFalse();
            }
        }
    }

    @Test
    void a_sum_of_signed_bytes_is_found_as_old_writers_made_it() {
        byte[] block = blank("\u00e9 of a name");
        long signed = sum(block, true);
        assertThat(signed).isPositive().isNotEqualTo(sum(block, false));
        assertThat(TarBlocks.anyIn(octal(block, "%06o\0 ", signed))).isTrue();
        assertThat(TarBlocks.anyIn(octal(block, "%06o\0 ", signed - 1))).isFalse();
    }

    @Test
    void a_sum_in_base_256_is_found() {
        for (String name : new String[] {"a", "a longer name", "\u00e9 ".repeat(20), "z".repeat(99)}) {
            byte[] block = blank(name);
            long sum = sum(block, false);
            byte[] field = {(byte) 0x80, 0, 0, 0, 0, 0, (byte) (sum >> 8), (byte) sum};
            assertThat(sum).isGreaterThan(255);
            assertThat(TarBlocks.anyIn(with(block, field))).isTrue();
            field[7]++;
            assertThat(TarBlocks.anyIn(with(block, field))).isFalse();
        }
    }

    @Test
    void without_a_number_there_is_no_header() {
        assertThat(TarBlocks.anyIn(blank("name"))).isFalse();
        assertThat(TarBlocks.anyIn(with(blank("name"), "89:;</xy".getBytes(UTF_8))))
                .isFalse();
        assertThat(TarBlocks.anyIn(new byte[4 * BLOCK])).isFalse();
    }

    @Test
    void a_header_is_found_at_every_multiple_of_a_block_and_nowhere_else() {
        byte[] block = blank("name");
        byte[] header = octal(block, "%06o\0 ", sum(block, false));
        for (int before : new int[] {0, BLOCK, 7 * BLOCK}) {
            assertThat(TarBlocks.anyIn(at(before, header))).isTrue();
            byte[] cut = at(before, header);
            assertThat(TarBlocks.anyIn(Arrays.copyOf(cut, cut.length - 1))).isFalse();
        }
        assertThat(TarBlocks.anyIn(at(1, header))).isFalse();
        assertThat(TarBlocks.anyIn(at(BLOCK + 256, header))).isFalse();
    }

    private static byte[] at(int before, byte[] header) {
        byte[] all = new byte[before + header.length];
        System.arraycopy(header, 0, all, before, header.length);
        return all;
    }
}
