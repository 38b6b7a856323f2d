package dev.pratique.signer.sigstore;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Services of one kind, some of which are needed.
 *
 * @param services in the order in which they are asked
 * @param needed answers of how many; the others stand in for those that cannot be reached
 */
public record Quorum<S>(List<S> services, int needed) {
    public Quorum {
        services = List.copyOf(services);
        if (needed < 0 || needed > services.size()) {
            throw new IllegalArgumentException("more services are needed than there are");
        }
    }

    /** None, of which none is needed. */
    public static <S> Quorum<S> none() {
        return new Quorum<>(List.of(), 0);
    }

    /** What one of them is asked. */
    @FunctionalInterface
    interface Question<S, A> {
        A ask(S service) throws Failure;
    }

    /** As many answers as are needed. */
    <A> List<A> ask(Question<S, A> question) throws Failure {
        List<A> answers = new ArrayList<>();
        int spare = services.size() - needed;
        for (S service : services) {
            if (answers.size() == needed) {
                break;
            }
            try {
                answers.add(question.ask(service));
            } catch (Failure e) {
                // What one refuses, or lies about, another must not make up for unseen.
                if (e.kind() != Kind.UNREACHABLE || spare-- == 0) {
                    throw e;
                }
            }
        }
        return answers;
    }
}
