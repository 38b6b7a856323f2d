/** Rules, the catalog of base images, lineage, and the judge that turns findings into a verdict. */
@NullMarked
package dev.pratique.attestations.policy;

import org.jspecify.annotations.NullMarked;
