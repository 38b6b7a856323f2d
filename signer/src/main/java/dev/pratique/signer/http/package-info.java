/** Blocking HTTP with limits and deadlines, for registries, trust roots and signing services alike. */
@NullMarked
package dev.pratique.signer.http;

import org.jspecify.annotations.NullMarked;
