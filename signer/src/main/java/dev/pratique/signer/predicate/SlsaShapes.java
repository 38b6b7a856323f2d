package dev.pratique.signer.predicate;

import static dev.pratique.signer.predicate.Shape.ANY;
import static dev.pratique.signer.predicate.Shape.BOOLEAN;
import static dev.pratique.signer.predicate.Shape.DIGESTS;
import static dev.pratique.signer.predicate.Shape.NOT_EMPTY;
import static dev.pratique.signer.predicate.Shape.OBJECT;
import static dev.pratique.signer.predicate.Shape.TEXT;
import static dev.pratique.signer.predicate.Shape.TIMESTAMP;
import static dev.pratique.signer.predicate.Shape.URI_TEXT;
import static dev.pratique.signer.predicate.Shape.arrayOf;
import static dev.pratique.signer.predicate.Shape.mapOf;
import static dev.pratique.signer.predicate.Shape.object;
import static dev.pratique.signer.predicate.Shape.oneOf;

/** Predicates of the SLSA project. */
final class SlsaShapes {
    /** in-toto attestation framework, spec/v1/resource_descriptor.md: "at least one of uri, digest, content". */
    private static final Shape RESOURCE = object().atLeastOneOf("uri", "digest", "content")
            .optional("name", TEXT)
            .optional("uri", NOT_EMPTY)
            .optional("digest", DIGESTS)
            .optional("content", TEXT)
            .optional("downloadLocation", TEXT)
            .optional("mediaType", TEXT)
            .optional("annotations", OBJECT);

    /** slsa.dev/spec/v1.0/provenance, "Schema": what a level 1 build must say is required. */
    static final Shape PROVENANCE_V1 = object().required(
                    "buildDefinition",
                    object().required("buildType", URI_TEXT)
                            .required("externalParameters", OBJECT)
                            .optional("internalParameters", OBJECT)
                            .optional("resolvedDependencies", arrayOf(RESOURCE)))
            .required(
                    "runDetails",
                    object().required(
                                    "builder",
                                    object().required("id", URI_TEXT)
                                            .optional("builderDependencies", arrayOf(RESOURCE))
                                            .optional("version", mapOf(TEXT)))
                            .optional(
                                    "metadata",
                                    object().optional("invocationId", TEXT)
                                            .optional("startedOn", TIMESTAMP)
                                            .optional("finishedOn", TIMESTAMP))
                            .optional("byproducts", arrayOf(RESOURCE)));

    /** slsa.dev/provenance/v0.2, "Schema". */
    static final Shape PROVENANCE_V02 = object().required("builder", object().required("id", URI_TEXT))
            .required("buildType", URI_TEXT)
            .optional(
                    "invocation",
                    object().optional(
                                    "configSource",
                                    object().optional("uri", TEXT)
                                            .optional("digest", mapOf(TEXT))
                                            .optional("entryPoint", TEXT))
                            .optional("parameters", ANY)
                            .optional("environment", ANY))
            .optional(
                    "metadata",
                    object().optional("buildInvocationId", TEXT)
                            .optional("buildStartedOn", TIMESTAMP)
                            .optional("buildFinishedOn", TIMESTAMP)
                            .optional(
                                    "completeness",
                                    object().optional("parameters", BOOLEAN)
                                            .optional("environment", BOOLEAN)
                                            .optional("materials", BOOLEAN))
                            .optional("reproducible", BOOLEAN))
            .optional("materials", arrayOf(object().optional("uri", TEXT).optional("digest", DIGESTS)));

    /** slsa.dev/spec/v1.0/verification_summary, "Schema". */
    static final Shape SUMMARY = object().required(
                    "verifier", object().required("id", URI_TEXT).optional("version", mapOf(TEXT)))
            .required("timeVerified", TIMESTAMP)
            .required("resourceUri", NOT_EMPTY)
            .required(
                    "policy",
                    object().atLeastOneOf("uri", "digest")
                            .optional("uri", NOT_EMPTY)
                            .optional("digest", DIGESTS))
            .optional(
                    "inputAttestations",
                    arrayOf(object().optional("uri", NOT_EMPTY).required("digest", DIGESTS)))
            .required("verificationResult", oneOf("PASSED", "FAILED"))
            .required("verifiedLevels", arrayOf(NOT_EMPTY))
            .optional("dependencyLevels", OBJECT)
            .optional("slsaVersion", TEXT);

    private SlsaShapes() {}
}
