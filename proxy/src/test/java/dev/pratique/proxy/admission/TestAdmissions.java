package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.proxy.admission.Admission.Confirmation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Admissions without a gate, for tests of what comes after it. */
public final class TestAdmissions {
    private TestAdmissions() {}

    /** A blob. */
    public static Admission blob(
            Repository repository, Digest digest, OptionalLong size, Confirmation confirmation, Runnable confirmed) {
        return new Admission(
                repository,
                digest,
                PullRequest.Kind.BLOB,
                "application/octet-stream",
                size,
                List.of(),
                Optional.empty(),
                confirmation,
                confirmed,
                () -> {});
    }

    /** A manifest with warnings. */
    public static Admission manifest(
            Repository repository,
            Digest digest,
            String mediaType,
            List<String> warnings,
            Confirmation confirmation,
            Runnable confirmed) {
        return manifest(repository, digest, mediaType, warnings, confirmation, confirmed, () -> {});
    }

    /** @param gone told that it is no longer stored */
    public static Admission manifest(
            Repository repository,
            Digest digest,
            String mediaType,
            List<String> warnings,
            Confirmation confirmation,
            Runnable confirmed,
            Runnable gone) {
        return new Admission(
                repository,
                digest,
                PullRequest.Kind.MANIFEST,
                mediaType,
                OptionalLong.empty(),
                warnings,
                Optional.empty(),
                confirmation,
                confirmed,
                gone);
    }
}
