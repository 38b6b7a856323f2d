/** YAML 1.2 as a tree in which every value knows its line, and what may stand in it. */
@NullMarked
package dev.pratique.config.yaml;

import org.jspecify.annotations.NullMarked;
