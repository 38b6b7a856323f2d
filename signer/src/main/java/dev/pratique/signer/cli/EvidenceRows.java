package dev.pratique.signer.cli;

import dev.pratique.signer.cli.NamedImage.FoundImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was done, a row for each manifest or file. */
final class EvidenceRows {
    private final List<Row> rows = new ArrayList<>();

    /** @param named the image whose own manifest it is; empty for a part of it, or a file */
    private record Row(Map<String, Object> members, Optional<FoundImage> named) {}

    void add(Map<String, Object> members, Optional<FoundImage> named) {
        rows.add(new Row(members, named));
    }

    /** Asks once more what the tags name. */
    void lookAgain(MovedTags moved) {
        for (Row row : rows) {
            row.named().flatMap(moved::tagNow).ifPresent(now -> row.members().put("tagNow", now));
        }
    }

    List<Map<String, Object>> members() {
        return rows.stream().map(Row::members).toList();
    }
}
