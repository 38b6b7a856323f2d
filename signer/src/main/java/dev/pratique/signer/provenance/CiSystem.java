package dev.pratique.signer.provenance;

import dev.pratique.signer.Failure;

/** Knows what one CI system tells of a run in its variables. Stateless. */
interface CiSystem {
    /** As {@code --ci} has it. */
    String name();

    /** Whether this process is one of its runs. */
    boolean runs(Variables variables);

    /**
     * What is said; whatever is not, is absent.
     *
     * @param said what the command line says of the source, to be completed by {@link Source#completedBy}
     */
    PipelineRun read(Variables variables, Source said) throws Failure;
}
