package dev.pratique.config;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.config.yaml.Node;
import dev.pratique.config.yaml.Place;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.ShapeCheck;
import dev.pratique.config.yaml.YamlText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** catalog.yaml as a text that people wrote: edits leave every other byte of it alone. */
public final class CatalogFile {
    private final Path file;

    /** @param file it need not exist yet */
    public CatalogFile(Path file) {
        this.file = file.toAbsolutePath().normalize();
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
        }

        boolean isFor(BaseImage other) {
            return base.name().equals(other.name()) && base.version().equals(other.version());
        }
    }

    /** What is in the file. */
    public sealed interface Contents {}

    /**
     * It is in order.
     *
     * @param version 0 where there is no file
     * @param entries in the order of the file
     */
    public record Entries(long version, List<Entry> entries) implements Contents {
        public Entries {
            entries = List.copyOf(entries);
        }
    }

    /** What came of an edit. */
    public sealed interface Edited {}

    /**
     * The file is a new one.
     *
     * @param version the catalog's new one
     */
    public record Written(long version) implements Edited {}

    /**
     * It is not in order; an edit left it as it was.
     *
     * @param problems at least one
     */
    public record Rejected(List<Problem> problems) implements Contents, Edited {
        public Rejected {
            problems = problems.stream().sorted().distinct().toList();
        }
    }

    /** Reads it; where there is no such file, there are no entries. */
    public Contents read() {
        try {
            return parse(new SourceFiles(file).read(file).orElse(new byte[0])).contents();
        } catch (IOException e) {
            return rejected("cannot be read", "check its permissions");
        }
    }

    /** Adds the entry, or replaces the one of its name and version, and counts the catalog's version up. */
    public Edited approve(Entry entry) {
        SourceFiles files = new SourceFiles(file);
        try {
            byte[] before = files.read(file).orElse(new byte[0]);
            Parsed parsed = parse(before);
            if (parsed.contents() instanceof Rejected rejected) {
                return rejected;
            }
            Entries old = (Entries) parsed.contents();
            Optional<String> edited =
                    new CatalogEdit(new String(before, StandardCharsets.UTF_8), parsed.root(), old).approve(entry);
            if (edited.isEmpty()) {
                return rejected("has its bases in braces or brackets", "write one base a line, as - name: debian");
            }
            byte[] after = edited.get().getBytes(StandardCharsets.UTF_8);
            Contents result = parse(after).contents();
            if (result instanceof Rejected rejected) {
                return rejected;
            }
            Entries wanted = new Entries(old.version() + 1, with(old.entries(), entry));
            if (!result.equals(wanted)) {
                return rejected("cannot be edited without changing something else in it", "edit it by hand");
            }
            if (!files.unchanged()) {
                return rejected("was changed by somebody else meanwhile", "try again");
            }
            new FileReplacement(file).write(after);
            return new Written(wanted.version());
        } catch (IOException e) {
            return rejected("cannot be read or written", "check its permissions and the space on its disk");
        }
    }

    private static List<Entry> with(List<Entry> entries, Entry entry) {
        List<Entry> all = new ArrayList<>(entries);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isFor(entry.base())) {
                all.set(i, entry);
                return all;
            }
        }
        all.add(entry);
        return all;
    }

    private record Parsed(Contents contents, Optional<Node.Mapping> root) {}

    private Parsed parse(byte[] bytes) {
        Problems problems = new Problems();
        Optional<Node> tree = YamlText.parse(name(), bytes, problems);
        Optional<Node.Mapping> fitting = tree.flatMap(node -> new ShapeCheck(problems).fit(node, CatalogReader.SHAPE));
        CatalogReader.Entries entries = fitting.map(root -> new Section(root, "", problems))
                .map(new CatalogReader()::read)
                .orElse(CatalogReader.absent());
        Contents contents = problems.found().isEmpty()
                ? new Entries(entries.catalog().version(), entries.entries())
                : new Rejected(problems.found());
        return new Parsed(contents, fitting);
    }

    private String name() {
        return String.valueOf(file.getFileName());
    }

    private Rejected rejected(String what, String hint) {
        return new Rejected(List.of(new Problem(name(), Place.of(name()).line(), "", what, hint)));
    }
}
