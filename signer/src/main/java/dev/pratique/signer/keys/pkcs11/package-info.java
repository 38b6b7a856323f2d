/** Keys on tokens: hardware security modules and smart cards, by PKCS #11 (OASIS, version 2.40). */
@NullMarked
package dev.pratique.signer.keys.pkcs11;

import org.jspecify.annotations.NullMarked;
