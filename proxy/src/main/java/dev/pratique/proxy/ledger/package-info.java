/** What was decided about whom: the decision log. */
@NullMarked
package dev.pratique.proxy.ledger;

import org.jspecify.annotations.NullMarked;
