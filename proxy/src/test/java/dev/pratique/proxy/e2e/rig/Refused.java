package dev.pratique.proxy.e2e.rig;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the body of an answer that is no admission says. */
public record Refused(int status, String code, String reason) {
    private static final Pattern CODE = Pattern.compile("\"code\":\"([A-Z_]+)\"");
    private static final Pattern REASON = Pattern.compile("\"reason\":\"([A-Z_]+)\"");

    public static Refused of(Web.Answer answer) {
        return new Refused(answer.status(), first(CODE, answer.text()), first(REASON, answer.text()));
    }

    private static String first(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find() ? found.group(1) : "";
    }
}
