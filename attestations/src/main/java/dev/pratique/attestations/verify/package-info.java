/** From evidence to findings and verified statements. */
@NullMarked
package dev.pratique.attestations.verify;

import org.jspecify.annotations.NullMarked;
