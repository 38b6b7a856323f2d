package dev.pratique.signer.cli;

import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.trust.TrustedRoot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One authority or log of a root, as it is shown.
 *
 * @param id of a log, in hex; empty for authorities
 */
record RootMember(String kind, String name, Validity validity, String id) {

    static List<RootMember> of(TrustedRoot root) {
        List<RootMember> members = new ArrayList<>();
        root.authorities().forEach(one -> members.add(new RootMember("authority", one.name(), one.validity(), "")));
        root.logs().forEach(one -> members.add(new RootMember("log", one.name(), one.validity(), hex(one.id()))));
        root.certificateLogs()
                .forEach(one ->
                        members.add(new RootMember("certificate log", one.name(), one.validity(), hex(one.id()))));
        root.timestampAuthorities()
                .forEach(one -> members.add(new RootMember("timestamps", one.name(), one.validity(), "")));
        return members;
    }

    private static String hex(byte[] id) {
        return HexFormat.of().formatHex(id);
    }

    /** The last moment at which it counts; a validity has the first at which it no longer does. */
    Optional<Instant> last() {
        return validity.until().map(end -> end.minusNanos(1));
    }

    Map<String, Object> row() {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("kind", kind);
        row.put("name", name);
        row.put("validFrom", validity.from().map(Instant::toString).orElse(null));
        row.put("validUntil", last().map(Instant::toString).orElse(null));
        row.put("id", id.isEmpty() ? null : id);
        return row;
    }
}
