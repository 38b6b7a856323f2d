/** Writes admitted content to clients. */
@NullMarked
package dev.pratique.proxy.relay;

import org.jspecify.annotations.NullMarked;
