/** The operator's port: health, metrics, and pages that explain what was decided and why. */
@NullMarked
package dev.pratique.proxy.admin;

import org.jspecify.annotations.NullMarked;
