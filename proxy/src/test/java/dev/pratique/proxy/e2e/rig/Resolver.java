package dev.pratique.proxy.e2e.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The resolver and fetcher of one version of containerd, without its daemon: our programs under
 * {@code proxy/src/test/containerd-resolver}, built here from Go modules.
 */
public enum Resolver {
    CONTAINERD_1_7("1.7"),
    CONTAINERD_2_3("2.3"),
    CONTAINERD_2_4("2.4");

    private static final Duration DOWNLOADS = Duration.ofMinutes(10);
    private static final Path SOURCES =
            Path.of(System.getProperty("pratique.home"), "proxy", "src", "test", "containerd-resolver");
    private static final Pattern DIGEST = Pattern.compile("\"digest\":\"([^\"]*)\"");
    private static final Pattern FETCHED = Pattern.compile("\"fetched\":\\[([^]]*)]");

    private final String version;
    private Tool program;

    Resolver(String version) {
        this.version = version;
    }

    /**
     * What came of a pull.
     *
     * @param digest what the reference was resolved to; empty if it was not
     * @param fetched digests of what arrived
     * @param arrived the files of that
     */
    public record Pull(Tool.Ran ran, String digest, List<String> fetched, Pulled arrived) {
        public boolean succeeded() {
            return ran.succeeded();
        }

        /** What a node's user reads, with JSON's quotation marks as they are. */
        public String said() {
            return ran.said();
        }

        @Override
        public String toString() {
            return ran.toString();
        }
    }

    /**
     * Pulls everything that belongs to an image, of all platforms.
     *
     * @param hosts directory of a node's hosts.toml files
     * @param image with its registry, and a tag or digest
     */
    public Pull pull(Path hosts, String image) {
        Path directory = Scratch.directory("fetched");
        Tool.Ran ran = built().run(hosts.toString(), image, directory.toString());
        String fetched = first(FETCHED, ran).replace("\"", "");
        return new Pull(
                ran,
                first(DIGEST, ran),
                fetched.isEmpty() ? List.of() : List.of(fetched.split(",")),
                Pulled.under(directory, file -> true));
    }

    private static String first(Pattern pattern, Tool.Ran ran) {
        Matcher found = pattern.matcher(ran.out());
        assertThat(found.find()).as(ran.toString()).isTrue();
        return found.group(1);
    }

    /** Go's own cache makes this cheap when nothing changed. */
    private synchronized Tool built() {
        if (program == null) {
            Path output = Scratch.file("-containerd-resolver-" + version);
            Tool.Ran ran = Tool.named("go")
                    .run(
                            DOWNLOADS,
                            "build",
                            "-C",
                            SOURCES.resolve(version).toString(),
                            "-buildvcs=false",
                            "-o",
                            output.toString(),
                            ".");
            assertThat(ran.succeeded()).as(ran.toString()).isTrue();
            program = Tool.at(output);
        }
        return program;
    }

    @Override
    public String toString() {
        return "containerd " + version;
    }
}
