/** What verified bytes claim: in-toto statements and their predicates. */
@NullMarked
package dev.pratique.attestations.statement;

import org.jspecify.annotations.NullMarked;
