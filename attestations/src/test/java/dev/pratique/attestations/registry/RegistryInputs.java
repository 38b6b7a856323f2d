package dev.pratique.attestations.registry;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.testing.Shelf;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What registries answer, for fuzzing. */
public final class RegistryInputs {
    private RegistryInputs() {}

    public static void referrers(byte[] input) throws MalformedEvidenceException {
        ReferrersList.parse(input, null);
    }

    public static void tags(byte[] input) {
        Fetched page = new Fetched.Found(input, "application/json", null, Optional.empty());
        TagList.of(
                (fetches, deadline) -> List.of(page),
                Shelf.REPOSITORY,
                Deadline.after(Shelf.NOW, Duration.ofSeconds(1)));
    }
}
