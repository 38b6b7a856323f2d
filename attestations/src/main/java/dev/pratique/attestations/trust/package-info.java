/** Whom an operator trusts: named signers, authorities, logs. */
@NullMarked
package dev.pratique.attestations.trust;

import org.jspecify.annotations.NullMarked;
