package dev.pratique.proxy.store;

/** How fast a file may be read. */
@FunctionalInterface
interface Pace {
    /** As fast as it comes. */
    Pace FULL = count -> {};

    /** So many bytes were read: returns when more may be. */
    void took(int count) throws InterruptedException;
}
