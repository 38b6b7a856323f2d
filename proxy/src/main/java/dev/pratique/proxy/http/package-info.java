/** The registry face: the server's pipeline, its limits, and what clients are told when they get no content. */
@NullMarked
package dev.pratique.proxy.http;

import org.jspecify.annotations.NullMarked;
