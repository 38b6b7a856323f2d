/** Strict reading of JSON that a stranger wrote. */
@NullMarked
package dev.pratique.attestations.json;

import org.jspecify.annotations.NullMarked;
