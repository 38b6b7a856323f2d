/** Reads registries and layouts on disk: Netty client, connection pools, upstream authentication. */
@NullMarked
package dev.pratique.proxy.upstream;

import org.jspecify.annotations.NullMarked;
