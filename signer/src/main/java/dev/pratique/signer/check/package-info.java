/** What a proxy with this configuration would say about an image, worked out here with the user's own logins. */
@NullMarked
package dev.pratique.signer.check;

import org.jspecify.annotations.NullMarked;
