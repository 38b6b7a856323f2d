/** Makes the evidence. */
@NullMarked
package dev.pratique.signer;

import org.jspecify.annotations.NullMarked;
