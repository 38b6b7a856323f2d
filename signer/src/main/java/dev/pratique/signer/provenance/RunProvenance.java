package dev.pratique.signer.provenance;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The SLSA v1 provenance of a pipeline run. Nothing is claimed that was not seen: what neither the environment nor the command
 * line says is absent, never empty and never guessed.
 */
public final class RunProvenance {
    /** Of a run of which only the command line tells. */
    private static final String BUILD_TYPE = "urn:pratique:buildtype:options:v1";

    private final PipelineRun run;
    private final String builder;

    private RunProvenance(PipelineRun run, String builder) {
        this.run = run;
        this.builder = builder;
    }

    /** The CI systems that are known, as {@code --ci} has them. */
    public static List<String> systems() {
        return CiSystems.names();
    }

    /** @throws Failure where what SLSA requires is not known, or what is said is unfit */
    public static RunProvenance of(RunFacts said, Variables variables) throws Failure {
        Optional<CiSystem> system = CiSystems.find(said.ci(), variables);
        Source source = said.source();
        PipelineRun seen = system.isPresent()
                ? system.get().read(variables, source)
                : PipelineRun.of(BUILD_TYPE).from(source);
        PipelineRun run = completed(seen, said);
        String who = system.map(found -> "the variables of " + found.name() + " do not say")
                .orElse("this is no CI system that is known (" + String.join(", ", CiSystems.names())
                        + "), so nothing says");
        String builder = run.builderId()
                .orElseThrow(() -> Failure.of(
                        Kind.FAILED,
                        who + " who builds",
                        "say it: --builder-id https://ci.example/builder, as rules of the policy name it"));
        // SLSA requires parameters, and a run of which nothing is known proves nothing about what was built.
        if (run.external().isEmpty()) {
            throw Failure.of(
                    Kind.FAILED,
                    who + " what is built",
                    "say it: --source-uri https://github.com/acme/app --source-ref refs/heads/main");
        }
        return new RunProvenance(run, builder);
    }

    private static PipelineRun completed(PipelineRun run, RunFacts said) throws Failure {
        Optional<String> invocation = said.invocation();
        Optional<String> builder = said.builder();
        Optional<Instant> start = said.start().or(run::startedOn);
        Optional<Instant> end = said.end().or(run::finishedOn);
        if (start.isPresent() && end.isPresent() && end.get().isBefore(start.get())) {
            throw Failure.of(Kind.USAGE, "the run ends before it starts", "see --started-on and --finished-on");
        }
        Known version = new Known();
        run.builderVersion().forEach(version::with);
        return run.as(said.type().orElse(run.buildType()))
                .by(builder.or(run::builderId), version, invocation.or(run::invocationId))
                .between(start, end);
    }

    /** What verifiers and policies look for and nothing says; for people. */
    public List<String> unknown() {
        List<String> unknown = new ArrayList<>(run.source().missing());
        if (run.invocationId().isEmpty()) {
            unknown.add("which run this is");
        }
        return unknown;
    }

    /**
     * The predicate.
     *
     * @param materials that went into the image beside the source
     */
    public Map<String, Object> predicate(List<Material> materials) {
        Set<Material> all = new LinkedHashSet<>();
        run.source().material().ifPresent(all::add);
        all.addAll(materials);
        Known definition = new Known()
                .with("buildType", run.buildType())
                .with("externalParameters", run.external())
                .with("internalParameters", run.internal())
                .with("resolvedDependencies", all.stream().map(Material::json).toList());
        Known metadata = new Known()
                .with("invocationId", run.invocationId())
                .with("startedOn", run.startedOn().map(Instant::toString))
                .with("finishedOn", run.finishedOn().map(Instant::toString));
        Known details = new Known()
                .with(
                        "builder",
                        new Known()
                                .with("id", builder)
                                .with("version", run.builderVersion())
                                .map())
                .with("metadata", metadata.map());
        return new Known()
                .with("buildDefinition", definition.map())
                .with("runDetails", details.map())
                .map();
    }
}
