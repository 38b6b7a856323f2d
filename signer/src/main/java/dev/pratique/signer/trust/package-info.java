/** Refreshes trusted roots. */
@NullMarked
package dev.pratique.signer.trust;

import org.jspecify.annotations.NullMarked;
