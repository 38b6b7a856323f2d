package dev.pratique.attestations.trust.tuf;

import java.util.HexFormat;
import java.util.Optional;

/** Bytes that metadata has in hex, in either case. */
final class HexText {
    private HexText() {}

    /** Empty for what is not hex, is empty, or is more than the limit. */
    static Optional<byte[]> decode(String text, int maxBytes) {
        if (text.isEmpty() || text.length() % 2 != 0 || text.length() > 2 * maxBytes) {
            return Optional.empty();
        }
        return text.chars().allMatch(HexFormat::isHexDigit)
                ? Optional.of(HexFormat.of().parseHex(text))
                : Optional.empty();
    }
}
