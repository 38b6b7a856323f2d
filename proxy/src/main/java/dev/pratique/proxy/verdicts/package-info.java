/** What was decided and on what evidence, in RocksDB: verdicts, evidence, membership. A record that cannot be read is a miss. */
@NullMarked
package dev.pratique.proxy.verdicts;

import org.jspecify.annotations.NullMarked;
