/** A blocking registry client: credentials, pushing evidence, and the port through which the domain reads. */
@NullMarked
package dev.pratique.signer.publish;

import org.jspecify.annotations.NullMarked;
