/** Obtains a verdict before it relays a byte. */
@NullMarked
package dev.pratique.proxy;

import org.jspecify.annotations.NullMarked;
