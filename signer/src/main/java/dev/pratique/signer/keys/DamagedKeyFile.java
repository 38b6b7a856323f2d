package dev.pratique.signer.keys;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;

/** What is said of a key file of which no key can be made. */
final class DamagedKeyFile {
    private DamagedKeyFile() {}

    /** @param how what is wrong with it, without any of its content */
    static Failure because(String how) {
        return Failure.of(
                Kind.FAILED,
                "the key file is damaged: " + how,
                "take it from its backup; where there is none, make a new key: pratique keys generate");
    }
}
