/** What clients must be told so that they pull through the proxy, and what cannot be told to them. */
@NullMarked
package dev.pratique.signer.mirror;

import org.jspecify.annotations.NullMarked;
