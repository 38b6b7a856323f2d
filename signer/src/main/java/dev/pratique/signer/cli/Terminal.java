package dev.pratique.signer.cli;

import dev.pratique.signer.keys.KeyReference;
import dev.pratique.signer.keys.Passwords;
import java.io.Console;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a command may touch of the process that it runs in.
 *
 * @param environment variables
 * @param home the user's directory
 * @param prompt asks a person; answers empty where there is nobody
 * @param colour whether the output may carry escape sequences
 */
record Terminal(
        Map<String, String> environment,
        Path home,
        InputStream in,
        PrintWriter out,
        PrintWriter err,
        Passwords.Prompt prompt,
        boolean colour,
        InstantSource clock) {

    static Terminal ofThisProcess() {
        Map<String, String> environment = System.getenv();
        boolean person = console() != null;
        return new Terminal(
                environment,
                Path.of(System.getProperty("user.home", "/")),
                System.in,
                new PrintWriter(new OutputStreamWriter(new StandardOutput(), StandardCharsets.UTF_8), true),
                new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true),
                Terminal::ask,
                person && environment.getOrDefault("NO_COLOR", "").isEmpty(),
                InstantSource.system());
    }

    /** Opens keys with what this process has been given: passwords, PINs, credentials. */
    KeyReference keys() {
        return new KeyReference(environment, home, prompt, clock, Version.userAgent());
    }

    private static Optional<char[]> ask(String question) {
        Console console = console();
        return console == null ? Optional.empty() : Optional.ofNullable(console.readPassword("%s", question));
    }

    /** The console; null where input or output is no terminal. */
    @SuppressWarnings("SystemConsoleNull")
    private static @Nullable Console console() {
        // JDK 22 and later have a console where there is no terminal, unless asked for the one of before.
        System.setProperty("jdk.console", "java.base");
        return System.console();
    }
}
