package dev.pratique.attestations.policy;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import java.util.ArrayList;
import java.util.List;

/**
 * Does all of the image come through the proxy, and can all of it be read? A client that has resolved the image fetches the
 * rest elsewhere where it is refused, so it must be known before.
 */
final class CompositionQuestion {
    private CompositionQuestion() {}

    static List<Answer> ask(Judge.Case facts) {
        Composition made = facts.composition();
        List<Answer> answers = new ArrayList<>();
        if (!made.tooDeep().isEmpty()) {
            answers.add(refused(
                    RefusalReason.NESTED_TOO_DEEPLY, "an index inside an index lists indexes: " + of(made.tooDeep())));
        }
        if (!made.broken().isEmpty()) {
            answers.add(refused(
                    RefusalReason.MANIFEST_INVALID, "the index lists what cannot be used: " + of(made.broken())));
        }
        if (!made.foreign().isEmpty()) {
            answers.add(foreign(
                    facts.requirements(), "has urls, which clients fetch past the proxy: " + of(made.foreign())));
        }
        if (!made.unread().isEmpty()) {
            String detail = "the index lists what could not be read: " + of(made.unread());
            answers.add(Answer.open(
                    RefusalReason.FOREIGN_LAYERS, detail, List.of(Finding.unknown(Check.COMPOSITION, detail, ""))));
        }
        return answers;
    }

    private static Answer foreign(Requirements requirements, String saw) {
        return requirements.foreignLayersAllowed()
                ? Answer.met(List.of(Finding.notRequired(Check.COMPOSITION, saw, "")))
                : refused(RefusalReason.FOREIGN_LAYERS, saw);
    }

    private static Answer refused(RefusalReason reason, String saw) {
        return Answer.notMet(reason, saw, List.of(Finding.failed(Check.COMPOSITION, saw, "")));
    }

    private static String of(List<String> parts) {
        return Printable.line(String.join(", ", parts));
    }
}
