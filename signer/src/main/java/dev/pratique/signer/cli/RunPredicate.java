package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.statement.Provenance;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.cli.NamedImage.FoundImage;
import dev.pratique.signer.provenance.Material;
import dev.pratique.signer.provenance.RunProvenance;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The provenance of this run about each of its images, which stand on bases of their own. Thread safe. */
final class RunPredicate {
    /** As {@code --predicate} has it. A file of that name is {@code ./auto}. */
    static final String AUTO = "auto";

    private static final int MAX_BYTES = 11 << 20;

    private final RunProvenance run;
    private final MaterialOptions materials;
    private final Task task;
    private final Map<String, JsonObject> predicates = new ConcurrentHashMap<>();

    private RunPredicate(RunProvenance run, MaterialOptions materials, Task task) {
        this.run = run;
        this.materials = materials;
        this.task = task;
    }

    /** Both are absent where none of their options is given. */
    static RunPredicate of(@Nullable RunOptions said, @Nullable MaterialOptions materials, Task task) throws Failure {
        return new RunPredicate(
                Objects.requireNonNullElseGet(said, RunOptions::new).provenance(task),
                Objects.requireNonNullElseGet(materials, MaterialOptions::new),
                task);
    }

    static void requireType(String predicateType) throws Failure {
        if (!predicateType.equals(Provenance.V1)) {
            throw Failure.of(
                    Kind.USAGE,
                    "--predicate auto makes provenance, and --type is " + predicateType,
                    "--type slsaprovenance1");
        }
    }

    /**
     * Finds out what went into an image. One build made all of an index: what went into it is stated of each of its manifests,
     * and a base is known by its layers only where every platform stands on it.
     */
    void look(FoundImage image, RegistryOptions registry) throws Failure {
        predicates.put(key(image), predicate(materials.of(image, registry, task)));
    }

    /** What is stated of an image that was looked at, and of its manifests. */
    JsonObject about(FoundImage image) {
        JsonObject predicate = predicates.get(key(image));
        if (predicate == null) {
            throw new IllegalStateException("this image was not looked at");
        }
        return predicate;
    }

    // A tag may have moved between two looks at it.
    private static String key(FoundImage image) {
        return image.name() + " " + image.text();
    }

    /** What is stated of something that is no image. */
    JsonObject withoutImage(RegistryOptions registry) throws Failure {
        return predicate(materials.of(registry, task));
    }

    private JsonObject predicate(List<Material> seen) throws Failure {
        try {
            return StrictJson.parseObject(JsonWriter.bytes(run.predicate(seen)), "the provenance", MAX_BYTES);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the provenance cannot be written: " + e.getMessage(),
                            "a value of the environment or the command line cannot stand in JSON: see --builder-id, --source-uri, --ci none")
                    .because(e);
        }
    }
}
