package dev.pratique.signer.keys.aws;

import java.time.Instant;
import java.util.Optional;

/**
 * With what requests are signed.
 *
 * @param sessionToken there where they are temporary
 * @param expires from when on they are none; empty where nobody said
 * @param source where they are from, for people
 */
record AwsCredentials(
        String accessKeyId, String secretKey, Optional<String> sessionToken, Optional<Instant> expires, String source) {
    @Override
    public String toString() {
        return "(credentials from " + source + ")";
    }
}
