/** The domain: bytes become evidence, evidence becomes findings, findings become a verdict. Starts no thread, opens no socket, reads no clock. */
@NullMarked
package dev.pratique.attestations;

import org.jspecify.annotations.NullMarked;
