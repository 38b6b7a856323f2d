package dev.pratique.attestations.image;

import dev.pratique.attestations.MalformedEvidenceException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A content digest (OCI image-spec, descriptor.md, "Digests"): {@code sha256:} or {@code sha512:} and lower-case hex.
 * Nothing else is ever one, so its text is safe in a path.
 *
 * @param algorithm the registered algorithm
 * @param hex lower-case hexadecimal of the algorithm's length
 */
public record Digest(Algorithm algorithm, String hex) {

    /** The algorithms that the OCI image specification registers. */
    public enum Algorithm {
        SHA256("sha256", "SHA-256", 64),
        SHA512("sha512", "SHA-512", 128);

        private final String prefix;
        private final String jca;
        private final int hexLength;

        Algorithm(String prefix, String jca, int hexLength) {
            this.prefix = prefix;
            this.jca = jca;
            this.hexLength = hexLength;
        }

        /** As written before the colon. */
        public String prefix() {
            return prefix;
        }

        /** A fresh digest of the JDK. */
        public MessageDigest newDigest() {
            try {
                return MessageDigest.getInstance(jca);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this Java runtime lacks " + jca, e);
            }
        }
    }

    public Digest {
        if (!isHex(hex, algorithm.hexLength)) {
            throw new IllegalArgumentException("not a digest value");
        }
    }

    /** The SHA-256 digest of these bytes. */
    public static Digest sha256(byte[] bytes) {
        return of(Algorithm.SHA256, bytes);
    }

    /** The digest of these bytes. */
    public static Digest of(Algorithm algorithm, byte[] bytes) {
        return new Digest(
                algorithm, HexFormat.of().formatHex(algorithm.newDigest().digest(bytes)));
    }

    /** @throws MalformedEvidenceException for anything but a registered algorithm with lower-case hex of its length */
    public static Digest parse(String text) throws MalformedEvidenceException {
        for (Algorithm algorithm : Algorithm.values()) {
            int colon = algorithm.prefix.length();
            if (text.length() == colon + 1 + algorithm.hexLength
                    && text.startsWith(algorithm.prefix)
                    && text.charAt(colon) == ':'
                    && isHex(text.substring(colon + 1), algorithm.hexLength)) {
                return new Digest(algorithm, text.substring(colon + 1));
            }
        }
        throw new MalformedEvidenceException("not a sha256 or sha512 digest in lower-case hex");
    }

    /** Whether the bytes have this digest. */
    public boolean matches(byte[] bytes) {
        return of(algorithm, bytes).equals(this);
    }

    /** The first twelve hex digits, for people. */
    public String brief() {
        return hex.substring(0, 12);
    }

    // As the compiler would make them, without the method handles that it makes them of: those are built anew in
    // every process, and digests are what every command compares.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Digest digest && algorithm == digest.algorithm && hex.equals(digest.hex);
    }

    @Override
    public int hashCode() {
        return hex.hashCode();
    }

    @Override
    public String toString() {
        return algorithm.prefix + ":" + hex;
    }

    private static boolean isHex(String text, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }
}
