package dev.pratique.signer.keys;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/**
 * cosign's own encryption of private keys: JSON with scrypt and NaCl's secretbox (go-securesystemslib, package
 * {@code encrypted}; nacl.cr.yp.to/secretbox.html: XSalsa20 and Poly1305, the tag first).
 */
final class CosignKey {
    private static final int NONCE_BYTES = 24;
    private static final int TAG_BYTES = 16;
    private static final int KEY_BYTES = 32;

    private CosignKey() {}

    /** DER of the PrivateKeyInfo inside. */
    static byte[] decrypt(byte[] json, Password password) throws Failure {
        try {
            JsonObject file = StrictJson.parseObject(json, "key file", PrivateKeyFile.MAX_BYTES);
            JsonObject kdf = file.getObject("kdf");
            JsonObject cipher = file.getObject("cipher");
            if (!kdf.getString("name").equals("scrypt")
                    || !cipher.getString("name").equals("nacl/secretbox")) {
                throw Pbes2.oldEncryption();
            }
            byte[] nonce = StrictBase64.decode(cipher.getString("nonce"), "the nonce");
            byte[] box = StrictBase64.decode(file.getString("ciphertext"), "the ciphertext");
            if (nonce.length != NONCE_BYTES || box.length < TAG_BYTES) {
                throw DamagedKeyFile.because("its nonce or ciphertext has another length");
            }
            JsonObject params = kdf.getObject("params");
            byte[] key = KeyDerivation.scrypt(
                    password,
                    StrictBase64.decode(kdf.getString("salt"), "the salt"),
                    number(params, "N"),
                    number(params, "r"),
                    number(params, "p"),
                    KEY_BYTES);
            return open(box, nonce, key);
        } catch (MalformedEvidenceException e) {
            throw DamagedKeyFile.because("" + e.getMessage()).because(e);
        }
    }

    private static BigInteger number(JsonObject params, String name) throws MalformedEvidenceException {
        return BigInteger.valueOf(params.get(name).asSize(name));
    }

    private static byte[] open(byte[] box, byte[] nonce, byte[] key) throws Failure {
        XSalsa20Engine stream = new XSalsa20Engine();
        stream.init(false, new ParametersWithIV(new KeyParameter(key), nonce));
        Arrays.fill(key, (byte) 0);
        byte[] macKey = new byte[KEY_BYTES];
        stream.processBytes(macKey, 0, macKey.length, macKey, 0);
        Poly1305 mac = new Poly1305();
        mac.init(new KeyParameter(macKey));
        mac.update(box, TAG_BYTES, box.length - TAG_BYTES);
        byte[] tag = new byte[TAG_BYTES];
        mac.doFinal(tag, 0);
        if (!MessageDigest.isEqual(tag, Arrays.copyOf(box, TAG_BYTES))) {
            throw Pbes2.wrongPassword();
        }
        byte[] plain = new byte[box.length - TAG_BYTES];
        stream.processBytes(box, TAG_BYTES, plain.length, plain, 0);
        return plain;
    }
}
