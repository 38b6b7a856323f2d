package dev.pratique.proxy.verdicts;

import dev.pratique.attestations.image.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * That a digest belongs to a repository, and how we know.
 *
 * @param size bytes as the manifests of the repository list it, or -1 where none does or they contradict each other
 * @param mediaType as that manifest lists it
 * @param parents admitted manifests that list it, the latest first; empty for what was asked for itself
 * @param confirmedAt when the upstream last answered 200 for it in this repository, milliseconds since the epoch; 0: never
 */
public record Member(Kind kind, long size, String mediaType, List<Digest> parents, long confirmedAt) {
    /** A layer shared by more images of one repository than this is reached through the latest of them. */
    static final int MAX_PARENTS = 64;

    /** What it is, from what is known least about to what is known most about. */
    public enum Kind {
        BLOB,
        MANIFEST,
        /** A manifest with nothing but evidence about another image of the repository. */
        EVIDENCE
    }

    public Member {
        parents = List.copyOf(parents.size() > MAX_PARENTS ? parents.subList(0, MAX_PARENTS) : parents);
    }

    /** The same, reached through this parent last. */
    Member through(Digest parent) {
        List<Digest> latestFirst = new ArrayList<>();
        latestFirst.add(parent);
        parents.stream().filter(known -> !known.equals(parent)).forEach(latestFirst::add);
        return new Member(kind, size, mediaType, latestFirst, confirmedAt);
    }

    /** The same, of whichever kind says more. Where two manifests say another length of a blob, one of them is wrong. */
    Member as(Member other) {
        if (other.kind.compareTo(kind) > 0) {
            return new Member(other.kind, other.size, other.mediaType, parents, confirmedAt);
        }
        boolean contradicted = kind == Kind.BLOB && size >= 0 && other.size >= 0 && size != other.size;
        return contradicted ? new Member(kind, -1, mediaType, parents, confirmedAt) : this;
    }

    // What was said last counts, even where the clock was set back since: a time to come would never be superseded.
    Member confirmed(long at) {
        return new Member(kind, size, mediaType, parents, at);
    }
}
