package dev.pratique.signer.keys.plugin;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.process.InstalledProgram;
import dev.pratique.signer.process.InstalledProgram.Answer;
import dev.pratique.signer.process.InstalledProgram.Question;
import dev.pratique.signer.process.InstalledProgram.Words;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run of {@code sigstore-kms-NAME}: arguments in, message on standard input, one JSON object out. */
final class PluginProgram {
    private static final String PREFIX = "sigstore-kms-";
    private static final String VERSION = "v1";
    /** A public key in PEM or a signature, in base64, with what surrounds it; an RSA key of 16384 bits has 4 KiB. */
    private static final int MAX_ANSWER = 64 << 10;

    private final InstalledProgram program;
    private final String name;
    private final Duration patience;

    private PluginProgram(InstalledProgram program, String name, Duration patience) {
        this.program = program;
        this.name = name;
        this.patience = patience;
    }

    static PluginProgram find(String scheme, Map<String, String> environment, Duration patience) throws Failure {
        String name = PREFIX + scheme;
        Words words = new Words(
                "the plugin " + name,
                "does it reach its key service?",
                "does it speak version " + VERSION + " of the protocol? The environment has its credentials, as its own"
                        + " documentation says");
        InstalledProgram program = InstalledProgram.find(name, environment.getOrDefault("PATH", ""), words)
                .orElseThrow(() -> Failure.of(
                        Kind.FAILED,
                        "keys of kind " + scheme + " need the program " + name + ", which is not on the PATH",
                        "install Sigstore's plugin of this key service; docs/keys.md says what is built in"));
        return new PluginProgram(program, name, patience);
    }

    String name() {
        return name;
    }

    /**
     * @param arguments as the protocol has them; no secret is among them
     * @param input what the method works on
     */
    JsonObject run(Map<String, ?> arguments, byte[] input) throws Failure {
        // Its own words for people go to standard error, which is ours. The protocol: it "must first exit before
        // sigstore begins parsing responses"; its exit status is ignored.
        Answer answer = program.ask(
                new Question(List.of(VERSION, JsonWriter.text(arguments)), input, MAX_ANSWER, patience, true));
        if (answer.bytes().length == 0) {
            throw notUnderstood("nothing (its exit code is " + answer.exit() + ")");
        }
        return checked(answer.bytes());
    }

    private JsonObject checked(byte[] answer) throws Failure {
        try {
            JsonObject json = StrictJson.parseObject(answer, "the answer", MAX_ANSWER);
            Optional<String> error = json.findString("errorMessage").filter(text -> !text.isEmpty());
            if (error.isPresent()) {
                throw Failure.of(
                        Kind.FAILED,
                        "the plugin " + name + " says: " + Printable.line(error.get()),
                        "its own documentation says what that means; its credentials come from the environment");
            }
            return json;
        } catch (MalformedEvidenceException e) {
            throw notUnderstood("what is no answer of Sigstore's plugin protocol " + VERSION)
                    .because(e);
        }
    }

    /** @param what it answered */
    Failure notUnderstood(String what) {
        return program.notUnderstood(what);
    }
}
