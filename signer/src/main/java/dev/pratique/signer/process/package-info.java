/** Programs of other projects that are asked something. */
@NullMarked
package dev.pratique.signer.process;

import org.jspecify.annotations.NullMarked;
