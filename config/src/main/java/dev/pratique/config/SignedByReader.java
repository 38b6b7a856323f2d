package dev.pratique.config;

import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.policy.SignedBy;
import dev.pratique.attestations.policy.SignerMatching;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code signedBy} of a rule, or of what it asks of provenance. */
final class SignedByReader {
    static final Shape.Keys SHAPE = Shape.keys("atLeast")
            .with("any", Shape.VALUES)
            .with("all", Shape.VALUES)
            .with("of", Shape.VALUES);

    private static final List<String> FORMS = List.of("any", "all", "of");
    private static final int MOST = 100;

    private final TrustRoots roots;
    private final KnownNames known;

    SignedByReader(TrustRoots roots, KnownNames known) {
        this.roots = roots;
        this.known = known;
    }

    /** Empty where it names nobody, which is complained about. */
    Optional<SignedBy> read(Section section) {
        List<String> forms = FORMS.stream().filter(section::has).toList();
        boolean complete = section.has("of") == section.has("atLeast");
        if (forms.size() != 1 || !complete) {
            section.refuse(
                    section.path() + " does not say who in one way",
                    "say one of any: [NAME], all: [NAME, NAME], or atLeast: 2 with of: [NAME, NAME, NAME]");
        }
        Set<String> names = new LinkedHashSet<>();
        forms.forEach(form -> section.values(form).forEach(name -> add(name, names)));
        if (names.isEmpty()) {
            return Optional.empty();
        }
        int atLeast = section.has("all") ? names.size() : section.number("atLeast", 1, MOST, 1);
        if (atLeast > names.size()) {
            section.refuse(
                    "atLeast",
                    Section.join(section.path(), "atLeast") + " is " + atLeast + ", and of names only " + names.size()
                            + (names.size() == 1 ? " signer" : " signers"),
                    "name more signers, or ask for fewer");
            return Optional.of(SignedBy.all(names));
        }
        SignedBy asked = new SignedBy(atLeast, names);
        checkReachable(section, asked);
        return Optional.of(asked);
    }

    private void add(Value name, Set<String> names) {
        known.check(name);
        if (!names.add(name.text())) {
            name.refuse(name.quoted() + " is named twice", "it counts once: remove one");
        }
    }

    // SIG-20: a key or an identity counts for one signer, so signers that share theirs may never be enough.
    private void checkReachable(Section section, SignedBy asked) {
        Map<String, List<String>> proofs = new LinkedHashMap<>();
        boolean identities = false;
        for (NamedSigner signer : roots.signers()) {
            if (asked.signers().contains(signer.name())) {
                proofs.put(signer.name(), proofs(signer));
                identities |= !signer.identities().isEmpty();
            }
        }
        boolean complained = proofs.size() < asked.signers().size()
                || proofs.values().stream().anyMatch(List::isEmpty);
        int reachable = SignerMatching.of(proofs).size();
        if (!complained && reachable < asked.atLeast()) {
            String one = identities ? " key or identity" : " key";
            String many = identities ? " different keys and identities" : " different keys";
            section.refuse(
                    section.path() + " asks for " + asked.atLeast() + " signers, and these have " + reachable
                            + (reachable == 1 ? one : many) + " between them",
                    "a" + one + " counts for one signer only: give each its own");
        }
    }

    /** What a signer may be told apart by. A pattern is as many identities as one likes, so no two are taken for one. */
    private static List<String> proofs(NamedSigner signer) {
        List<String> proofs = new ArrayList<>();
        signer.keys().forEach(one -> proofs.add(one.key().id().toString()));
        for (TrustedIdentity identity : signer.identities()) {
            IdentityRule rule = identity.rule();
            identity.pinned().ifPresent(pinned -> proofs.add(pinned.key().toString()));
            if (identity.pinned().isPresent()) {
                continue;
            }
            boolean exact =
                    rule.issuer().filter(TextPattern.Exact.class::isInstance).isPresent()
                            && rule.subject()
                                    .filter(TextPattern.Exact.class::isInstance)
                                    .isPresent();
            proofs.add(exact ? rule.issuer() + " " + rule.subject() : signer.name() + " " + proofs.size());
        }
        return proofs;
    }
}
