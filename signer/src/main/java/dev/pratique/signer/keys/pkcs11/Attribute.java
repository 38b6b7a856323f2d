package dev.pratique.signer.keys.pkcs11;

/**
 * One attribute of an object (CK_ATTRIBUTE).
 *
 * @param type CKA_...
 */
record Attribute(long type, byte[] value) {
    static final long CLASS = 0;
    static final long TOKEN = 1;
    static final long PRIVATE = 2;
    static final long LABEL = 3;
    static final long VALUE = 0x11;
    static final long CERTIFICATE_TYPE = 0x80;
    static final long ISSUER = 0x81;
    static final long SERIAL_NUMBER = 0x82;
    static final long KEY_TYPE = 0x100;
    static final long SUBJECT = 0x101;
    static final long ID = 0x102;
    static final long SENSITIVE = 0x103;
    static final long SIGN = 0x108;
    static final long VERIFY = 0x10A;
    static final long MODULUS = 0x120;
    static final long MODULUS_BITS = 0x121;
    static final long PUBLIC_EXPONENT = 0x122;
    static final long PUBLIC_KEY_INFO = 0x129;
    static final long EXTRACTABLE = 0x162;
    static final long EC_PARAMS = 0x180;
    static final long EC_POINT = 0x181;
    static final long ALWAYS_AUTHENTICATE = 0x202;

    /** CKO_CERTIFICATE. */
    static final long CERTIFICATES = 1;
    /** CKO_PUBLIC_KEY. */
    static final long PUBLIC_KEYS = 2;
    /** CKO_PRIVATE_KEY. */
    static final long PRIVATE_KEYS = 3;

    static final long RSA = 0;
    static final long EC = 3;
    /** CKK_EC_EDWARDS of version 3.0. */
    static final long EC_EDWARDS = 0x40;

    static Attribute of(long type, boolean value) {
        return new Attribute(type, new byte[] {(byte) (value ? 1 : 0)});
    }

    /** @param value a CK_ULONG, in this machine's order of bytes */
    static Attribute of(long type, long value) {
        return new Attribute(type, Structures.ulong(value));
    }
}
