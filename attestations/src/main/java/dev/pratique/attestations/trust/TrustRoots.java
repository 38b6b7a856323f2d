package dev.pratique.attestations.trust;

import dev.pratique.attestations.certificate.CertificateIdentity;
import dev.pratique.attestations.certificate.PinnedCertificate;
import dev.pratique.attestations.certificate.ProvedCertificate;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.pattern.Glob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whom the operator trusts: signers by name, each with its keys and identities, and the roots that say whose certificates
 * prove an identity.
 *
 * @param signers in the order of the file
 * @param roots in the order in which they are tried
 */
public record TrustRoots(List<NamedSigner> signers, List<Root> roots) {

    /**
     * A signer as policy names it. Any of its keys signs for it, and so does any of its identities.
     *
     * @param counts what of it says "this image is signed"
     */
    public record NamedSigner(
            String name, List<SigningKey> keys, List<TrustedIdentity> identities, Set<Counts> counts) {
        public NamedSigner {
            keys = List.copyOf(keys);
            identities = List.copyOf(identities);
            counts = Set.copyOf(counts);
        }

        /** With keys alone, of which nothing counts but what says so. */
        public NamedSigner(String name, List<SigningKey> keys) {
            this(name, keys, List.of(), Set.of(Counts.SIGN));
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
     * @param roots names of the roots of which one must have in its logs, and stamped, what the key signed, as often as the root
     *     asks; empty: nobody need know of it
     */
    public record SigningKey(
            VerificationKey key, Set<SignatureAlgorithm> algorithms, Validity validity, Set<String> roots) {
        public SigningKey {
            algorithms = Set.copyOf(algorithms);
            roots = Set.copyOf(roots);
        }

        /** One whose signatures nobody else need know of. */
        public SigningKey(VerificationKey key, Set<SignatureAlgorithm> algorithms, Validity validity) {
            this(key, algorithms, validity, Set.of());
        }

        public SigningKey witnessedBy(Set<String> names) {
            return new SigningKey(key, algorithms, validity, names);
        }

        /** All that it asks beside a signature by the key, a line each, for people. */
        public List<String> lines() {
            return roots.isEmpty()
                    ? List.of()
                    : List.of("the key " + key.id().brief() + ", logged and stamped as the root "
                            + String.join(" or ", new TreeSet<>(roots)) + " asks");
        }

        /** One that signs in its default way and always counts. */
        public static SigningKey of(VerificationKey key) {
            return new SigningKey(key, Set.of(key.defaultAlgorithm()), Validity.ALWAYS);
        }
    }

    /**
     * Whom a certificate may name.
     *
     * @param pinned whose key and names it must have; empty: anybody's
     * @param roots names of the roots whose certificates may; empty: any root
     */
    public record TrustedIdentity(IdentityRule rule, Optional<PinnedCertificate> pinned, Set<String> roots) {
        public TrustedIdentity {
            roots = Set.copyOf(roots);
        }

        /** With whatever key. */
        public TrustedIdentity(IdentityRule rule, Set<String> roots) {
            this(rule, Optional.empty(), roots);
        }

        /**
         * Whoever has the key of this certificate, under the names that it has.
         *
         * @param roots whose certificates may say so, not empty: who has the key of a certificate that ended would have
         *     another authority certify it anew
         */
        public static TrustedIdentity of(PinnedCertificate pinned, Set<String> roots) {
            if (roots.isEmpty()) {
                throw new IllegalArgumentException("a pinned certificate rests on named roots");
            }
            return new TrustedIdentity(IdentityRule.WHATEVER, Optional.of(pinned), roots);
        }

        private boolean matches(CertificateIdentity identity, Digest certified, String root) {
            return (roots.isEmpty() || roots.contains(root))
                    && pinned.filter(wanted -> !wanted.isSignerOf(certified, identity))
                            .isEmpty()
                    && rule.matches(identity);
        }

        /** All that it asks, a line each, for people. */
        public List<String> lines() {
            List<String> lines = new ArrayList<>();
            pinned.ifPresent(wanted -> lines.addAll(wanted.lines()));
            lines.addAll(rule.lines());
            if (!roots.isEmpty()) {
                lines.add("by the root " + String.join(" or ", new TreeSet<>(roots)));
            }
            return List.copyOf(lines);
        }
    }

    /**
     * Authorities and logs under one name, and what is asked of what rests on them.
     *
     * @param repositories patterns of the repositories that it may speak for; empty: all
     * @param logs how many of its transparency logs must have the signature
     * @param timestamps how many of its timestamp authorities must have stamped it
     * @param certificateLogs how many certificate transparency logs must vouch for the certificate
     * @param staleSince from when on its metadata is too old to be relied on; empty where it is used all the same
     */
    public record Root(
            String name,
            TrustedRoot material,
            List<Glob> repositories,
            int logs,
            int timestamps,
            int certificateLogs,
            Optional<Instant> staleSince) {
        public Root {
            repositories = List.copyOf(repositories);
        }

        boolean speaksFor(Repository repository) {
            return repositories.isEmpty()
                    || repositories.stream().anyMatch(glob -> glob.matches(repository.toString()));
        }

        /** Whether what rests on it can be neither believed nor refused: its metadata ended, or never came. */
        public boolean isStale(Instant now) {
            return staleSince.filter(since -> !now.isBefore(since)).isPresent();
        }

        /** Whether nothing is known of it yet: neither whom it trusts nor whom it does not. */
        public boolean isNeverFetched() {
            return staleSince.isPresent() && material.authorities().isEmpty() && !saysTimes();
        }

        /** Whether it has anybody who vouches for when something was signed. */
        public boolean saysTimes() {
            return !material.logs().isEmpty()
                    || !material.timestampAuthorities().isEmpty();
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
        roots = List.copyOf(roots);
    }

    /** With keys alone. */
    public TrustRoots(List<NamedSigner> signers) {
        this(signers, List.of());
    }

    /** The roots that may speak for a repository. */
    public List<Root> rootsFor(Repository repository) {
        return roots.stream().filter(root -> root.speaksFor(repository)).toList();
    }

    /**
     * Whom a certificate counts for.
     *
     * @param root by which it is proved
     * @param validity when it does
     */
    public List<Signatory> signatories(ProvedCertificate certificate, String root, Validity validity) {
        return named(certificate.identity(), certificate.key().id(), root).stream()
                .map(signer -> new Signatory(signer.name(), validity, signer.counts()))
                .toList();
    }

    /**
     * Names of the signers for whom a certificate may count, should it hold.
     *
     * @param key SHA-256 of its SubjectPublicKeyInfo
     */
    public Set<String> names(CertificateIdentity identity, Digest key, String root) {
        return named(identity, key, root).stream().map(NamedSigner::name).collect(Collectors.toSet());
    }

    /** Whether certificates of this root may count for anybody at all. */
    public boolean mayCount(String root) {
        return signers.stream()
                .flatMap(signer -> signer.identities().stream())
                .anyMatch(one -> one.roots.isEmpty() || one.roots.contains(root));
    }

    private List<NamedSigner> named(CertificateIdentity identity, Digest key, String root) {
        return signers.stream()
                .filter(signer -> signer.identities().stream().anyMatch(one -> one.matches(identity, key, root)))
                .toList();
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

    /** A key as the signer of this name has it. */
    public record Holder(String name, SigningKey key, Set<Counts> counts) {
        public Signatory signatory() {
            return new Signatory(name, key.validity(), counts);
        }
    }

    /** Who may have signed where this key did in this way; the same name twice where it has the key twice. */
    public List<Holder> holders(Way way) {
        List<Holder> holders = new ArrayList<>();
        for (NamedSigner signer : signers) {
            for (SigningKey one : signer.keys()) {
                if (one.key().id().equals(way.key().id()) && one.algorithms().contains(way.algorithm())) {
                    holders.add(new Holder(signer.name(), one, signer.counts()));
                }
            }
        }
        return List.copyOf(holders);
    }
}
