package dev.pratique.signer.provenance;

import dev.pratique.attestations.Printable;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What was built, as far as it is known.
 *
 * @param repository its address, as {@link WebAddress#repository} writes it
 * @param ref the branch or tag in full, as {@code refs/heads/main}
 * @param commit git's identifier, lower-case hex
 * @param doubt why what the environment says of ref and commit is not taken; empty where it is, or says nothing
 */
record Source(Optional<String> repository, Optional<String> ref, Optional<String> commit, Optional<String> doubt) {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern NO_REF = Pattern.compile("[\\s~^:?*\\[\\\\]|\\.\\.|//|/$|\\.$|@\\{|\\.lock$");

    Source(Optional<String> repository, Optional<String> ref, Optional<String> commit) {
        this(repository, ref, commit, Optional.empty());
    }

    /** A source whose ref and commit the environment has, and which are those of something else than what is built. */
    static Source doubted(Optional<String> repository, String doubt) {
        return new Source(repository, Optional.empty(), Optional.empty(), Optional.of(doubt));
    }

    static Source unknown() {
        return new Source(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * The same with what the environment says where this says nothing.
     *
     * @param name of the system whose environment it is
     * @throws Failure where they differ: two sources are none to whoever reads the statement
     */
    Source completedBy(Source seen, String name) throws Failure {
        return new Source(
                one("--source-uri", repository, seen.repository, name),
                one("--source-ref", ref, seen.ref, name),
                one("--source-digest", commit, seen.commit, name),
                seen.doubt);
    }

    private static Optional<String> one(String option, Optional<String> said, Optional<String> seen, String name)
            throws Failure {
        if (said.isPresent() && seen.isPresent() && !said.equals(seen)) {
            throw Failure.of(
                    Kind.USAGE,
                    option + " says " + Printable.line(said.get()) + ", and the environment of " + name + " says "
                            + Printable.line(seen.get()),
                    "a run has one source: leave the option out, or say --ci " + CiSystems.NONE);
        }
        return said.isPresent() ? said : seen;
    }

    /** What of it nothing says; for people. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (ref.isEmpty()) {
            missing.add("the branch or tag");
        }
        if (commit.isEmpty()) {
            missing.add("the commit");
        }
        if (!missing.isEmpty() && doubt.isPresent()) {
            missing.add(missing.remove(missing.size() - 1) + " (" + doubt.get() + ")");
        }
        if (repository.isEmpty()) {
            missing.add(0, "the source repository");
        }
        return missing;
    }

    /** SPDX 2.3 section 7.7, the form that SLSA's build types ask for: {@code git+https://host/path@ref}. */
    Optional<String> uri() {
        return repository.map(
                address -> "git+" + address + ref.map(name -> "@" + name).orElse(""));
    }

    /** The commit as something that went into the build; absent where neither repository nor commit are known. */
    Optional<Material> material() {
        if (repository.isEmpty() && commit.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Material(uri(), commit.map(id -> Map.of("gitCommit", id)).orElse(Map.of()), Optional.empty()));
    }

    /**
     * Where a text is a commit: some systems write HEAD where they do not know it yet, which is no digest.
     *
     * @return absent where it is something else
     */
    static Optional<String> commit(Optional<String> text) {
        return text.filter(id -> COMMIT.matcher(id).matches());
    }

    /** A branch in full. */
    static Optional<String> branch(String where, Optional<String> name) throws Failure {
        return name.isEmpty() ? name : Optional.of(ref(where, "refs/heads/" + name.get()));
    }

    /** A tag in full. */
    static Optional<String> tag(String where, Optional<String> name) throws Failure {
        return name.isEmpty() ? name : Optional.of(ref(where, "refs/tags/" + name.get()));
    }

    /**
     * A ref that git can have (git-check-ref-format).
     *
     * @param where names the variable or option in messages
     */
    static String ref(String where, String text) throws Failure {
        if (!text.startsWith("refs/")
                || text.length() == "refs/".length()
                || NO_REF.matcher(text).find()) {
            throw Variables.unfit(where, "is not a ref of git, as refs/heads/main");
        }
        return text;
    }
}
