package dev.pratique.attestations.trust.tuf;

import java.util.Optional;

/**
 * Keeps what one client has trusted of one repository. It must be writable by nobody else: the protection against rollback
 * is what stands here. For one update at a time.
 */
public interface TufStore {

    /**
     * What was written under this name.
     *
     * @param name lower-case letters, digits, '.' and '-', at most 100 characters; safe as a file's name
     * @throws TufException STORE where it is there and cannot be read
     */
    Optional<byte[]> read(String name) throws TufException;

    /**
     * Puts it in the place of what was there, whole or not at all.
     *
     * @throws TufException STORE
     */
    void write(String name, byte[] content) throws TufException;

    /**
     * Forgets it, if it is there.
     *
     * @throws TufException STORE
     */
    void delete(String name) throws TufException;
}
