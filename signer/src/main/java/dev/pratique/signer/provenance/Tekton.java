package dev.pratique.signer.provenance;

import dev.pratique.signer.Failure;
import java.util.Optional;

/**
 * Tekton. It sets no variables itself: a step hands its context on in these, as docs/pipelines.md shows. Who built it, and of
 * what, only the options can say.
 */
final class Tekton implements CiSystem {
    private static final String BUILD_TYPE = "urn:pratique:buildtype:tekton:v1";

    @Override
    public String name() {
        return "tekton";
    }

    @Override
    public boolean runs(Variables variables) {
        return variables.has("TEKTON_TASKRUN_NAME");
    }

    @Override
    public PipelineRun read(Variables variables, Source said) throws Failure {
        Known external = new Known()
                .with("pipeline", variables.find("TEKTON_PIPELINE_NAME"))
                .with("task", variables.find("TEKTON_TASK_NAME"));
        Known tekton = new Known()
                .with("namespace", variables.find("TEKTON_NAMESPACE"))
                .with("pipelineRun", variables.find("TEKTON_PIPELINERUN_NAME"))
                .with("taskRun", variables.find("TEKTON_TASKRUN_NAME"));
        Optional<String> pipeline = variables.find("TEKTON_PIPELINERUN_UID");
        return PipelineRun.of(BUILD_TYPE)
                .with(external, new Known().with("tekton", tekton.map()))
                .from(said)
                .by(
                        Optional.empty(),
                        new Known(),
                        pipeline.isPresent() ? pipeline : variables.find("TEKTON_TASKRUN_UID"));
    }
}
