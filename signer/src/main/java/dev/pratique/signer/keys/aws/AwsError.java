package dev.pratique.signer.keys.aws;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What AWS says instead of an answer: JSON of KMS (AWS JSON 1.1, {@code __type}) or XML of STS (AWS query, {@code Code}).
 *
 * @param code the name of the error; {@code HTTP 503} where there is none
 */
record AwsError(String code, String message, Optional<Instant> theirTime) {
    private static final int MAX_BYTES = 64 << 10;
    private static final Pattern XML_CODE = Pattern.compile("<Code>([A-Za-z0-9.]{1,100})</Code>");
    private static final Set<String> BUSY = Set.of(
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "TooManyRequestsException",
            "LimitExceededException",
            "KMSInternalException",
            "InternalFailure",
            "InternalServerError",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "DependencyTimeoutException",
            "KeyUnavailableException",
            "RequestTimeout",
            "IDPCommunicationError");
    private static final Duration SKEW = Duration.ofMinutes(4);

    static AwsError of(Answer answer) {
        Optional<Instant> time = answer.header("Date").flatMap(AwsError::time);
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        Matcher xml = XML_CODE.matcher(text);
        if (xml.find()) {
            return new AwsError(xml.group(1), "", time);
        }
        try {
            JsonObject json = StrictJson.parseObject(answer.body(), "the error", MAX_BYTES);
            // "com.amazonaws.kms#NotFoundException", "NotFoundException:http://..." or the name alone.
            String type = json.findString("__type")
                    .orElse("")
                    .replaceFirst("^.*#", "")
                    .replaceFirst(":.*$", "");
            String message = json.findString(json.members().containsKey("Message") ? "Message" : "message")
                    .orElse("");
            return new AwsError(type.isEmpty() ? "HTTP " + answer.status() : type, message, time);
        } catch (MalformedEvidenceException e) {
            return new AwsError("HTTP " + answer.status(), "", time);
        }
    }

    static boolean busy(Answer answer) {
        return answer.status() == 429
                || answer.status() >= 500
                || answer.status() != 200 && BUSY.contains(of(answer).code);
    }

    /**
     * As people are told it.
     *
     * @param doing to what, at whom
     * @param key which key, or whose credentials
     */
    Failure failure(String doing, String key, String source, Instant now) {
        boolean late = theirTime
                .map(time -> Duration.between(time, now).abs().compareTo(SKEW) > 0)
                .orElse(false);
        return switch (code) {
            case "AccessDeniedException", "AccessDenied" ->
                // Names the user, the action and the key.
                Failure.of(
                        Kind.NOT_AUTHORISED,
                        doing + " is not allowed" + (message.isEmpty() ? "" : ": " + Printable.line(message)),
                        "the credentials from " + source + " need it; for signing: kms:GetPublicKey and kms:Sign");
            case "InvalidSignatureException",
                    "SignatureDoesNotMatch",
                    "RequestExpired",
                    "RequestTimeTooSkewed",
                    "IncompleteSignature" ->
                late ? clock(doing, now) : credentials(doing, source, "their secret key is wrong");
            case "ExpiredTokenException", "ExpiredToken" ->
                late ? clock(doing, now) : credentials(doing, source, "they have expired");
            case "UnrecognizedClientException",
                    "InvalidClientTokenId",
                    "MissingAuthenticationToken",
                    "MissingAuthenticationTokenException",
                    "OptInRequired",
                    "NotAuthorized",
                    "InvalidIdentityToken" -> credentials(doing, source, "AWS does not know them");
            case "NotFoundException" ->
                Failure.of(
                        Kind.FAILED,
                        "AWS KMS has no key " + key,
                        "is the region right? AWS_REGION says it, or an ARN instead of the id");
            case "DisabledException" ->
                Failure.of(
                        Kind.FAILED, "the key " + key + " is disabled in AWS KMS", "enable it, or sign with another");
            case "KMSInvalidStateException" ->
                Failure.of(
                        Kind.FAILED,
                        "the key " + key + " cannot be used now: AWS KMS is about to delete it, or has not got its"
                                + " material",
                        "aws kms describe-key shows its state");
            case "InvalidKeyUsageException", "UnsupportedOperationException", "InvalidGrantTokenException" ->
                Failure.of(
                        Kind.FAILED,
                        "the key " + key + " is none that signs",
                        "make one: aws kms create-key --key-usage SIGN_VERIFY --key-spec ECC_NIST_P256");
            default ->
                BUSY.contains(code) || code.startsWith("HTTP 5") || code.equals("HTTP 429")
                        ? Failure.of(
                                Kind.UNREACHABLE,
                                doing + " was tried several times, and AWS answers " + code,
                                "try again later; kms:Sign has a quota for each account and region")
                        : Failure.of(
                                Kind.FAILED,
                                doing + " failed: AWS answers " + Printable.line(code),
                                "see the key's state and policy: aws kms describe-key, aws kms get-key-policy");
        };
    }

    private Failure clock(String doing, Instant now) {
        Duration off = Duration.between(theirTime.orElse(now), now);
        String way = off.isNegative() ? "behind" : "ahead of";
        return Failure.of(
                Kind.NOT_AUTHORISED,
                doing + " is refused because this machine's clock is "
                        + off.abs().toMinutes() + " minutes " + way + " AWS's",
                "set the clock: a signed request counts for five minutes");
    }

    private static Failure credentials(String doing, String source, String why) {
        return Failure.of(
                Kind.NOT_AUTHORISED,
                doing + " is refused: AWS does not accept the credentials from " + source + ": " + why,
                "'aws sts get-caller-identity' shows whom AWS takes them for");
    }

    private static Optional<Instant> time(String date) {
        try {
            return Optional.of(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
