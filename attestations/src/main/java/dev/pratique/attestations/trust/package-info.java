/** Keys and named signers that an operator trusts. */
@NullMarked
package dev.pratique.attestations.trust;

import org.jspecify.annotations.NullMarked;
