package dev.pratique.proxy.store;

/**
 * What the store may use of the process.
 *
 * @param openFiles files kept open for the next reader; each costs a descriptor
 * @param smallBytes contents up to this length are kept in memory instead
 * @param memoryBytes all of those together
 * @param maxBlobBytes longest blob that is stored
 * @param maxFills transfers at once; each has a partial file and an upstream connection
 * @param hashedBytes contents up to this length are hashed whenever they are opened
 */
public record StoreLimits(
        int openFiles, int smallBytes, long memoryBytes, long maxBlobBytes, int maxFills, long hashedBytes) {
    /**
     * Far below the usual limit of descriptors; 64 GiB is beyond the largest images that are pulled; no manifest is longer
     * than 4 MiB, and hashing that takes some milliseconds.
     */
    public static final StoreLimits DEFAULT = new StoreLimits(1024, 64 << 10, 64L << 20, 64L << 30, 256, 4 << 20);
}
