package dev.pratique.proxy.cli;

import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.config.ConfigWatch;
import dev.pratique.config.Loaded;
import dev.pratique.config.Snapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pratique demo}: the main job in one command, on samples made on the spot. */
@Command(
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        name = "demo",
        description = "Makes sample images, signs some, starts the proxy over them, pulls each through it with HTTP and"
                + " shows what was answered and why. Stays up to look at, unless --once.",
        footerHeading = "%nExample:%n",
        footer = "  pratique demo --once")
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--once", description = "end after the table; exit 0 only if every answer was the expected one")
    private boolean once;

    @Option(names = "--port", paramLabel = "N", description = "port of the registry face (default: any free one)")
    private int port;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text for people (default), json for programs")
    private Output output = Output.TEXT;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For whom it writes. */
    enum Output {
        TEXT,
        JSON
    }

    @Override
    public Integer call() throws IOException, InterruptedException, SigningException {
        Path directory = Files.createTempDirectory("pratique-demo-");
        InstantSource clock = InstantSource.system();
        try (DemoWorld world = new DemoWorld(directory, clock.instant(), port)) {
            ConfigWatch watch = new ConfigWatch(world.config(), Map.of());
            Loaded loaded = watch.load();
            if (loaded instanceof Loaded.Invalid invalid) {
                throw new IllegalStateException("the demonstration's configuration: " + invalid.problems());
            }
            Snapshot snapshot = ((Loaded.Valid) loaded).snapshot();
            ProxyServer server = ProxyServer.start(snapshot, clock, Map.of(), System.out, Version.number());
            try {
                List<DemoRow> rows = pullAll(world, server);
                report(rows, server, world);
                if (!once) {
                    Running.untilStopped(server, new ConfigFollower(watch, server), () -> delete(directory));
                }
                return rows.stream().allMatch(DemoRow::right) ? ExitCode.DONE : ExitCode.FAILED;
            } finally {
                server.close();
            }
        } finally {
            delete(directory);
        }
    }

    private static List<DemoRow> pullAll(DemoWorld world, ProxyServer server) throws IOException, InterruptedException {
        String registry = "127.0.0.1:" + server.listeners().get(0).getPort();
        DemoClient client = new DemoClient(registry);
        List<DemoRow> rows = new ArrayList<>();
        for (DemoCase each : world.cases()) {
            if (each.twist() == DemoCase.Twist.SWITCHED_OFF) {
                client.pull(each.image());
                world.switchOff();
            }
            DemoClient.Pulled pulled = client.pull(each.image());
            boolean stored = pulled.broken().stream().anyMatch(server::stores);
            rows.add(new DemoRow(each, pulled, stored, each.command(registry)));
        }
        return rows;
    }

    private void report(List<DemoRow> rows, ProxyServer server, DemoWorld world) {
        PrintWriter out = spec.commandLine().getOut();
        String operator = "http://127.0.0.1:" + server.operator().getPort() + "/";
        if (output == Output.JSON) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("schema", "pratique.demo/v1");
            document.put("right", rows.stream().allMatch(DemoRow::right));
            document.put("registry", "127.0.0.1:" + server.listeners().get(0).getPort());
            document.put("operator", operator);
            document.put("config", world.config().toString());
            document.put("rows", rows.stream().map(DemoRow::json).toList());
            out.println(JsonWriter.text(document));
            out.flush();
            return;
        }
        table(out, rows);
        List<DemoRow> wrong = rows.stream().filter(row -> !row.right()).toList();
        wrong.forEach(row -> out.println("UNEXPECTED " + row.expected().image() + ": "
                + row.expected().answer().label() + " " + row.expected().reason() + " was expected"
                + (row.stored() ? ", and nothing of it in the store" : "")));
        if (wrong.isEmpty()) {
            out.println("All " + rows.size() + " answers and their reasons are the expected ones.");
        }
        if (!once) {
            out.println();
            out.println("Why, image by image: " + operator);
            out.println("Change the policy and pull again: " + world.config());
            out.println("Ctrl-C ends it.");
        }
        out.flush();
    }

    private static void table(PrintWriter out, List<DemoRow> rows) {
        int image = width(rows.stream().map(row -> row.expected().image()));
        int answer = width(rows.stream().map(row -> row.got().answer().label()));
        String line = "%-" + image + "s  %-" + answer + "s  %s%n";
        out.printf(Locale.ROOT, line, "IMAGE", "ANSWER", "WHY, AND HOW TO REPEAT IT");
        for (DemoRow row : rows) {
            out.printf(
                    Locale.ROOT,
                    line,
                    row.expected().image(),
                    row.got().answer().label(),
                    row.why());
            out.printf(Locale.ROOT, line, "", "", row.command());
        }
        out.println();
    }

    private static int width(Stream<String> texts) {
        return texts.mapToInt(String::length).max().orElse(1);
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // A temporary directory that stays is not worth a word.
        }
    }
}
