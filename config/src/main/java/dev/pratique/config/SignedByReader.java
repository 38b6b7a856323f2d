package dev.pratique.config;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.policy.SignedBy;
import dev.pratique.attestations.policy.SignerMatching;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
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

    // SIG-20: a key counts for one signer, so signers that share their keys may never be enough.
    private void checkReachable(Section section, SignedBy asked) {
        Map<String, List<Digest>> keys = new LinkedHashMap<>();
        for (NamedSigner signer : roots.signers()) {
            if (asked.signers().contains(signer.name())) {
                List<Digest> ids = new ArrayList<>();
                signer.keys().forEach(one -> ids.add(one.key().id()));
                keys.put(signer.name(), ids);
            }
        }
        boolean complained =
                keys.size() < asked.signers().size() || keys.values().stream().anyMatch(List::isEmpty);
        int reachable = SignerMatching.of(keys).size();
        if (!complained && reachable < asked.atLeast()) {
            section.refuse(
                    section.path() + " asks for " + asked.atLeast() + " signers, and these have " + reachable
                            + (reachable == 1 ? " key" : " different keys") + " between them",
                    "a key counts for one signer only: give each its own");
        }
    }
}
