/** What both programs know of the registry protocol, and where evidence is found. */
@NullMarked
package dev.pratique.attestations.registry;

import org.jspecify.annotations.NullMarked;
