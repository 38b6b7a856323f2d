/** Public keys and what a signature by one of them is. */
@NullMarked
package dev.pratique.attestations.key;

import org.jspecify.annotations.NullMarked;
