package dev.pratique.signer.keys.aws;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a key of AWS KMS as cosign does: {@code awskms://[ENDPOINT]/KEY}.
 *
 * @param endpoint host and port; empty for AWS's own
 * @param key an id, an alias, or the ARN of either
 * @param region of an ARN
 */
record AwsKmsReference(Optional<String> endpoint, String key, Optional<String> region) {
    private static final Pattern FORM = Pattern.compile("awskms://([A-Za-z0-9.:\\[\\]-]*)/(.+)");
    private static final String ID = "(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|mrk-[0-9a-f]{32})";
    private static final String ALIAS = "alias/[a-zA-Z0-9/_-]{1,250}";
    private static final Pattern KEY = Pattern.compile(
            ID + "|" + ALIAS + "|arn:aws[a-z-]{0,20}:kms:([a-z0-9-]{1,40}):[0-9]{12}:(?:key/" + ID + "|" + ALIAS + ")");

    static AwsKmsReference parse(String text) throws Failure {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw wrong();
        }
        Matcher key = KEY.matcher(form.group(2));
        if (!key.matches()) {
            throw wrong();
        }
        Optional<String> endpoint = Optional.of(form.group(1)).filter(host -> !host.isEmpty());
        return new AwsKmsReference(endpoint, form.group(2), Optional.ofNullable(key.group(1)));
    }

    private static Failure wrong() {
        return Failure.of(
                Kind.USAGE,
                "the name of the key in AWS KMS is wrong",
                "awskms:///KEY-ID, awskms:///alias/NAME, awskms:///arn:aws:kms:REGION:ACCOUNT:key/KEY-ID;"
                        + " another endpoint stands before the third slash");
    }
}
