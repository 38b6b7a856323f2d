package dev.pratique.config;

import java.util.Set;

/**
 * The roots that a signer may rest on, by their names. One that cannot be used, and is complained about, is among all of
 * them.
 *
 * @param publicGood those that are the public Sigstore
 * @param ofProviders whose certificates say which issuer vouched: all but plain authorities
 * @param ofOnesOwn without a certificate transparency log: authorities that certify for their owner alone
 * @param witnesses that ask for a log entry or a timestamp, so that they say something of what a plain key signs
 */
record KnownRoots(
        KnownNames known,
        Set<String> publicGood,
        Set<String> ofProviders,
        Set<String> ofOnesOwn,
        Set<String> witnesses) {
    KnownRoots {
        publicGood = Set.copyOf(publicGood);
        ofProviders = Set.copyOf(ofProviders);
        ofOnesOwn = Set.copyOf(ofOnesOwn);
        witnesses = Set.copyOf(witnesses);
    }
}
