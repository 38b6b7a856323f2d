package dev.pratique.signer.cli;

import dev.pratique.attestations.Rejection;

/** What whoever ran {@code verify} can do about its answer, in the words of its options; docs/verify.md has them, too. */
final class VerifyRemedy {
    /** Where no evidence was found. */
    static final String OF_NOTHING =
            "sign it, or copy its signatures to this repository too: not every tool that copies images takes them along";

    private static final String AGAIN = "have it signed again, or obtain it again from who signed it";

    private VerifyRemedy() {}

    /** One line. */
    static String of(Rejection rejection) {
        return switch (rejection) {
            case NO_TRUSTED_KEY ->
                "say the key that signed it with --key, or whom its certificate names with --certificate-identity";
            case IDENTITY_UNKNOWN ->
                "if it is this identity that you mean, say it with --certificate-identity and --certificate-oidc-issuer";
            case CERTIFICATE_UNTRUSTED ->
                "say the root of its Sigstore with --trusted-root, or its private authority with --ca-roots";
            case CERTIFICATE_NOT_LOGGED ->
                "say the log's promise with --sct, its root with --trusted-root, or --insecure-ignore-sct";
            case NOT_LOGGED ->
                "say the root that has its log with --trusted-root, or --insecure-ignore-tlog if it was never logged";
            case NOT_STAMPED, NO_SIGNED_TIME ->
                "say the root that has its timestamp authority with --trusted-root, or sign it with a timestamp";
            case CERTIFICATE_TIME -> "have it signed again while the certificate counts";
            case CERTIFICATE_UNFIT -> "have it signed with a certificate for code signing";
            case NOT_JUDGED ->
                "name the file where the findings ask for it, or have it signed in a form that this version judges";
            case LIMIT -> "remove what else lies beside it, or verify one bundle with --bundle";
            case MALFORMED,
                    SIGNATURE_INVALID,
                    OTHER_SUBJECT,
                    LOG_ENTRY_MISMATCH,
                    LOG_ENTRY_UNPROVEN,
                    TIMESTAMP_INVALID -> AGAIN;
        };
    }
}
