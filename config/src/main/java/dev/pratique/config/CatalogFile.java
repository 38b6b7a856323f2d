package dev.pratique.config;

import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.policy.Catalog.BaseImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** catalog.yaml as a text that people wrote: edits leave every other byte of it alone. */
public final class CatalogFile {
    private final Path file;

    /** @param file it need not exist yet */
    public CatalogFile(Path file) {
        this.file = file;
    }

    /**
     * An entry with what only people and tools read.
     *
     * @param reference the image that was approved, tag included
     * @param diffIds the layers by platform, lowest first; may lack platforms
     */
    public record Entry(BaseImage base, Optional<ImageName> reference, Map<Platform, List<Digest>> diffIds) {
        public Entry {
            diffIds = Map.copyOf(diffIds);
            diffIds.values().forEach(ChainId::chain);
        }
    }

    /** What came of an edit. */
    public sealed interface Edited {}

    /** @param version the catalog's new one */
    public record Written(long version) implements Edited {}

    /** The file is as it was. */
    public record Rejected(List<Problem> problems) implements Edited {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }

    /** Adds the entry, or replaces the one with its name and version, and counts the catalog's version up. */
    public Edited approve(Entry entry) {
        return new Rejected(
                List.of(new Problem(file.toString(), 1, "", entry.base().label(), "")));
    }
}
