/** RFC 3161 timestamps. */
@NullMarked
package dev.pratique.attestations.timestamp;

import org.jspecify.annotations.NullMarked;
