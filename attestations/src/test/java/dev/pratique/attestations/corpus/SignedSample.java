package dev.pratique.attestations.corpus;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.EvidenceFinder;
import dev.pratique.attestations.testing.LayoutRegistry;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.VerdictAssert;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verifier;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One piece of evidence that real cosign made and accepts, with the trust under which it does.
 *
 * @param name of the recorded case, and of the piece where it has several
 * @param subject the image that it is about
 */
record SignedSample(String name, Digest subject, EvidenceBytes evidence, TrustRoots trust) {
    private static final Pattern DIGEST = Pattern.compile("@(sha256:[0-9a-f]{64})$");

    /** Every piece that is enough by itself, once. */
    static List<SignedSample> all() {
        Path samples = Shared.path("samples");
        List<SignedSample> all = new ArrayList<>();
        File[] folders = samples.resolve("cases").toFile().listFiles(File::isDirectory);
        Arrays.sort(folders);
        for (File folder : folders) {
            try {
                all.addAll(ofCase(samples, folder.toPath()));
            } catch (MalformedEvidenceException e) {
                throw new AssertionError(folder.getName(), e);
            }
        }
        return all;
    }

    /** The first of each shape: what members and annotations there are, what logs and what kind of key. */
    static List<SignedSample> ofEachShape() {
        Set<String> seen = new HashSet<>();
        return all().stream().filter(sample -> seen.add(sample.shape())).toList();
    }

    private static List<SignedSample> ofCase(Path samples, Path folder) throws MalformedEvidenceException {
        List<SignedSample> pieces = new ArrayList<>();
        Set<EvidenceBytes> used = new HashSet<>();
        Path layout = folder.resolve("layout");
        List<JsonObject> checks = new ArrayList<>(
                Shared.objects(Shared.object(folder.resolve("case.json")).get("checks")));
        // What passes where more is asked is damaged under that.
        checks.sort(Comparator.comparing(SignedSample::asksLess));
        for (JsonObject check : checks) {
            String command = check.getString("command");
            Matcher digest = DIGEST.matcher(command);
            if (!command.startsWith("cosign verify") || !digest.find()) {
                continue;
            }
            TrustRoots trust = SampleTrust.of(samples, command);
            Digest subject = Digest.parse(digest.group(1));
            var registry = LayoutRegistry.read(layout, Files.exists(layout.resolve("referrers")));
            Deadline deadline = Deadline.after(Shelf.NOW, Duration.ofSeconds(10));
            for (EvidenceBytes item : new EvidenceFinder(registry)
                    .find(Shelf.REPOSITORY, subject, deadline, Shelf.NOW)
                    .items()) {
                SignedSample piece = new SignedSample(folder.getFileName() + "/" + pieces.size(), subject, item, trust);
                if (piece.admits(item)
                        && used.stream()
                                .noneMatch(one -> Arrays.equals(one.bytes(), item.bytes())
                                        && one.annotations().equals(item.annotations()))) {
                    used.add(item);
                    pieces.add(piece);
                }
            }
        }
        return pieces;
    }

    private static boolean asksLess(JsonObject check) {
        try {
            return check.getString("command").contains("--insecure-ignore-tlog");
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether this alone is enough for the image. */
    boolean admits(EvidenceBytes item) {
        FoundEvidence found = new FoundEvidence(List.of(item), List.of(), List.of(), Set.of(), Shelf.NOW);
        return VerdictAssert.answer(Shelf.judge(
                        new Verifier(trust).verify(Shelf.REPOSITORY, Subject.of(subject), found, Shelf.NOW),
                        Shelf.signedBy(SampleTrust.SIGNER)))
                .equals("ADMITTED");
    }

    /** Whether a key or a certificate says who signed; of a key, what is asked beside it. */
    String kind() {
        List<SigningKey> keys = trust.signers().get(0).keys();
        if (keys.isEmpty()) {
            return "keyless";
        }
        Root root = trust.roots().get(0);
        boolean asks = !keys.get(0).roots().isEmpty();
        return "keyed" + (asks && root.logs() > 0 ? "+log" : "") + (asks && root.timestamps() > 0 ? "+time" : "");
    }

    /** Whether a log or a timestamp authority says anything of it. */
    boolean hasWitnesses() {
        String text = new String(evidence.bytes(), StandardCharsets.UTF_8);
        return text.contains("inclusionP") || text.contains("signedTimestamp");
    }

    private String shape() {
        TreeSet<String> parts = new TreeSet<>(evidence.annotations().keySet());
        parts.add(evidence.kind().name());
        trust.signers()
                .forEach(signer ->
                        signer.keys().forEach(key -> parts.add(key.key().type().label())));
        try {
            paths("", StrictJson.parse(evidence.bytes(), "evidence", 16 << 20), parts);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(name, e);
        }
        return parts.toString();
    }

    private static void paths(String where, JsonValue value, TreeSet<String> paths) {
        if (value instanceof JsonObject object) {
            object.members().forEach((name, member) -> paths(where + "." + name, member, paths));
        } else if (value instanceof JsonValue.JsonArray array) {
            array.values().forEach(element -> paths(where + "[]", element, paths));
        } else if (value instanceof JsonValue.JsonString string && where.contains("kindVersion")) {
            paths.add(where + "=" + string.value());
        } else {
            paths.add(where);
        }
    }
}
