package dev.pratique.signer.cli;

import dev.pratique.attestations.trust.tuf.AcceptedTarget;
import java.util.LinkedHashMap;
import java.util.Map;

/** The metadata behind a root, as documents show it: version and expiry of each role. */
final class MetadataRow {
    private MetadataRow() {}

    static Map<String, Object> row(AcceptedTarget accepted) {
        Map<String, Object> row = new LinkedHashMap<>();
        accepted.roles()
                .forEach((role, state) -> row.put(
                        role,
                        Map.of(
                                "version",
                                state.version(),
                                "expires",
                                state.expires().toString())));
        return row;
    }
}
