/** Keys of AWS Key Management Service, by its JSON protocol and nothing of Amazon's. */
@NullMarked
package dev.pratique.signer.keys.aws;

import org.jspecify.annotations.NullMarked;
