package dev.pratique.attestations.fuzz;

import dev.pratique.attestations.testing.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What fuzzing begins with: the committed seeds, and what can be taken from the recorded material where it is there. */
public final class Seeds {
    private static final Path COMMITTED = Path.of("src/test/resources/fuzz");

    private Seeds() {}

    /** The seeds in this repository, by file name; at least one. */
    static Map<String, byte[]> committed(FuzzTarget target) {
        Map<String, byte[]> seeds = new TreeMap<>();
        Path folder = COMMITTED.resolve(target.id());
        if (Files.isDirectory(folder)) {
            files(folder).forEach(file -> seeds.put(file.getFileName().toString(), Shared.bytes(file)));
        }
        return seeds;
    }

    /** Everything in the folder, taken apart. */
    static Harvest harvest(Path folder) {
        Harvest harvest = new Harvest();
        files(folder).forEach(file -> harvest.take(Shared.bytes(file)));
        return harvest;
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param arguments where the seeds go, a folder for each target; then whatever is to be taken apart */
    public static void main(String[] arguments) throws IOException {
        Path to = Path.of(arguments[0]);
        List<Harvest> harvests = Stream.of(arguments)
                .skip(1)
                .map(Path::of)
                .filter(Files::isDirectory)
                .map(Seeds::harvest)
                .toList();
        for (FuzzTarget target : FuzzTarget.values()) {
            Path folder = Files.createDirectories(to.resolve(target.id()));
            Map<String, byte[]> seeds = new TreeMap<>(committed(target));
            harvests.forEach(harvest -> seeds.putAll(harvest.of(target)));
            for (Map.Entry<String, byte[]> seed : seeds.entrySet()) {
                Files.write(folder.resolve(seed.getKey()), seed.getValue());
            }
        }
    }
}
