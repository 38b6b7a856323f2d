package dev.pratique.attestations.policy;

import dev.pratique.attestations.registry.ErrorCode;

/** Why an image is not acceptable: a stable name, how HTTP says it, one sentence, and what to do about it. */
public enum RefusalReason {
    UNSIGNED(
            ErrorCode.DENIED,
            403,
            "no signature was found",
            "sign it where it is built: pratique sign IMAGE --key KEY (or cosign sign)"),
    SIGNATURE_UNTRUSTED(
            ErrorCode.DENIED,
            403,
            "it is signed, but no trusted key made the signature, or what was signed was altered",
            "sign it with a key of trust.yaml, or add the publisher's key there"),
    WRONG_SIGNER(
            ErrorCode.DENIED,
            403,
            "it is signed by a known signer, but not by one that the rule names",
            "have a signer of the rule sign it, or name this signer in the rule's signedBy"),
    TOO_FEW_SIGNERS(
            ErrorCode.DENIED,
            403,
            "fewer signers have signed it than the rule asks for",
            "have the signers that are named as missing sign it too, each with a key of its own"),
    KEY_EXPIRED(
            ErrorCode.DENIED,
            403,
            "the key that signed it has ended",
            "sign it again with the signer's present key, or set a later validUntil for this one in trust.yaml"),
    KEY_NOT_YET_VALID(
            ErrorCode.DENIED,
            403,
            "the validity of the key that signed it has not begun",
            "sign it with the signer's present key, or set an earlier validFrom for this one in trust.yaml"),
    SIGNATURE_INVALID(
            ErrorCode.DENIED,
            403,
            "its signature does not fit what was signed: one of them was altered, or belongs to something else",
            "sign it again; if nobody touched it, look at who can write to this repository"),
    IDENTITY_UNTRUSTED(
            ErrorCode.DENIED,
            403,
            "its certificate is of an authority that is trusted, for an identity that no signer of trust.yaml is",
            "sign it in the pipeline that trust.yaml names, or add this identity to a signer there"),
    CERTIFICATE_UNTRUSTED(
            ErrorCode.DENIED,
            403,
            "its certificate leads to no authority of a trust root that may speak for this repository",
            "sign it with a certificate of such an authority, or add the root to trust.yaml (pratique trust show)"),
    CERTIFICATE_UNFIT(
            ErrorCode.DENIED,
            403,
            "its certificate, or one above it, is none to sign with",
            "sign it with a certificate for code signing, as Fulcio issues them"),
    CERTIFICATE_TIME(
            ErrorCode.DENIED,
            403,
            "its certificate was not valid when it was signed",
            "sign it again: a signature must be made, stamped and logged while its certificate is valid"),
    CERTIFICATE_NOT_LOGGED(
            ErrorCode.DENIED,
            403,
            "too few certificate transparency logs of the trust root vouch for its certificate",
            "sign it with a certificate that was logged, or set certificateLogs of the root in trust.yaml"),
    LOG_ENTRY_INVALID(
            ErrorCode.DENIED,
            403,
            "the log entry that came with its signature is of something else, or the log did not sign it",
            "sign it again: a log entry cannot be copied from signature to signature"),
    NOT_LOGGED(
            ErrorCode.DENIED,
            403,
            "its signature is in fewer trusted transparency logs than the trust root asks for",
            "sign it with a log of the root, and stamped (cosign and pratique do so unless told otherwise), or set logs of the root"),
    TIMESTAMP_INVALID(
            ErrorCode.DENIED,
            403,
            "the timestamp that came with its signature is not one of this signature by its authority",
            "sign it again: a timestamp cannot be copied from signature to signature"),
    NOT_STAMPED(
            ErrorCode.DENIED,
            403,
            "fewer trusted timestamp authorities stamped its signature than the trust root asks for",
            "sign it with a timestamp authority of the root (pratique trust show), or set timestamps of the root"),
    NO_SIGNED_TIME(
            ErrorCode.DENIED,
            403,
            "nothing that the trust root trusts says when it was signed",
            "sign it with a timestamp authority, or a log that promises a time, of the root (pratique trust show)"),
    OTHER_SUBJECT(
            ErrorCode.DENIED,
            403,
            "what was found signs another image",
            "sign this digest: a signature cannot be copied from image to image"),
    NOT_A_SIGNATURE(
            ErrorCode.DENIED,
            403,
            "there are signed statements about it, but none says that the image is signed",
            "run pratique sign IMAGE: an SBOM or a scan is not a signature"),
    MALFORMED_EVIDENCE(
            ErrorCode.DENIED,
            403,
            "its signature or attestation cannot be read",
            "sign it again with pratique, cosign or another tool that follows the format"),
    EVIDENCE_NOT_JUDGED(
            ErrorCode.DENIED,
            403,
            "it is signed in a way that this version does not judge",
            "sign it with a key as well"),
    EVIDENCE_LIMIT(
            ErrorCode.DENIED,
            403,
            "there is more evidence beside it than is looked at, and what was looked at does not suffice",
            "remove stale signatures and attestations of this image from the registry"),
    NO_PROVENANCE(
            ErrorCode.DENIED,
            403,
            "no provenance by a signer of the rule was found",
            "attest it in the pipeline: pratique attest IMAGE --type slsaprovenance1 --predicate auto --key KEY"),
    PROVENANCE_BUILDER(
            ErrorCode.DENIED,
            403,
            "its provenance names a builder that the rule does not",
            "build it where the rule says, or add the builder to the rule"),
    PROVENANCE_SOURCE(
            ErrorCode.DENIED,
            403,
            "its provenance names a source that the rule does not",
            "build it from a source of the rule, or add the source to the rule"),
    PROVENANCE_REF(
            ErrorCode.DENIED,
            403,
            "its provenance names a branch or tag that the rule does not",
            "build it from a branch or tag of the rule, or add this one to the rule's refs"),
    OFF_CATALOG(
            ErrorCode.DENIED,
            403,
            "it does not stand on a base image of the catalog",
            "rebuild it on an approved base (pratique catalog list), or ask the catalog's owners to approve its base"),
    BASE_END_OF_LIFE(
            ErrorCode.DENIED,
            403,
            "its base image is past its end of life",
            "rebuild it on the base's replacement (pratique catalog show NAME)"),
    LAYERS_CONTRADICT(
            ErrorCode.DENIED,
            403,
            "its configuration lists more or fewer diff_ids than it has layers",
            "rebuild the image: no tool that follows the OCI image specification writes this"),
    NOT_RUNNABLE(
            ErrorCode.DENIED,
            403,
            "it is not an image that stands on a base",
            "let the rule say artifacts: allow if such artifacts are wanted here"),
    PLATFORM_NOT_ADMITTED(
            ErrorCode.DENIED,
            403,
            "it is for no platform that the rule admits",
            "ask for a platform of the rule, or add this one to it"),
    FOREIGN_LAYERS(
            ErrorCode.DENIED,
            403,
            "part of it is not in the registry: it has urls, which clients fetch first and past the proxy",
            "push it with its layers (skopeo copy), or let the rule say foreignLayers: allow"),
    NESTED_TOO_DEEPLY(
            ErrorCode.DENIED,
            403,
            "its index lists an index that lists indexes",
            "publish one index that lists the images themselves"),
    TAG_REFUSED(ErrorCode.DENIED, 403, "the rule refuses this tag", "pull a version or a digest"),
    REFUSED_BY_RULE(
            ErrorCode.DENIED,
            403,
            "the policy refuses this repository",
            "pull from a repository that the policy admits"),
    NO_RULE(
            ErrorCode.DENIED,
            403,
            "no rule of the policy is about this repository",
            "add a rule for it to policy.yaml"),
    MANIFEST_INVALID(
            ErrorCode.MANIFEST_INVALID,
            403,
            "its manifest cannot be read in one way only",
            "push it again with a current tool"),
    SCHEMA_1(
            ErrorCode.MANIFEST_INVALID,
            403,
            "its manifest is of Docker's schema 1, whose digest is not that of its bytes",
            "rebuild it, or convert it: skopeo copy --format oci docker://OLD docker://NEW"),
    UNKNOWN_UPSTREAM(
            ErrorCode.NAME_UNKNOWN,
            404,
            "this registry is not one of the proxy's upstreams",
            "add it to the upstreams of proxy.yaml"),
    UPSTREAM_DENIED(
            ErrorCode.DENIED,
            403,
            "the upstream does not let the proxy read it, or has no such repository",
            "check the name and the credentials of this upstream in proxy.yaml"),
    NAME_UNKNOWN(ErrorCode.NAME_UNKNOWN, 404, "the upstream has no such repository", "check the name"),
    MANIFEST_UNKNOWN(
            ErrorCode.MANIFEST_UNKNOWN, 404, "the upstream has no such image", "check the name, tag or digest"),
    BLOB_UNKNOWN(
            ErrorCode.BLOB_UNKNOWN,
            404,
            "no image of this repository that was pulled here has such a blob",
            "pull the image by its tag or digest first");

    private final ErrorCode code;
    private final int status;
    private final String sentence;
    private final String remedy;

    RefusalReason(ErrorCode code, int status, String sentence, String remedy) {
        this.code = code;
        this.status = status;
        this.sentence = sentence;
        this.remedy = remedy;
    }

    /**
     * Whether it is said of what was asked for, before there is an image to judge: then no {@link Judge} says it. Of all
     * others a judge does.
     */
    public boolean isOfTheRequest() {
        return switch (this) {
            case TAG_REFUSED,
                    REFUSED_BY_RULE,
                    NO_RULE,
                    SCHEMA_1,
                    UNKNOWN_UPSTREAM,
                    UPSTREAM_DENIED,
                    NAME_UNKNOWN,
                    MANIFEST_UNKNOWN,
                    BLOB_UNKNOWN -> true;
            default -> false;
        };
    }

    /** The distribution specification's error code. */
    public ErrorCode code() {
        return code;
    }

    /** HTTP status for clients that stop at an error; see the proxy for those that do not. */
    public int status() {
        return status;
    }

    /** One clause without a subject's name, lower case, no trailing period. */
    public String sentence() {
        return sentence;
    }

    /** What to do. */
    public String remedy() {
        return remedy;
    }
}
