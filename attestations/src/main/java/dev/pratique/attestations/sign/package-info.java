/** Writing of payloads, envelopes and bundles over a signer port. */
@NullMarked
package dev.pratique.attestations.sign;

import org.jspecify.annotations.NullMarked;
