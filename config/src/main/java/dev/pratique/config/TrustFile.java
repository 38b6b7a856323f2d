package dev.pratique.config;

import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** trust.yaml. */
final class TrustFile {
    static final Shape.Keys SHAPE = Shape.keys()
            .with("signers", new Shape.Named(SigningKeyReader.SHAPE, true))
            .with("builders", new Shape.Named(Shape.VALUE, true));

    /** Builders that have a name without being configured. */
    static final Map<String, String> BUILT_IN =
            Map.of("github-hosted", "https://github.com/actions/runner/github-hosted");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final SourceFiles files;
    private final Set<Path> keyFiles = new LinkedHashSet<>();

    TrustFile(SourceFiles files) {
        this.files = files;
    }

    /**
     * What the file says.
     *
     * @param builders {@code builder.id} by the name that policy.yaml may use
     * @param signerNames of all signers, those with unusable keys included
     * @param keyFiles that the keys came from
     */
    record Trust(TrustRoots roots, Map<String, String> builders, List<String> signerNames, Set<Path> keyFiles) {}

    static Trust absent() {
        return new Trust(new TrustRoots(List.of()), BUILT_IN, List.of(), Set.of());
    }

    Trust read(Section root) {
        List<NamedSigner> signers = new ArrayList<>();
        List<String> names = new ArrayList<>();
        SigningKeyReader keys = new SigningKeyReader(files, keyFiles);
        root.section("signers")
                .ifPresent(section -> section.named().forEach((name, signer) -> {
                    checkName(name, signer);
                    names.add(name);
                    signers.add(new NamedSigner(name, keys.read(signer)));
                }));
        return new Trust(new TrustRoots(signers), builders(root), List.copyOf(names), Set.copyOf(keyFiles));
    }

    private static void checkName(String name, Section signer) {
        if (!NAME.matcher(name).matches()) {
            signer.refuse(
                    "a signer's name is letters, digits, '.', '_' and '-'",
                    "it begins with a letter or digit and has at most 64 characters");
        }
    }

    private static Map<String, String> builders(Section root) {
        Map<String, String> builders = new LinkedHashMap<>(BUILT_IN);
        root.section("builders")
                .ifPresent(section -> section.namedValues().forEach((name, id) -> {
                    if (BUILT_IN.containsKey(name)) {
                        id.refuse("the builder " + name + " is built in", "choose another name");
                    } else if (!NAME.matcher(name).matches()) {
                        id.refuse(
                                "a builder's name is letters, digits, '.', '_' and '-'",
                                "it begins with a letter or digit and has at most 64 characters");
                    } else if (!id.text().contains(":") || id.text().chars().anyMatch(c -> c <= ' ')) {
                        id.refuse(
                                id.path() + " is " + id.quoted() + ", not a URI",
                                "write the builder.id of its provenance");
                    }
                    builders.put(name, id.text());
                }));
        return Map.copyOf(builders);
    }
}
