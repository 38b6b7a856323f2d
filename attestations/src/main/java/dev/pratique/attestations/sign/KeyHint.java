package dev.pratique.attestations.sign;

import dev.pratique.attestations.image.Digest;
import java.util.Base64;
import java.util.HexFormat;

/** What a bundle calls the key that signed it. */
public final class KeyHint {
    private KeyHint() {}

    /**
     * As cosign writes it into {@code verificationMaterial.publicKey.hint}: base64 of the SHA-256 of the key.
     *
     * @param spki DER of the SubjectPublicKeyInfo
     */
    public static String of(byte[] spki) {
        return Base64.getEncoder()
                .encodeToString(HexFormat.of().parseHex(Digest.sha256(spki).hex()));
    }
}
