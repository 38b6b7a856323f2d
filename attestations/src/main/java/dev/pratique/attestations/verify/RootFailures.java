package dev.pratique.attestations.verify;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.trust.TrustRoots.Root;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Why none of the roots proves a certificate. For one thread. */
final class RootFailures {
    /** Together; a finding is read on one line. */
    private static final int MAX_TEXT = 600;
    /** Of each root, however many there are. */
    private static final int MIN_TEXT = 40;

    private final List<Failure> failures = new ArrayList<>();

    private record Failure(Root root, UnprovenException why, List<Finding> held) {}

    /** @param held what was good before it */
    void add(Root root, UnprovenException why, List<Finding> held) {
        failures.add(new Failure(root, why, held));
    }

    /** Whether one of them says this. */
    boolean include(Rejection rejection) {
        return failures.stream().anyMatch(one -> one.why.rejection() == rejection);
    }

    /** What was good by the root that came furthest. */
    List<Finding> held() {
        return sorted().stream().findFirst().map(Failure::held).orElse(List.of());
    }

    /** Whether the certificate is good by one root at least, and by none of them for anybody who is a signer. */
    boolean areOfStrangers() {
        return sorted().stream()
                .findFirst()
                .filter(one -> one.why.rejection() == Rejection.IDENTITY_UNKNOWN)
                .isPresent();
    }

    /** The reason of the root that came furthest, of several the first; in the text what each says, that one first. */
    UnprovenException furthest() {
        List<Failure> sorted = sorted();
        if (sorted.isEmpty()) {
            return new UnprovenException(
                    Rejection.CERTIFICATE_UNTRUSTED, "no trust root may speak for certificates of this repository");
        }
        UnprovenException first = sorted.get(0).why;
        Set<String> different = new LinkedHashSet<>();
        sorted.forEach(one -> different.add(one.why.saw()));
        if (different.size() == 1) {
            return first;
        }
        // Each has its share of what fits a line.
        int length = Math.max(MIN_TEXT, MAX_TEXT / sorted.size());
        List<String> said = new ArrayList<>();
        sorted.forEach(one -> said.add("by root " + one.root.name() + ": " + cut(one.why.saw(), length)));
        return new UnprovenException(first.rejection(), String.join("; ", said));
    }

    private List<Failure> sorted() {
        List<Failure> sorted = new ArrayList<>(failures);
        sorted.sort(Comparator.comparingInt((Failure one) -> progress(one.why.rejection()))
                .reversed());
        return sorted;
    }

    private static String cut(String saw, int length) {
        String line = Printable.line(saw);
        return line.length() <= length ? line : line.substring(0, length) + "...";
    }

    /** How much held before this did not: the order in which things are looked at. */
    private static int progress(Rejection rejection) {
        return switch (rejection) {
            case CERTIFICATE_UNTRUSTED -> 0;
            case LIMIT -> 1;
            case MALFORMED, CERTIFICATE_UNFIT -> 2;
            case IDENTITY_UNKNOWN -> 3;
            case SIGNATURE_INVALID, NO_TRUSTED_KEY, NOT_JUDGED -> 4;
            case TIMESTAMP_INVALID, LOG_ENTRY_UNPROVEN, LOG_ENTRY_MISMATCH -> 5;
            case NO_SIGNED_TIME, NOT_LOGGED, NOT_STAMPED -> 6;
            case CERTIFICATE_TIME -> 7;
            case CERTIFICATE_NOT_LOGGED -> 8;
            case OTHER_SUBJECT -> 9;
        };
    }
}
