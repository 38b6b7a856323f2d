package dev.pratique.attestations.evidence;

/**
 * Whether bytes may be read as an uncompressed archive. A tar archive has no magic number at its start, and with full names
 * and blanks for padding it can be written as plain text, as one string of JSON, or inside a CBOR byte string; but no reader
 * takes a header whose checksum is wrong (POSIX.1-2017, pax, "ustar Interchange Format").
 */
final class TarBlocks {
    private static final int BLOCK = 512;
    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_LENGTH = 8;

    private TarBlocks() {}

    /** Whether a block at any multiple of 512 is a header; some readers skip what is before the first one. */
    static boolean anyIn(byte[] bytes) {
        for (int start = 0; start + BLOCK <= bytes.length; start += BLOCK) {
            if (isHeader(bytes, start)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isHeader(byte[] bytes, int start) {
        long said = checksum(bytes, start + CHECKSUM);
        // The field itself counts as blanks; old writers summed signed bytes.
        long unsigned = (long) CHECKSUM_LENGTH * ' ';
        long signed = unsigned;
        for (int i = start; i < start + BLOCK; i++) {
            if (i < start + CHECKSUM || i >= start + CHECKSUM + CHECKSUM_LENGTH) {
                unsigned += bytes[i] & 0xff;
                signed += bytes[i];
            }
        }
        return said == unsigned || said == signed;
    }

    /** As the most lenient reader takes it; -1 where it is no number. */
    private static long checksum(byte[] bytes, int from) {
        int at = from;
        int end = from + CHECKSUM_LENGTH;
        if ((bytes[at] & 0x80) != 0) {
            // GNU tar's base-256 numbers.
            long value = bytes[at++] & 0x7f;
            while (at < end) {
                value = value << 8 | bytes[at++] & 0xff;
            }
            return value;
        }
        while (at < end && (bytes[at] < '0' || bytes[at] > '7')) {
            at++;
        }
        long value = at == end ? -1 : 0;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '7') {
            value = value << 3 | bytes[at++] - '0';
        }
        return value;
    }
}
