package dev.pratique.attestations.pattern;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * About how many instructions an expression compiles to, before it is compiled: RE2/J writes repetitions out, those inside
 * others too, and runs out of memory over {@code ((a{1000}){1000}){1000}}. Never below a tenth of the truth for what
 * compiles; what does not compile may be anything.
 */
final class ExpressionSize {
    private static final Pattern REPETITION = Pattern.compile("\\{([0-9]{1,4})(,)?([0-9]{1,4})?}");

    private final String expression;
    private final Deque<Long> outer = new ArrayDeque<>();
    private long sum;
    private long last;

    private ExpressionSize(String expression) {
        this.expression = expression;
    }

    /** @param enough where to stop counting */
    static long of(String expression, long enough) {
        ExpressionSize size = new ExpressionSize(expression);
        int at = 0;
        while (at < expression.length() && size.sum <= enough) {
            at = size.step(at);
        }
        return size.sum;
    }

    /** Counts what stands here; where the next begins. */
    private int step(int at) {
        return switch (expression.charAt(at)) {
            case '\\' -> escape(at);
            case '[' -> atom(behindClass(at));
            case '(' -> open(at);
            case ')' -> close(at);
            case '{' -> repeat(at);
            default -> atom(at + 1);
        };
    }

    private int atom(int next) {
        sum++;
        last = 1;
        return next;
    }

    private int escape(int at) {
        if (expression.startsWith("\\Q", at)) {
            int end = expression.indexOf("\\E", at);
            int behind = end < 0 ? expression.length() : end + 2;
            sum += behind - at;
            last = 1;
            return behind;
        }
        boolean named = at + 2 < expression.length()
                && "pPx".indexOf(expression.charAt(at + 1)) >= 0
                && expression.charAt(at + 2) == '{';
        int brace = named ? expression.indexOf('}', at) : -1;
        return atom(brace < 0 ? at + 2 : brace + 1);
    }

    private int behindClass(int at) {
        int i = at + 1;
        i += expression.startsWith("^", i) ? 1 : 0;
        // A bracket that comes first is one of the class.
        i += expression.startsWith("]", i) ? 1 : 0;
        while (i < expression.length() && expression.charAt(i) != ']') {
            int posix = expression.startsWith("[:", i) ? expression.indexOf(":]", i) : -1;
            i = posix >= 0 ? posix + 2 : i + (expression.charAt(i) == '\\' ? 2 : 1);
        }
        return i + 1;
    }

    private int open(int at) {
        outer.push(sum);
        sum = 2;
        last = 0;
        return at + 1;
    }

    private int close(int at) {
        last = sum;
        sum += outer.isEmpty() ? 0 : outer.pop();
        return at + 1;
    }

    private int repeat(int at) {
        Matcher matcher = REPETITION.matcher(expression);
        if (!matcher.find(at) || matcher.start() != at) {
            return atom(at + 1);
        }
        long least = Long.parseLong(matcher.group(1));
        long most = matcher.group(3) == null ? least + 1 : Long.parseLong(matcher.group(3));
        long more = Math.max(least, most) * (last + 1);
        sum += more;
        last += more;
        return matcher.end();
    }
}
