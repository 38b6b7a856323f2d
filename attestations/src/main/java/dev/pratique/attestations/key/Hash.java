package dev.pratique.attestations.key;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;

/** What a message is hashed with before it is signed (FIPS 180-4). Weaker ones are not there to be asked for. */
public enum Hash {
    SHA_256("256", 32),
    SHA_384("384", 48),
    SHA_512("512", 64);

    private final String digits;
    private final int bytes;

    Hash(String digits, int bytes) {
        this.digits = digits;
        this.bytes = bytes;
    }

    /** As it stands in the names of algorithms. */
    String digits() {
        return digits;
    }

    /** How long a hash is. */
    public int bytes() {
        return bytes;
    }

    public byte[] of(byte[] message) {
        try {
            return MessageDigest.getInstance("SHA-" + digits).digest(message);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-" + digits, e);
        }
    }

    /** For algorithms that hash in more than one place. */
    Digest streaming() {
        return switch (this) {
            case SHA_256 -> SHA256Digest.newInstance();
            case SHA_384 -> new SHA384Digest();
            case SHA_512 -> new SHA512Digest();
        };
    }
}
