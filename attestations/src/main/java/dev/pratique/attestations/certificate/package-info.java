/** X.509 certificates: untrusted until a path to a trusted authority is proved. */
@NullMarked
package dev.pratique.attestations.certificate;

import org.jspecify.annotations.NullMarked;
