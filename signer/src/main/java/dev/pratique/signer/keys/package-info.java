/** Private keys: reading them, making them, and the password for them. */
@NullMarked
package dev.pratique.signer.keys;

import org.jspecify.annotations.NullMarked;
