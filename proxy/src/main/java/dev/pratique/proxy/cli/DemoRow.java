package dev.pratique.proxy.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What came of one case.
 *
 * @param stored whether something of what was altered is in the store
 * @param command repeats it
 */
record DemoRow(DemoCase expected, DemoClient.Pulled got, boolean stored, String command) {

    /** Whether it is what it must be, for the reason it must be. */
    boolean right() {
        return got.answer() == expected.answer() && got.reason().equals(expected.reason()) && !stored;
    }

    /** Why, in one line. */
    String why() {
        String because = got.why().isEmpty() ? expected.shows() : got.why();
        return got.reason().isEmpty() ? because : got.reason() + ": " + because;
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("image", expected.image());
        json.put("shows", expected.shows());
        json.put("answer", got.answer().name());
        json.put("reason", got.reason());
        json.put("why", why());
        json.put("expectedAnswer", expected.answer().name());
        json.put("expectedReason", expected.reason());
        json.put("right", right());
        json.put("command", command);
        return json;
    }
}
