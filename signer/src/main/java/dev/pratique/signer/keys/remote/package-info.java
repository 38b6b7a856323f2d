/** Private keys that stay where they are, whoever keeps them. */
@NullMarked
package dev.pratique.signer.keys.remote;

import org.jspecify.annotations.NullMarked;
