/** What is known of the pipeline run that this program is a part of, and of what went into the image; as SLSA provenance. */
@NullMarked
package dev.pratique.signer.provenance;

import org.jspecify.annotations.NullMarked;
