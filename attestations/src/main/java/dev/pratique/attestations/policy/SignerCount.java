package dev.pratique.attestations.policy;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.trust.TrustRoots.Signatory;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.VerifiedStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/** Which of the signers that are asked for have signed, at one moment. */
final class SignerCount {
    private final SignedBy asked;
    private final List<Vote> valid;
    private final Map<String, Vote> counted;
    private final List<Vote> untimely;
    private final boolean metAtAnyTime;

    /** One signature as it may count for one signer. */
    private record Vote(Signatory signatory, VerifiedStatement statement) {
        // What was in time when it was signed stays so, but only for as long as what proves it can be relied on.
        Instant end() {
            Instant ends = statement.signedTimes().isEmpty()
                    ? signatory.validity().until().orElse(Instant.MAX)
                    : Instant.MAX;
            return statement.restsUntil().filter(ends::isAfter).orElse(ends);
        }

        /** At every moment that is proved to be that of signing, or else now. */
        Validity.State state(Instant now) {
            List<Instant> moments = statement.signedTimes().isEmpty() ? List.of(now) : statement.signedTimes();
            return moments.stream()
                    .map(moment -> signatory.validity().at(moment))
                    .filter(state -> state != Validity.State.VALID)
                    .findFirst()
                    .orElse(Validity.State.VALID);
        }
    }

    private SignerCount(SignedBy asked, List<Vote> valid, List<Vote> untimely) {
        this.asked = asked;
        this.valid = valid;
        this.counted = match(valid);
        this.untimely = untimely;
        List<Vote> all = new ArrayList<>(valid);
        all.addAll(untimely);
        this.metAtAnyTime = match(all).size() >= asked.atLeast();
    }

    /**
     * @param statements those that are good for the requirement but for their signers
     * @param counts whether a statement is of use to this signer
     */
    static SignerCount of(
            SignedBy asked,
            List<VerifiedStatement> statements,
            BiPredicate<VerifiedStatement, Signatory> counts,
            Instant now) {
        List<Vote> valid = new ArrayList<>();
        List<Vote> untimely = new ArrayList<>();
        for (VerifiedStatement statement : statements) {
            for (Signatory signatory : statement.signatories()) {
                if (asked.signers().contains(signatory.name()) && counts.test(statement, signatory)) {
                    Vote vote = new Vote(signatory, statement);
                    (vote.state(now) == Validity.State.VALID ? valid : untimely).add(vote);
                }
            }
        }
        return new SignerCount(asked, valid, untimely);
    }

    private static Map<String, Vote> match(List<Vote> votes) {
        Map<String, List<Digest>> keys = new HashMap<>();
        for (Vote vote : votes) {
            keys.computeIfAbsent(vote.signatory.name(), name -> new ArrayList<>())
                    .add(vote.statement.signerId());
        }
        Map<String, Vote> matched = new TreeMap<>();
        SignerMatching.of(keys)
                .forEach((name, key) -> matched.put(
                        name,
                        votes.stream()
                                .filter(vote -> vote.signatory.name().equals(name))
                                .filter(vote -> vote.statement.signerId().equals(key))
                                .findFirst()
                                .orElseThrow()));
        return matched;
    }

    boolean met() {
        return counted.size() >= asked.atLeast();
    }

    /** The first moment at which too few of these would count; empty where there is none. For what is met. */
    List<Instant> end() {
        return valid.stream()
                .map(Vote::end)
                .filter(end -> !end.equals(Instant.MAX))
                .distinct()
                .sorted()
                .filter(end -> match(validBeyond(end)).size() < asked.atLeast())
                .limit(1)
                .toList();
    }

    private List<Vote> validBeyond(Instant end) {
        return valid.stream().filter(vote -> vote.end().isAfter(end)).toList();
    }

    /** When keys begin to count that do not yet. For what is not met. */
    List<Instant> beginnings(Instant now) {
        return untimely.stream()
                .filter(vote -> vote.statement.signedTimes().isEmpty())
                .flatMap(vote -> vote.signatory.validity().from().stream())
                .filter(from -> from.isAfter(now))
                .toList();
    }

    /** Why it is not met, as far as the signers themselves tell. */
    Optional<RefusalReason> reason(Instant now) {
        boolean onlyTime = metAtAnyTime || counted.isEmpty();
        if (onlyTime && !untimely.isEmpty()) {
            boolean ended = untimely.stream().anyMatch(vote -> vote.state(now) == Validity.State.ENDED);
            return Optional.of(ended ? RefusalReason.KEY_EXPIRED : RefusalReason.KEY_NOT_YET_VALID);
        }
        return counted.isEmpty() ? Optional.empty() : Optional.of(RefusalReason.TOO_FEW_SIGNERS);
    }

    /** What was asked, and where it is more than one signer, who was found and who is missing. */
    String text() {
        if (asked.atLeast() == 1) {
            return "signedBy: " + asked;
        }
        TreeSet<String> missing = new TreeSet<>(asked.signers());
        missing.removeAll(counted.keySet());
        return "signedBy: " + asked + ", each with a key of its own; found " + counted.size() + ": "
                + (counted.isEmpty() ? "none" : String.join(", ", counted.keySet())) + "; missing: "
                + String.join(", ", missing);
    }

    /** Which signatures meet it. */
    List<Finding> counted() {
        String what = asked.atLeast() == 1 ? " meets signedBy" : " counts for signedBy: " + asked;
        return counted.entrySet().stream()
                .limit(asked.atLeast())
                .map(one -> Finding.passed(
                        Check.IDENTITY,
                        "signature by " + one.getKey() + what,
                        one.getValue().statement.where()))
                .toList();
    }

    private static String signed(VerifiedStatement statement) {
        return statement.signedTimes().isEmpty()
                ? ""
                : "; it was signed at " + statement.signedTimes().get(0);
    }

    /** Which signatures would count at another time. */
    List<Finding> untimely(Check check, Instant now) {
        List<Finding> findings = new ArrayList<>();
        for (Vote vote : untimely) {
            Validity validity = vote.signatory.validity();
            String when = vote.state(now) == Validity.State.ENDED
                    ? " counted until "
                            + validity.until().map(Instant::toString).orElse("")
                    : " counts only from "
                            + validity.from().map(Instant::toString).orElse("");
            String saw = vote.statement.signerLabel() + " of " + vote.signatory.name() + when + signed(vote.statement);
            findings.add(Finding.failed(check, saw, vote.statement.where()));
        }
        return findings;
    }
}
