package dev.pratique.attestations.trust;

import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whom the operator trusts: signers by name, each with its keys.
 *
 * @param signers in the order of the file
 */
public record TrustRoots(List<NamedSigner> signers) {

    /**
     * A signer as policy names it. Any of its keys signs for it.
     *
     * @param counts what of it says "this image is signed"
     */
    public record NamedSigner(String name, List<SigningKey> keys, Set<Counts> counts) {
        public NamedSigner {
            keys = List.copyOf(keys);
            counts = Set.copyOf(counts);
        }

        public NamedSigner(String name, List<SigningKey> keys) {
            this(name, keys, Set.of(Counts.SIGN));
        }

        /** With keys that sign in their default way and always count. */
        public static NamedSigner of(String name, VerificationKey... keys) {
            return new NamedSigner(name, Arrays.stream(keys).map(SigningKey::of).toList());
        }
    }

    /** What a signer may sign that counts as its signature of an image. */
    public enum Counts {
        /** What says so: a simple-signing payload, or a statement of cosign's sign type. */
        SIGN,
        /** A signature over the manifest's own bytes, as of any file. */
        MESSAGE,
        /** A statement of whatever type about the image. */
        ANY_STATEMENT
    }

    /**
     * A key as one signer has it.
     *
     * @param algorithms in which of the key's ways this signer signs; at least one, and no other is tried
     * @param validity when its signatures count
     */
    public record SigningKey(VerificationKey key, Set<SignatureAlgorithm> algorithms, Validity validity) {
        public SigningKey {
            algorithms = Set.copyOf(algorithms);
        }

        /** One that signs in its default way and always counts. */
        public static SigningKey of(VerificationKey key) {
            return new SigningKey(key, Set.of(key.defaultAlgorithm()), Validity.ALWAYS);
        }
    }

    /** One way in which a trusted key may have signed. */
    public record Way(VerificationKey key, SignatureAlgorithm algorithm) {}

    /**
     * A name that a signature counts for.
     *
     * @param validity when it does: compared with the moment of signing where that is proved, else with that of the judgement
     * @param counts what of it says "this image is signed"
     */
    public record Signatory(String name, Validity validity, Set<Counts> counts) {
        public Signatory {
            counts = Set.copyOf(counts);
        }
    }

    public TrustRoots {
        signers = List.copyOf(signers);
    }

    /** Every way of every key once, whatever the key is called. */
    public List<Way> ways() {
        Map<String, Way> ways = new LinkedHashMap<>();
        for (NamedSigner signer : signers) {
            for (SigningKey one : signer.keys()) {
                one.algorithms().stream()
                        .sorted(Comparator.comparing(SignatureAlgorithm::name))
                        .forEach(algorithm ->
                                ways.putIfAbsent(one.key().id() + " " + algorithm, new Way(one.key(), algorithm)));
            }
        }
        return List.copyOf(ways.values());
    }

    /** Whom a signature counts for that this key made in this way; the same name twice where it has the key twice. */
    public List<Signatory> signatories(Way way) {
        List<Signatory> signatories = new ArrayList<>();
        for (NamedSigner signer : signers) {
            for (SigningKey one : signer.keys()) {
                if (one.key().id().equals(way.key().id()) && one.algorithms().contains(way.algorithm())) {
                    signatories.add(new Signatory(signer.name(), one.validity(), signer.counts()));
                }
            }
        }
        return List.copyOf(signatories);
    }
}
