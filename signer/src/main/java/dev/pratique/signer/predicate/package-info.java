/** What the predicates of the known types must look like, by their specifications. */
@NullMarked
package dev.pratique.signer.predicate;

import org.jspecify.annotations.NullMarked;
