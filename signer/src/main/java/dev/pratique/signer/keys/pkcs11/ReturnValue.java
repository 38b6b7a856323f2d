package dev.pratique.signer.keys.pkcs11;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;

/** What a module's function answers (PKCS #11 version 2.40, section 5.1, CK_RV). */
final class ReturnValue {
    static final long OK = 0;
    static final long CANT_LOCK = 0xA;
    static final long ATTRIBUTE_SENSITIVE = 0x11;
    static final long ATTRIBUTE_TYPE_INVALID = 0x12;
    static final long BUFFER_TOO_SMALL = 0x150;
    static final long USER_ALREADY_LOGGED_IN = 0x100;
    static final long CRYPTOKI_ALREADY_INITIALIZED = 0x191;

    private ReturnValue() {}

    /** Nothing happens where it went well. */
    static void check(long value, String doing) throws Failure {
        if (value != OK) {
            throw failure(value, doing);
        }
    }

    static Failure failure(long value, String doing) {
        if (value >= 0xA0 && value <= 0xA4 || value == 0x102) {
            return pin(value);
        }
        String what = doing + " failed: ";
        return switch ((int) value) {
            case 0x30, 0x31, 0x32, 0xE0, 0xE1, 0x3 ->
                Failure.of(
                        Kind.UNREACHABLE,
                        what + "the token does not answer or was removed",
                        "connect it, and look with its own tool whether it works");
            case 0x101 ->
                Failure.of(Kind.NOT_AUTHORISED, what + "the token wants a login", "give its PIN: see docs/keys.md");
            case 0x104 ->
                Failure.of(
                        Kind.NOT_AUTHORISED,
                        what + "another user is logged in to the token",
                        "log the security officer out first");
            case 0x68, 0x63, 0x6A ->
                Failure.of(
                        Kind.FAILED,
                        what + "the token does not let this key sign",
                        "the key needs CKA_SIGN: make one with pratique keys generate --key pkcs11:...");
            case 0x70, 0x71, 0x54, 0x140 ->
                Failure.of(
                        Kind.FAILED,
                        what + "the token cannot do that with keys of this kind",
                        "ECDSA on P-256 is what tokens do");
            case 0xE2 ->
                Failure.of(
                        Kind.NOT_AUTHORISED,
                        what + "the token is write protected",
                        "allow writing, or make the key with its own tool");
            case 0xB1, 0xB4, 0xB7 ->
                Failure.of(
                        Kind.UNREACHABLE, what + "the token has no session left", "end another program that uses it");
            case 0x7, 0x13, 0x10, 0x1B, 0xD0, 0xD1 ->
                Failure.of(
                        Kind.FAILED,
                        what + "the token does not take what was asked (" + hex(value) + ")",
                        "update the token's software; pkcs11-tool --test shows what else it does not take");
            default ->
                Failure.of(
                        Kind.FAILED,
                        what + "the module answered " + hex(value),
                        "the documentation of the token's software says what that number means");
        };
    }

    // CKR_PIN_INCORRECT, _INVALID, _LEN_RANGE, _EXPIRED, _LOCKED; CKR_USER_PIN_NOT_INITIALIZED.
    private static Failure pin(long value) {
        return switch ((int) value) {
            case 0xA0, 0xA1, 0xA2 ->
                Failure.of(
                        Kind.NOT_AUTHORISED,
                        "the token refuses the PIN",
                        "it was tried once and is not tried again, for a token locks after a few wrong ones: correct"
                                + " pin-source or PRATIQUE_PIN first");
            case 0xA3 ->
                Failure.of(Kind.NOT_AUTHORISED, "the token's PIN has expired", "set a new one with its own tool");
            case 0xA4 -> locked();
            default -> Failure.of(Kind.NOT_AUTHORISED, "the token has no PIN yet", "initialise it with its own tool");
        };
    }

    static Failure locked() {
        return Failure.of(
                Kind.NOT_AUTHORISED,
                "the token is locked: too many wrong PINs",
                "its security officer unlocks it with the token's own tool");
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
