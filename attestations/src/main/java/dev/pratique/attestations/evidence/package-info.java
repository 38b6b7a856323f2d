/** Signed bytes, untrusted until a verifier has judged them. */
@NullMarked
package dev.pratique.attestations.evidence;

import org.jspecify.annotations.NullMarked;
