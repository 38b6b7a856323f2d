package dev.pratique.signer.cli;

import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.config.CatalogFile;
import dev.pratique.config.CatalogFile.Entry;
import dev.pratique.config.Problem;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The entries of a catalog for people and for programs. */
final class CatalogEntries {
    private CatalogEntries() {}

    /** What is in the file, which must be in order. */
    static CatalogFile.Entries read(Path file) throws Failure {
        CatalogFile.Contents contents = new CatalogFile(file).read();
        if (contents instanceof CatalogFile.Entries entries) {
            return entries;
        }
        throw notInOrder(file, ((CatalogFile.Rejected) contents).problems());
    }

    static Failure notInOrder(Path file, List<Problem> problems) {
        Problem first = problems.get(0);
        String more = problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)";
        String what = file + ":" + first.line() + ": " + first.what() + more;
        String hint = first.hint().isEmpty() ? "docs/configuration.md says what may stand there" : first.hint();
        return Failure.of(Kind.CONFIGURATION, what, hint);
    }

    /** In words. */
    static String phase(BaseImage base, Instant now) {
        return base.phaseAt(now).name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static Map<String, Object> row(Entry entry, Instant now) {
        BaseImage base = entry.base();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", base.name());
        row.put("version", base.version());
        row.put("owner", base.owner());
        row.put("phase", base.phaseAt(now).name());
        row.put("reference", entry.reference().map(Object::toString).orElse(null));
        row.put("approved", base.approved().map(LocalDate::toString).orElse(null));
        row.put("deprecated", base.deprecated().map(LocalDate::toString).orElse(null));
        row.put("endOfLife", base.endOfLife().map(LocalDate::toString).orElse(null));
        row.put("replacement", base.replacement().orElse(null));
        TreeSet<String> digests = new TreeSet<>();
        base.digests().forEach(digest -> digests.add(digest.toString()));
        row.put("digests", List.copyOf(digests));
        Map<String, Object> platforms = new LinkedHashMap<>();
        new TreeMap<>(base.platforms())
                .forEach((platform, layers) -> platforms.put(
                        platform.toString(),
                        Map.of("chainId", layers.chainId().toString(), "layers", layers.layers())));
        row.put("platforms", platforms);
        return row;
    }
}
