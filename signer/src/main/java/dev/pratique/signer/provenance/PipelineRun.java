package dev.pratique.signer.provenance;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a run, in SLSA's terms (slsa.dev/spec/v1.0/provenance).
 *
 * @param buildType says how the parameters are to be read
 * @param source what was built
 * @param external what whoever started it has chosen, the source included
 * @param internal what the platform has chosen
 * @param builderId who built it
 * @param builderVersion of the parts of the platform, by name
 */
record PipelineRun(
        String buildType,
        Source source,
        Map<String, Object> external,
        Map<String, Object> internal,
        Optional<String> builderId,
        Map<String, Object> builderVersion,
        Optional<String> invocationId,
        Optional<Instant> startedOn,
        Optional<Instant> finishedOn) {

    /** A run of which nothing is known but its build type. */
    static PipelineRun of(String buildType) {
        return new PipelineRun(
                buildType,
                Source.unknown(),
                Map.of(),
                Map.of(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The same, of this source; our build types name it as GitLab's and Google's do, in {@code source}. */
    PipelineRun from(Source built) {
        Known parameters = new Known().with("source", built.uri().map(uri -> Map.of("uri", uri)));
        external.forEach(parameters::with);
        return from(built, parameters.map());
    }

    /** The same, of this source, which the parameters name in their own way. */
    PipelineRun from(Source built, Map<String, Object> parameters) {
        return new PipelineRun(
                buildType, built, parameters, internal, builderId, builderVersion, invocationId, startedOn, finishedOn);
    }

    PipelineRun with(Known externals, Known internals) {
        return new PipelineRun(
                buildType,
                source,
                externals.map(),
                internals.map(),
                builderId,
                builderVersion,
                invocationId,
                startedOn,
                finishedOn);
    }

    PipelineRun by(Optional<String> builder, Known version, Optional<String> invocation) {
        return new PipelineRun(
                buildType, source, external, internal, builder, version.map(), invocation, startedOn, finishedOn);
    }

    PipelineRun between(Optional<Instant> start, Optional<Instant> end) {
        return new PipelineRun(
                buildType, source, external, internal, builderId, builderVersion, invocationId, start, end);
    }

    /** The same, read by another build type. */
    PipelineRun as(String type) {
        return new PipelineRun(
                type, source, external, internal, builderId, builderVersion, invocationId, startedOn, finishedOn);
    }
}
