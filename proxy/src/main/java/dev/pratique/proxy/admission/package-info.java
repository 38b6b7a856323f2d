/** The gate: who asks for what, under which rule, and whether it may pass. Nothing is relayed without an {@link Admission}. */
@NullMarked
package dev.pratique.proxy.admission;

import org.jspecify.annotations.NullMarked;
