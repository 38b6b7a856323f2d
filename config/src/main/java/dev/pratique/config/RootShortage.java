package dev.pratique.config;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.timestamp.TimestampAuthority;
import dev.pratique.attestations.transparency.TransparencyLog;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.config.yaml.Section;
import java.util.List;
import java.util.stream.Stream;

/**
 * Of what trust.yaml asks more of a root than the root has.
 *
 * @param key that asks
 * @param there voices, as verification counts them
 * @param what one of them is called
 */
record RootShortage(String key, int asked, long there, String what) {

    /** Empty where the root has enough of everything. */
    static List<RootShortage> of(Root root) {
        TrustedRoot has = root.material();
        Stream<Digest> authorities = has.timestampAuthorities().stream().map(TimestampAuthority::key);
        return Stream.of(
                        new RootShortage("logs", root.logs(), voices(has, keys(has.logs())), "transparency log"),
                        new RootShortage(
                                "timestamps", root.timestamps(), voices(has, authorities), "timestamp authority"),
                        new RootShortage(
                                "certificateLogs",
                                root.certificateLogs(),
                                voices(has, keys(has.certificateLogs())),
                                "certificate log"))
                .filter(one -> one.asked > one.there)
                .toList();
    }

    private static Stream<Digest> keys(List<TransparencyLog> logs) {
        return logs.stream().map(log -> log.key().id());
    }

    /** Two of one operator are one voice (sigstore_trustroot.proto, operator), and so are two windows of one key. */
    private static long voices(TrustedRoot has, Stream<Digest> keys) {
        return keys.map(has::countedAs).distinct().count();
    }

    /** For a file of the operator's own, where it is a mistake. */
    void refuse(Section root) {
        root.refuse(
                key,
                Section.join(root.path(), key) + " is " + asked + (root.has(key) ? "" : " unless it is said")
                        + ", and the root has " + has(),
                there == 0
                        ? "say " + key + ": 0, if nothing of the kind is to be asked"
                        : "ask for fewer; those of one operator count once");
    }

    /** For what an update took away. */
    String text() {
        return key + " is " + asked + ", and it has " + has();
    }

    private String has() {
        return there == 0 ? "no " + what : "only " + there;
    }
}
