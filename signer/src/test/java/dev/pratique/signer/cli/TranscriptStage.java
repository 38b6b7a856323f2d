package dev.pratique.signer.cli;

import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.cli.Transcript.Said;
import dev.pratique.signer.publish.TestRegistry;
import dev.pratique.signer.sigstore.FakeSigstore;
import dev.pratique.signer.sigstore.TestTokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the signer's transcripts are played: a registry, a Sigstore, a directory with a key, and a user who has secrets of
 * every kind, for every command to show or not to show.
 *
 * <pre>
 * registry MOOD             what the registry does: {@link RegistryMoods}
 * service NAME STATUS       what a service of the Sigstore answers; or: interrupts whoever asks
 * file NAME                 a file of the lines that follow
 * typed                     standard input
 * env NAME=value            a variable; without a value there is none
 * clock PT1H                how far the clock is off
 * config                    a configuration directory over the registry, with these rules
 * tuf                       the public Sigstore's repository as it was recorded, and its time
 * process                   commands run in processes of their own
 * proxy                     on the way to every HTTPS server is a proxy that wants a login
 * </pre>
 *
 * In a command {@code "...$NAME..."} is the variable's value as one argument, as a shell would have it.
 */
final class TranscriptStage implements Transcript.Stage {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String PASSWORD = "correct-horse-battery";
    private static final Pattern VARIABLE = Pattern.compile("\\$([A-Z_]+)");
    private static final String PIN = "7h3-p1n-0f-4cm3";

    private final Path home;
    private final TestRegistry registry;
    private final FakeSigstore sigstore = new FakeSigstore(NOW);
    private final Map<String, String> environment = new HashMap<>();
    private final Secrets secrets = new Secrets();
    private final SaidAlike alike = new SaidAlike();
    private final AtomicReference<Process> running = new AtomicReference<>();
    private Instant clock = NOW;
    private String typed = "";
    private boolean process;
    private Optional<RecordedTuf> tuf = Optional.empty();
    private Optional<AskingProxy> proxy = Optional.empty();

    TranscriptStage(Path home, boolean referrers) throws Exception {
        this.home = home;
        registry = new TestRegistry(referrers);
        registry.image("team/app", "v1");
        registry.image("team/app", "v2");
        registry.index("team/app", "all", registry.image("team/app", "amd64"), registry.image("team/app", "arm64"));
        Digest layer = Digest.sha256(new byte[2]);
        registry.index("base/debian", "12", registry.layered("base/debian", "amd64", 1, layer));
        TestKeys.write(home.resolve("ci"));
        Files.writeString(home.resolve("root.json"), sigstore.trustedRoot());
        Files.writeString(home.resolve("services.json"), sigstore.signingConfig("rekor1", "tsa"));
        alike.call(registry.host(), "REGISTRY")
                .call(sigstore.url("").replaceAll("/$", ""), "SIGSTORE")
                .call(home.toString(), "HOME");
        giveSecrets();
    }

