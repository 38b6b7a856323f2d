package dev.pratique.attestations.trust;

import dev.pratique.attestations.image.Digest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whom the operator trusts: signers by name, each with its keys.
 *
 * @param signers in the order of the file
 */
public record TrustRoots(List<NamedSigner> signers) {

    /**
     * A signer as policy names it.
     *
     * @param keys at least one; any of them signs for it
     */
    public record NamedSigner(String name, List<TrustedKey> keys) {
        public NamedSigner {
            keys = List.copyOf(keys);
        }
    }

    public TrustRoots {
        signers = List.copyOf(signers);
    }

    /** Every key once, whatever it is called. */
    public List<TrustedKey> keys() {
        Map<Digest, TrustedKey> keys = new LinkedHashMap<>();
        for (NamedSigner signer : signers) {
            signer.keys().forEach(key -> keys.putIfAbsent(key.id(), key));
        }
        return List.copyOf(keys.values());
    }

    /** The names that a key signs for. */
    public Set<String> namesOf(Digest keyId) {
        Set<String> names = new TreeSet<>();
        for (NamedSigner signer : signers) {
            if (signer.keys().stream().anyMatch(key -> key.id().equals(keyId))) {
                names.add(signer.name());
            }
        }
        return Set.copyOf(names);
    }
}
