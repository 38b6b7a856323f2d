package dev.pratique.attestations.policy;

import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.Requirements.ProvenanceRequirement;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a rule asks of an image, said to people. Stateless. */
public final class RequirementsText {
    private RequirementsText() {}

    /** One line for each thing that is asked; empty where the rule asks nothing of an image. */
    public static List<String> of(Rule rule) {
        return rule.effect() instanceof Rule.Require require ? of(require.requirements()) : List.of();
    }

    /** As {@link #of(Rule)}, and what its signers ask beside: whom certificates must name, and who must know of what a key signed. */
    public static List<String> of(Rule rule, TrustRoots trust) {
        List<String> all = new ArrayList<>(of(rule));
        Set<String> asked = new TreeSet<>();
        if (rule.effect() instanceof Rule.Require require) {
            require.requirements().signedBy().ifPresent(by -> asked.addAll(by.signers()));
            require.requirements()
                    .provenance()
                    .ifPresent(provenance -> asked.addAll(provenance.signedBy().signers()));
        }
        trust.signers().stream()
                .filter(signer -> asked.contains(signer.name()))
                .forEach(signer -> identities(signer, all));
        trust.roots().stream()
                .filter(root -> trust.signers().stream()
                        .anyMatch(signer -> asked.contains(signer.name()) && restsOn(signer, root)))
                .forEach(root -> all.add("the root " + root.name() + ": " + counts(root)));
        return List.copyOf(all);
    }

    private static boolean restsOn(NamedSigner signer, Root root) {
        return signer.identities().stream()
                        .anyMatch(one -> one.roots().isEmpty() || one.roots().contains(root.name()))
                || signer.keys().stream().anyMatch(key -> key.roots().contains(root.name()));
    }

    private static String counts(Root root) {
        return root.logs() + " of its logs, " + root.timestamps() + " of its timestamp authorities, "
                + root.certificateLogs() + " of its certificate logs";
    }

    private static void identities(NamedSigner signer, List<String> all) {
        signer.keys().stream()
                .flatMap(key -> key.lines().stream())
                .forEach(line -> all.add(signer.name() + ": " + line));
        int many = signer.identities().size();
        for (int i = 0; i < many; i++) {
            String who = signer.name() + (many == 1 ? "" : " (" + (i + 1) + " of " + many + ")");
            signer.identities().get(i).lines().forEach(line -> all.add(who + ": " + line));
        }
    }

    private static List<String> of(Requirements asked) {
        List<String> all = new ArrayList<>();
        asked.signedBy().ifPresent(by -> all.add("a signature by " + signers(by)));
        asked.provenance().ifPresent(provenance -> all.add(provenance(provenance)));
        if (asked.base() != BaseRequirement.NONE) {
            all.add("a base image of the catalog" + (asked.base() == BaseRequirement.SCRATCH ? ", or none" : ""));
        }
        if (asked.artifactsAllowed()) {
            all.add("no base image of artifacts that cannot be run");
        }
        if (!asked.platforms().isEmpty()) {
            all.add("one of the platforms " + new TreeSet<>(asked.platforms()));
        }
        if (asked.foreignLayersAllowed()) {
            all.add("nothing of what has urls, which clients fetch past the proxy");
        }
        if (asked.mode() == Mode.WARN) {
            all.add("nothing yet: the rule only warns");
        }
        return List.copyOf(all);
    }

    private static String provenance(ProvenanceRequirement provenance) {
        String text = "provenance signed by " + signers(provenance.signedBy());
        if (!provenance.builders().isEmpty()) {
            text += ", built by " + globs(provenance.builders());
        }
        if (!provenance.sources().isEmpty()) {
            text += ", from " + globs(provenance.sources());
        }
        return provenance.refs().isEmpty() ? text : text + ", of " + globs(provenance.refs());
    }

    private static String globs(Set<Glob> globs) {
        TreeSet<String> patterns = new TreeSet<>();
        globs.forEach(glob -> patterns.add(glob.pattern()));
        return either(patterns);
    }

    private static String signers(SignedBy by) {
        if (by.atLeast() == 1) {
            return either(by.signers());
        }
        return (by.atLeast() == by.signers().size() ? "each of " : by.atLeast() + " of ")
                + String.join(", ", new TreeSet<>(by.signers())) + ", each with a key of its own";
    }

    private static String either(Set<String> names) {
        return String.join(" or ", new TreeSet<>(names));
    }
}
