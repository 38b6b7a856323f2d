/** Signing with Sigstore's services: who signs, who certifies it, who sees it. */
@NullMarked
package dev.pratique.signer.sigstore;

import org.jspecify.annotations.NullMarked;
