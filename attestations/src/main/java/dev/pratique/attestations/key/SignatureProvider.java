package dev.pratique.attestations.key;

import java.security.Provider;
import java.util.Optional;

/**
 * Native arithmetic for signatures. A program that verifies many of them has one as a {@link java.util.ServiceLoader}
 * service on its class path, and it is loaded with the first signature; one that verifies a handful has none and starts
 * without waiting for a library. It decides how fast an answer comes, never which.
 */
public interface SignatureProvider {
    /**
     * Loads what it needs. Called once a process.
     *
     * @return a provider of {@code KeyFactory} "EC" and of {@code Signature} "NONEwithECDSA", which need not be installed;
     *     empty where there is none for this machine
     */
    Optional<Provider> open();
}
