package dev.pratique.config;

import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.config.RootReader.ReadRoot;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** trust.yaml. */
final class TrustFile {
    static final Shape.Keys SHAPE = Shape.keys()
            .with("roots", new Shape.Named(RootReader.SHAPE, true))
            .with("signers", new Shape.Named(SignerReader.SHAPE, true))
            .with("builders", new Shape.Named(Shape.VALUE, true));

    /** Builders that have a name without being configured. */
    static final Map<String, String> BUILT_IN =
            Map.of("github-hosted", "https://github.com/actions/runner/github-hosted");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final TrustFiles files;
    private final RootReader roots;

    /** @param refreshed what updates of roots left; empty where proxy.yaml cannot be read */
    TrustFile(SourceFiles files, KnownNames upstreams, Optional<RefreshedRoots> refreshed) {
        this.files = new TrustFiles(files);
        this.roots = new RootReader(this.files, new RepositoryPattern(upstreams), refreshed);
    }

    /**
     * What the file says.
     *
     * @param builders {@code builder.id} by the name that policy.yaml may use
     * @param signerNames of all signers, those with unusable keys included
     * @param files that keys, certificates and roots came from
     * @param configured the roots, for those who show or refresh them
     */
    record Trust(
            TrustRoots roots,
            Map<String, String> builders,
            List<String> signerNames,
            Set<Path> files,
            List<ConfiguredRoot> configured) {}

    Trust absent() {
        ReadRoot sigstore = roots.publicSigstore();
        return new Trust(
                new TrustRoots(List.of(), List.of(sigstore.root())),
                BUILT_IN,
                List.of(),
                Set.of(),
                List.of(sigstore.configured()));
    }

    Trust read(Section file) {
        List<ReadRoot> read = new ArrayList<>();
        KnownRoots known = roots(file, read);
        List<NamedSigner> signers = new ArrayList<>();
        List<String> names = new ArrayList<>();
        SignerReader reader = new SignerReader(files, known);
        file.section("signers")
                .ifPresent(section -> section.named().forEach((name, signer) -> {
                    checkName("signer", name, signer);
                    names.add(name);
                    signers.add(reader.read(name, signer));
                }));
        return new Trust(
                new TrustRoots(signers, read.stream().map(ReadRoot::root).toList()),
                builders(file),
                List.copyOf(names),
                files.paths(),
                read.stream().map(one -> inUse(one.configured(), signers)).toList());
    }

    private static ConfiguredRoot inUse(ConfiguredRoot root, List<NamedSigner> signers) {
        return root.inUse(signers.stream()
                .flatMap(signer -> Stream.concat(
                        signer.identities().stream().map(TrustedIdentity::roots),
                        signer.keys().stream().map(SigningKey::roots)))
                .anyMatch(names -> names.contains(root.name())));
    }

    private KnownRoots roots(Section file, List<ReadRoot> read) {
        if (!file.has("roots")) {
            ReadRoot sigstore = roots.publicSigstore();
            read.add(sigstore);
            Set<String> names = Set.of(RootReader.PUBLIC);
            return new KnownRoots(
                    KnownNames.of("root", "trust.yaml", names),
                    names,
                    names,
                    Set.of(),
                    names,
                    Map.of(RootReader.PUBLIC, Optional.of(sigstore.configured())));
        }
        Map<String, Optional<ConfiguredRoot>> configured = new LinkedHashMap<>();
        Set<String> publicGood = new LinkedHashSet<>();
        Set<String> ofProviders = new LinkedHashSet<>();
        Set<String> ofOnesOwn = new LinkedHashSet<>();
        Set<String> witnesses = new LinkedHashSet<>();
        file.section("roots")
                .ifPresent(section -> section.named().forEach((name, root) -> {
                    checkName("root", name, root);
                    Optional<ReadRoot> one = roots.read(name, root);
                    configured.put(name, one.map(ReadRoot::configured));
                    one.ifPresent(read::add);
                    if (one.isEmpty() || root.has("builtIn") && !root.has("certificates")) {
                        publicGood.add(name);
                    }
                    if (one.isEmpty() || !root.has("certificates")) {
                        ofProviders.add(name);
                    }
                    if (one.isEmpty() || root.has("certificates")) {
                        ofOnesOwn.add(name);
                    }
                    if (one.isEmpty()
                            || one.get().root().logs() + one.get().root().timestamps() > 0) {
                        witnesses.add(name);
                    }
                }));
        return new KnownRoots(
                KnownNames.of("root", "trust.yaml", configured.keySet()),
                publicGood,
                ofProviders,
                ofOnesOwn,
                witnesses,
                configured);
    }

    private static void checkName(String kind, String name, Section named) {
        if (!NAME.matcher(name).matches()) {
            named.refuse(
                    "a " + kind + "'s name is letters, digits, '.', '_' and '-'",
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