    private void giveSecrets() throws IOException {
        String key = Files.readString(home.resolve("ci.key"));
        String token = TestTokens.of(TestTokens.person(NOW));
        String login = RegistryMoods.USER + ":" + RegistryMoods.PASSWORD;
        String basic = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
        secret("password", "PRATIQUE_PASSWORD", PASSWORD);
        secret("PIN", "PRATIQUE_PIN", PIN);
        secret("key of AWS", "AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        environment.put("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        environment.put("DOCKER_AUTH_CONFIG", "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"" + basic + "\"}}}");
        environment.put("CI_KEY", key);
        environment.put("REG_PW", RegistryMoods.PASSWORD);
        environment.put("SIGSTORE_ID_TOKEN", token);
        Files.writeString(home.resolve("token"), token);
        secrets.add("password of the registry", RegistryMoods.PASSWORD)
                .add("token of the registry", RegistryMoods.TOKEN)
                .parts("private key", key)
                .parts("identity token", token.substring(token.indexOf('.') + 1));
    }

    private void secret(String name, String variable, String value) {
        environment.put(variable, value);
        secrets.add(name, value);
    }

    /** With SoftHSM, in processes of their own: a module of PKCS#11 is loaded once. */
    TranscriptStage withTokens() throws Exception {
        SoftHsm softHsm = new SoftHsm(home, environment, PIN);
        alike.call(softHsm.module(), "SOFTHSM").call(softHsm.hostile(), "HOSTILE");
        process = true;
        return this;
    }

    Secrets secrets() {
        return secrets;
    }

    @Override
    public void set(String word, String rest, String indented) throws Exception {
        switch (word) {
            case "registry" -> mood(rest);
            case "service" -> service(rest.split(" ", 2));
            case "file" -> {
                Files.createDirectories(file(rest).getParent());
                Files.writeString(file(rest), alike.meant(indented));
                if (indented.startsWith("#!")) {
                    Files.setPosixFilePermissions(file(rest), PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
            case "typed" -> typed = alike.meant(indented);
            case "env" -> variable(rest.split("=", 2));
            case "clock" -> clock = NOW.plus(Duration.parse(rest));
            case "config" -> {
                TestConfig.write(file("config"), registry.host(), indented);
                Files.copy(file("ci.pub"), file("config/ci.pub"));
            }
            case "tuf" -> {
                RecordedTuf repository = new RecordedTuf();
                tuf = Optional.of(repository);
                alike.call(repository.url(), "TUF");
                Files.copy(RecordedTuf.pinned(), file("config/pinned.json"));
                clock = RecordedTuf.RECORDED;
            }
            case "process" -> process = true;
            case "proxy" -> {
                AskingProxy asking = new AskingProxy();
                proxy = Optional.of(asking);
                environment.put("HTTPS_PROXY", "http://" + asking.host());
            }
            default -> throw new IllegalArgumentException(word);
        }
    }

    private void mood(String mood) {
        if (!mood.equals("interrupts whoever writes a manifest")) {
            new RegistryMoods(registry).set(mood);
            return;
        }
        registry.trouble(exchange -> {
            boolean manifest = exchange.getRequestMethod().equals("PUT")
                    && exchange.getRequestURI().getPath().contains("/manifests/");
            if (manifest) {
                PratiqueProcess.interrupt(running.get());
            }
            return manifest;
        });
    }

    private void service(String... said) {
        sigstore.trouble(said[0], exchange -> {
            exchange.getRequestBody().readAllBytes();
            if (said[1].equals("interrupts whoever asks")) {
                PratiqueProcess.interrupt(running.get());
                return true;
            }
            FakeSigstore.answer(exchange, Integer.parseInt(said[1]), new byte[0]);
            return true;
        });
    }

    private void variable(String... pair) {
        if (pair.length < 2) {
            environment.remove(pair[0]);
        } else {
            environment.put(pair[0], alike.meant(pair[1]));
        }
    }

    @Override
    public Said run(List<String> typedWords) throws Exception {
        String[] words = typedWords.stream().map(this::word).toArray(String[]::new);
        if (process) {
            PratiqueProcess.Ran ran = new PratiqueProcess(home, environment).run(running::set, words);
            return new Said(ran.exit(), ran.out(), ran.err());
        }
        TestTerminal terminal = new TestTerminal(home).at(clock).typing(typed);
        environment.forEach(terminal::with);
        int exit = terminal.run(words);
        return new Said(exit, terminal.out(), terminal.err());
    }

    private String word(String word) {
        if (word.startsWith("\"")) {
            Matcher variable = VARIABLE.matcher(word.substring(1, word.length() - 1));
            return variable.replaceAll(named -> Matcher.quoteReplacement(environment.getOrDefault(named.group(1), "")));
        }
        String meant = alike.meant(word);
        return meant.matches("[a-z0-9.]+\\.(key|pub|json|tar)") ? file(meant).toString() : meant;
    }

    @Override
    public String alike(String said) {
        return alike.of(said);
    }

    @Override
    public Path file(String name) {
        return home.resolve(name);
    }

    @Override
    public void close() {
        registry.close();
        sigstore.close();
        tuf.ifPresent(RecordedTuf::close);
        proxy.ifPresent(AskingProxy::close);
    }
}
