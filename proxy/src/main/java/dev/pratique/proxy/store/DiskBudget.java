package dev.pratique.proxy.store;

import java.util.OptionalLong;

/**
 * How much of a disk content may take.
 *
 * @param maxBytes of all content; 0: no limit
 * @param keepFree bytes of the file system that content leaves free; empty: a twentieth of it, but no more than
 *     {@code keepFreeAtMost}
 * @param keepFreeAtMost bytes
 */
public record DiskBudget(long maxBytes, OptionalLong keepFree, long keepFreeAtMost) {
    /** As much as fits. */
    public static final DiskBudget UNLIMITED = new DiskBudget(0, OptionalLong.of(0), 0);

    private static final int SHARE = 20;

    /** @param total size of the file system in bytes */
    long keptFree(long total) {
        return keepFree.orElse(Math.min(keepFreeAtMost, total / SHARE));
    }
}
