/** The commands of the proxy, and where its parts are put together. */
@NullMarked
package dev.pratique.proxy.cli;

import org.jspecify.annotations.NullMarked;
