/**
 * The Update Framework (specification 1.0.33), as far as a client of one file needs it: pure rules over a port that fetches
 * and a port that keeps.
 */
@NullMarked
package dev.pratique.attestations.trust.tuf;

import org.jspecify.annotations.NullMarked;
