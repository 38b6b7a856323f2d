package dev.pratique.config;

import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.config.yaml.Node;
import dev.pratique.config.yaml.Overrides;
import dev.pratique.config.yaml.Place;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.ShapeCheck;
import dev.pratique.config.yaml.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One reading of the directory: four texts, their trees, their types, and how they fit together. */
final class Reading {
    /** Files whose every value counts as content that answers follow from. */
    private static final List<String> JUDGED_BY = List.of("trust.yaml", "policy.yaml", "catalog.yaml");

    private final SourceFiles files;
    private final Map<String, String> environment;
    private final Purpose purpose;
    private final CertificateDates dates;
    private final Problems problems;
    private final Map<String, Node.Mapping> trees = new HashMap<>();

    Reading(SourceFiles files, Map<String, String> environment, Purpose purpose, CertificateDates dates) {
        this(files, environment, purpose, dates, new Problems());
    }

    /** @param problems where it takes note of them; none yet */
    Reading(
            SourceFiles files,
            Map<String, String> environment,
            Purpose purpose,
            CertificateDates dates,
            Problems problems) {
        this.files = files;
        this.environment = environment;
        this.purpose = purpose;
        this.dates = dates;
        this.problems = problems;
    }

    Loaded load() {
        Optional<Section> proxyRoot = root("proxy.yaml", ProxyFile.SHAPE, true);
        Optional<Section> trustRoot = root("trust.yaml", TrustFile.SHAPE, false);
        Optional<Section> policyRoot = root("policy.yaml", PolicyFile.SHAPE, true);
        Optional<Section> catalogRoot = root("catalog.yaml", CatalogReader.SHAPE, false);

        boolean trusts = trustRoot.isPresent() || problemFree("trust.yaml");
        SecretReader secrets = new SecretReader(files, environment, purpose);
        Optional<ProxySettings> proxy = proxyRoot.map(new ProxyFile(files, secrets, purpose, dates)::read);
        KnownNames upstreams = upstreams(proxy);
        TrustFile trustFile = new TrustFile(
                files, upstreams, proxy.map(one -> new RefreshedRoots(files, RootCache.of(one.storage()))));
        TrustFile.Trust trust = trustRoot.map(trustFile::read).orElseGet(trustFile::absent);
        CatalogReader.Entries catalog =
                catalogRoot.map(new CatalogReader()::read).orElse(CatalogReader.absent());
        KnownNames signers = trusts
                ? KnownNames.of("signer", "trust.yaml", trust.signerNames())
                : KnownNames.unreadable("signer", "trust.yaml");
        Optional<PolicyFile.Rules> rules =
                policyRoot.map(new PolicyFile(trust, signers, new EnvironmentReader(proxy), upstreams)::read);
        if (!problems.found().isEmpty() || proxy.isEmpty() || rules.isEmpty()) {
            return new Loaded.Invalid(problems.found());
        }
        EffectiveConfig effective = EffectiveConfig.of(trees);
        PolicyRevision revision = new RevisionDigest()
                .settings(proxy.get())
                .values(JUDGED_BY.stream().collect(Collectors.toMap(file -> file, effective::content)))
                .files(contents(trust))
                .trust(trust.roots())
                .revision();
        return new Loaded.Valid(
                new Snapshot(
                        proxy.get(),
                        rules.get().environments(),
                        trust.roots(),
                        rules.get().policy(),
                        catalog.catalog(),
                        revision,
                        trust.configured()),
                effective);
    }

    private static KnownNames upstreams(Optional<ProxySettings> proxy) {
        return proxy.map(one ->
                        KnownNames.of("upstream", "proxy.yaml", one.upstreams().keySet()))
                .orElse(KnownNames.unreadable("upstream", "proxy.yaml"));
    }

    private boolean problemFree(String file) {
        return problems.found().stream().noneMatch(problem -> problem.file().equals(file));
    }

    private Optional<Section> root(String file, Shape.Keys shape, boolean required) {
        Optional<byte[]> bytes = Optional.empty();
        try {
            bytes = files.read(files.resolve(file));
            if (bytes.isEmpty() && required) {
                problems.add(Place.of(file), "", "there is no such file", absent());
            }
        } catch (IOException e) {
            problems.add(Place.of(file), "", "cannot be read", "check its permissions");
        }
        boolean readable = problemFree(file);
        Optional<Node> tree = bytes.flatMap(text -> YamlText.parse(file, text, problems));
        if (tree.isEmpty() && bytes.isPresent() && required && problemFree(file)) {
            problems.add(Place.of(file), "", "is empty", "docs/configuration.md says what belongs into it");
        }
        if (!readable || tree.isEmpty() && !problemFree(file)) {
            return Optional.empty();
        }
        return new Overrides(prefix(file), shape, problems)
                .apply(tree, environment)
                .flatMap(node -> new ShapeCheck(problems).fit(node, shape))
                .map(mapping -> {
                    trees.put(file, mapping);
                    return new Section(mapping, "", problems);
                });
    }

    private String absent() {
        return Files.isDirectory(files.directory())
                ? "the configuration is a directory of proxy.yaml, trust.yaml, policy.yaml and catalog.yaml"
                : "the configuration directory itself does not exist";
    }

    private static String prefix(String file) {
        return "PRATIQUE_" + file.replace(".yaml", "").toUpperCase(Locale.ROOT) + "_";
    }

    // Of a refreshed root what it is trusted for counts, not when it was asked for: a day's new timestamp is no other
    // answer.
    private Map<String, byte[]> contents(TrustFile.Trust trust) {
        Set<Path> counted = trust.files();
        Map<String, byte[]> contents = new TreeMap<>();
        files.contents().forEach((path, bytes) -> {
            if (counted.contains(path)) {
                contents.put(files.directory().relativize(path).toString(), bytes);
            }
        });
        trust.configured()
                .forEach(root ->
                        root.standing().ifPresent(standing -> contents.put("root " + root.name(), standing.json())));
        return contents;
    }
}
