package dev.pratique.proxy.cli;

import dev.pratique.config.ConfigWatch;
import dev.pratique.config.Loaded;
import dev.pratique.config.Problem;
import dev.pratique.config.Snapshot;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pratique proxy}: runs until it is told to stop, and follows its configuration. */
@Command(
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        name = "proxy",
        description = "Runs the proxy. It follows changes of its configuration; SIGTERM lets what is under way finish.",
        footerHeading = "%nExample:%n",
        footer = "  pratique proxy --config /etc/pratique")
final class ProxyCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger("pratique");
    private static final Path INSTALLED = Path.of("/etc/pratique");

    @Option(
            names = {"-c", "--config"},
            paramLabel = "DIR",
            description = "directory with proxy.yaml, trust.yaml, policy.yaml and catalog.yaml"
                    + " (default: config/default of the checkout, or /etc/pratique)")
    private @Nullable Path config;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        Path directory = config != null ? config : defaultDirectory();
        if (!Files.isDirectory(directory)) {
            Complaints.complain(err, directory + " is not a directory", "say --config DIR");
            return ExitCode.CONFIGURATION;
        }
        ConfigWatch watch = new ConfigWatch(directory, System.getenv());
        Loaded loaded = watch.load();
        if (loaded instanceof Loaded.Invalid invalid) {
            print(err, directory, invalid.problems());
            return ExitCode.CONFIGURATION;
        }
        Snapshot snapshot = ((Loaded.Valid) loaded).snapshot();
        ProxyServer server =
                ProxyServer.start(snapshot, InstantSource.system(), System.getenv(), System.out, Version.number());
        LOG.info(
                "pratique {} listens on {}, operator {}, configuration {} revision {}",
                Version.number(),
                server.listening(),
                hostPort(server.operator()),
                directory,
                snapshot.revision());
        Running.untilStopped(server, new ConfigFollower(watch, server), () -> {});
        return ExitCode.DONE;
    }

    private static String hostPort(InetSocketAddress address) {
        return NetUtil.toSocketAddressString(address);
    }

    private static Path defaultDirectory() {
        String home = System.getProperty("pratique.home");
        return home != null ? Path.of(home, "config", "default") : INSTALLED;
    }

    private static void print(PrintWriter err, Path directory, List<Problem> problems) {
        for (Problem problem : problems) {
            err.println((problem.file().equals(Problem.ENVIRONMENT) ? "" : directory + "/") + problem);
            if (!problem.hint().isEmpty()) {
                err.println("  hint: " + problem.hint());
            }
        }
        String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        Complaints.complain(err, count + " in the configuration: nothing was started", "");
    }
}
