package dev.pratique.attestations.transparency;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.testing.TestKey;
import java.util.Optional;
import java.util.Set;

/** What log entries consist of, for fuzzing. */
public final class TransparencyInputs {
    private static final int MAX = 1 << 20;
    private static final LoggedSignature ABOUT =
            LoggedSignature.ofMessage(new byte[] {1}, new byte[] {2}, new byte[] {3});

    private TransparencyInputs() {}

    public static void entry(byte[] json) throws MalformedEvidenceException, UnprovenException {
        prove(LogEntry.fromBundle(StrictJson.parseObject(json, "the entry", MAX)));
    }

    public static void annotation(String annotation) throws MalformedEvidenceException, UnprovenException {
        prove(LogEntry.fromCosign(annotation));
    }

    public static void body(byte[] body) throws MalformedEvidenceException {
        EntryBodyReader.read(body);
    }

    public static void checkpoint(String note) throws MalformedEvidenceException {
        Checkpoint.parse(note);
    }

    // The log that the entry says it is of, with a key that is nobody's: nothing is ever proved by it.
    private static void prove(LogEntry entry) throws UnprovenException {
        var key = TestKey.A.trusted();
        var log = new TransparencyLog(
                "log", entry.logId, key, Set.of(key.defaultAlgorithm()), Optional.of("log.example"), Validity.ALWAYS);
        // Each by itself: an entry is refused for the first reason, and what comes after would never be looked at.
        refused(() -> entry.content.body().requireAbout(ABOUT));
        refused(() -> inclusion(entry));
        Optional<Checkpoint> checkpoint = entry.proof.flatMap(InclusionProof::checkpoint);
        if (checkpoint.isPresent()) {
            refused(() -> new CheckpointSigner(key, Optional.of("log.example")).prove(checkpoint.get(), log));
        }
        log.verify(entry, ABOUT);
        throw new AssertionError("an entry was forged");
    }

    /** That the entry's proof leads to the root that it names, whoever signed that. */
    public static void inclusion(LogEntry entry) throws UnprovenException {
        if (entry.proof.isPresent()) {
            entry.proof.get().rootOf(MerkleTree.leafHash(entry.body));
        }
    }

    private interface Check {
        void run() throws UnprovenException;
    }

    private static void refused(Check check) {
        try {
            check.run();
        } catch (UnprovenException e) {
            if (!e.saw().matches("[ -~]+")) {
                throw new AssertionError("not fit for a line of text: " + e.saw(), e);
            }
        }
    }
}
