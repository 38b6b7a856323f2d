/** Patterns that an operator writes over text that strangers choose. */
@NullMarked
package dev.pratique.attestations.pattern;

import org.jspecify.annotations.NullMarked;
