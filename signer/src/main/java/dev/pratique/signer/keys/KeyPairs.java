package dev.pratique.signer.keys;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;

/** New private keys with the public keys that belong to them. */
final class KeyPairs {
    private KeyPairs() {}

    static KeyPair generate(KeyType type, SecureRandom random) throws Failure {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(type.algorithm());
            if (type.bits() > 0) {
                generator.initialize(type.bits(), random);
            } else if (!type.curve().isEmpty()) {
                generator.initialize(new ECGenParameterSpec(type.curve()), random);
            } else {
                generator.initialize(NamedParameterSpec.ED25519, random);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "this Java runtime cannot make a key of type " + type,
                            "use a whole JDK or JRE of Java 17 or newer, with the security providers that come with it")
                    .because(e);
        }
    }
}
