/** Transparency logs: entries, proofs, checkpoints. */
@NullMarked
package dev.pratique.attestations.transparency;

import org.jspecify.annotations.NullMarked;
