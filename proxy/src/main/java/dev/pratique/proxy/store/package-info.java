/** Content on disk under its digest, and the transfers that bring it there. */
@NullMarked
package dev.pratique.proxy.store;

import org.jspecify.annotations.NullMarked;
