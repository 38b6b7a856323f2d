/** Digests, references, manifests and configurations as the OCI image specification defines them. */
@NullMarked
package dev.pratique.attestations.image;

import org.jspecify.annotations.NullMarked;
