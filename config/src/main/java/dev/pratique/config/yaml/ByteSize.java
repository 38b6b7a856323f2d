package dev.pratique.config.yaml;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 10GiB}, {@code 500MB} or {@code 0} in bytes: units of 1024 with an i, of 1000 without, as the SI and IEC have them. */
final class ByteSize {
    private static final Pattern SIZE = Pattern.compile("(0)|([1-9][0-9]{0,8})([kKMGT])(i?)B");
    private static final Pattern BARE = Pattern.compile("([1-9][0-9]{0,14})([kKMGTkmgt]?)(i?)[bB]?");
    private static final String HINT = "write it as 10GiB, 500MB or 0";

    private ByteSize() {}

    /**
     * The size in bytes, or a complaint.
     *
     * @param min smallest that makes sense beside 0
     */
    static long read(Value value, long min, long fallback) {
        Matcher matcher = SIZE.matcher(value.text());
        if (!matcher.matches()) {
            value.refuse(value.path() + " is " + value.quoted() + ", not a size", hint(value.text()));
            return fallback;
        }
        if (matcher.group(1) != null) {
            return 0;
        }
        Optional<Long> bytes = bytes(matcher);
        if (bytes.isEmpty()) {
            value.refuse(value.path() + " is " + value.quoted() + ", which is more than any disk has", HINT);
            return fallback;
        }
        if (bytes.get() < min) {
            value.refuse(
                    value.path() + " is " + value.quoted() + ", which is too little",
                    "write at least " + (min >> 20) + "MiB, or 0");
            return fallback;
        }
        return bytes.get();
    }

    private static Optional<Long> bytes(Matcher matcher) {
        long unit = matcher.group(4).isEmpty() ? 1000 : 1024;
        long bytes = Long.parseLong(matcher.group(2));
        try {
            for (int power = "kMGT".indexOf(matcher.group(3).replace('K', 'k')); power >= 0; power--) {
                bytes = Math.multiplyExact(bytes, unit);
            }
        } catch (ArithmeticException beyondALong) {
            return Optional.empty();
        }
        return Optional.of(bytes);
    }

    private static String hint(String text) {
        Matcher bare = BARE.matcher(text);
        if (!bare.matches()) {
            return HINT;
        }
        String number = bare.group(1);
        if (bare.group(2).isEmpty()) {
            return "write a unit: " + number + "MiB or " + number + "GiB";
        }
        String unit = bare.group(2).toUpperCase(Locale.ROOT);
        return "write " + number + unit + "iB for units of 1024, " + number + unit + "B for units of 1000";
    }
}
