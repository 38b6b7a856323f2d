package dev.pratique.signer.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Runs commands in this process and keeps what they print. */
final class TestTerminal {
    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Path home;
    private String in = "";
    private InstantSource clock = InstantSource.system();

    TestTerminal(Path home) {
        this.home = home;
    }

    TestTerminal with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    TestTerminal typing(String text) {
        in = text;
        return this;
    }

    TestTerminal at(Instant now) {
        clock = InstantSource.fixed(now);
        return this;
    }

    int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Pratique.run(terminal(), args);
    }

    Terminal terminal() {
        return new Terminal(
                environment,
                home,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out),
                new PrintWriter(err),
                question -> Optional.empty(),
                false,
                clock);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
