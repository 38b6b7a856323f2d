/** Commands, and the rules of the terminal. */
@NullMarked
package dev.pratique.signer.cli;

import org.jspecify.annotations.NullMarked;
