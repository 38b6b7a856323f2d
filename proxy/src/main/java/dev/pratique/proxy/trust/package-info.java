/** Keeps trusted roots fresh while the proxy runs. */
@NullMarked
package dev.pratique.proxy.trust;

import org.jspecify.annotations.NullMarked;
