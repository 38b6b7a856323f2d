package dev.pratique.signer.keys.pkcs11;

import dev.pratique.attestations.Printable;

/**
 * A token in a slot (CK_TOKEN_INFO).
 *
 * @param slot number of the slot
 * @param flags CKF_...
 */
record TokenInfo(long slot, String label, String manufacturer, String model, String serial, long flags) {
    private static final long LOGIN_REQUIRED = 0x4;
    private static final long PROTECTED_AUTHENTICATION_PATH = 0x100;
    private static final long INITIALIZED = 0x400;
    private static final long FINAL_TRY = 0x20000;
    private static final long LOCKED = 0x40000;

    boolean matches(Pkcs11Uri uri) {
        return uri.token().map(label::equals).orElse(true)
                && uri.manufacturer().map(manufacturer::equals).orElse(true)
                && uri.model().map(model::equals).orElse(true)
                && uri.serial().map(serial::equals).orElse(true)
                && uri.slot().map(number -> number == slot).orElse(initialised());
    }

    boolean initialised() {
        return (flags & INITIALIZED) != 0;
    }

    boolean wantsLogin() {
        return (flags & LOGIN_REQUIRED) != 0;
    }

    /** Whether the PIN is typed at the token. */
    boolean hasPinPad() {
        return (flags & PROTECTED_AUTHENTICATION_PATH) != 0;
    }

    /** Whether a wrong PIN locks it now. */
    boolean onLastTry() {
        return (flags & FINAL_TRY) != 0;
    }

    boolean locked() {
        return (flags & LOCKED) != 0;
    }

    /** For people. */
    String name() {
        return "'" + Printable.line(label) + "'";
    }

    /** For people who must tell it from others. */
    String line() {
        return name() + " (serial " + Printable.line(serial) + ", slot-id " + slot + ")";
    }
}
