/** The operator's files become types, and back. File I/O only. */
@NullMarked
package dev.pratique.config;

import org.jspecify.annotations.NullMarked;
