package dev.pratique.attestations.certificate;

import java.util.Arrays;
import java.util.Optional;

/**
 * What Fulcio copies out of the token of whom it certifies (sigstore/fulcio, docs/oid-info.md, 1.3.6.1.4.1.57264.1). The names
 * are those of the document, in the spelling of field names.
 */
public enum FulcioExtension {
    /** .8, and its deprecated form .1: who made the token. */
    ISSUER("issuer", 8),
    /** Deprecated: see {@link #BUILD_TRIGGER}. */
    GITHUB_WORKFLOW_TRIGGER("githubWorkflowTrigger", 2),
    /** Deprecated: see {@link #SOURCE_REPOSITORY_DIGEST}. */
    GITHUB_WORKFLOW_SHA("githubWorkflowSha", 3),
    /** Deprecated; a title that the workflow's author chose. */
    GITHUB_WORKFLOW_NAME("githubWorkflowName", 4),
    /** Deprecated: see {@link #SOURCE_REPOSITORY_URI}. */
    GITHUB_WORKFLOW_REPOSITORY("githubWorkflowRepository", 5),
    /** Deprecated: see {@link #SOURCE_REPOSITORY_REF}. */
    GITHUB_WORKFLOW_REF("githubWorkflowRef", 6),
    BUILD_SIGNER_URI("buildSignerUri", 9),
    BUILD_SIGNER_DIGEST("buildSignerDigest", 10),
    RUNNER_ENVIRONMENT("runnerEnvironment", 11),
    SOURCE_REPOSITORY_URI("sourceRepositoryUri", 12),
    SOURCE_REPOSITORY_DIGEST("sourceRepositoryDigest", 13),
    SOURCE_REPOSITORY_REF("sourceRepositoryRef", 14),
    SOURCE_REPOSITORY_IDENTIFIER("sourceRepositoryIdentifier", 15),
    SOURCE_REPOSITORY_OWNER_URI("sourceRepositoryOwnerUri", 16),
    SOURCE_REPOSITORY_OWNER_IDENTIFIER("sourceRepositoryOwnerIdentifier", 17),
    BUILD_CONFIG_URI("buildConfigUri", 18),
    BUILD_CONFIG_DIGEST("buildConfigDigest", 19),
    BUILD_TRIGGER("buildTrigger", 20),
    RUN_INVOCATION_URI("runInvocationUri", 21),
    SOURCE_REPOSITORY_VISIBILITY_AT_SIGNING("sourceRepositoryVisibilityAtSigning", 22),
    DEPLOYMENT_ENVIRONMENT("deploymentEnvironment", 23),
    TOKEN_SUBJECT("tokenSubject", 24);

    /** All of Fulcio's extensions. */
    static final String ARC = "1.3.6.1.4.1.57264.1.";
    /** The form of {@link #ISSUER} that is not DER. */
    static final String RAW_ISSUER = ARC + "1";
    /** In a subject alternative name, not an extension. */
    static final String USER_NAME = ARC + "7";

    private static final int LAST_RAW = 6;

    private final String fieldName;
    private final int number;

    FulcioExtension(String fieldName, int number) {
        this.fieldName = fieldName;
        this.number = number;
    }

    /** As configurations and messages name it, for example {@code sourceRepositoryUri}. */
    public String fieldName() {
        return fieldName;
    }

    /** Its object identifier in dots. */
    public String oid() {
        return ARC + number;
    }

    /** oid-info.md: ".1 through .6 are formatted as raw strings without any DER encoding". */
    boolean isRaw() {
        return number <= LAST_RAW;
    }

    /** oid-info.md: all of the raw ones are; of {@link #ISSUER} there is another form. */
    boolean isDeprecated() {
        return isRaw();
    }

    /** The one of this {@link #fieldName}. */
    public static Optional<FulcioExtension> named(String fieldName) {
        return Arrays.stream(values())
                .filter(one -> one.fieldName.equals(fieldName))
                .findFirst();
    }
}
