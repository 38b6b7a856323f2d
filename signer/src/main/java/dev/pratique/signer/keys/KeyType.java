package dev.pratique.signer.keys;

import java.util.Locale;

/** The kinds of keys that are made here. */
public enum KeyType {
    /** ECDSA over P-256. */
    P256,
    /** RSA of 3072 bits, for those who must. */
    RSA;

    static final int RSA_BITS = 3072;

    /** As people write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
