package dev.pratique.config;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustedKey;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** trust.yaml. */
final class TrustFile {
    static final Shape.Keys SHAPE = Shape.keys()
            .with("signers", new Shape.Named(Shape.keys("key", "pem").with("keys", Shape.VALUES), true))
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
        root.section("signers")
                .ifPresent(section -> section.named().forEach((name, signer) -> {
                    checkName(name, signer);
                    names.add(name);
                    signers.add(new NamedSigner(name, keys(signer)));
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

    private List<TrustedKey> keys(Section signer) {
        List<TrustedKey> keys = new ArrayList<>();
        List<Value> named = new ArrayList<>(signer.values("keys"));
        signer.find("key").ifPresent(named::add);
        Optional<Value> pem = signer.find("pem");
        long forms = List.of("key", "keys", "pem").stream().filter(signer::has).count();
        if (forms != 1) {
            signer.refuse(
                    forms == 0 ? signer.path() + " has no key" : signer.path() + " gives its keys in more than one way",
                    "say one of key: FILE, keys: [FILE, FILE], pem: TEXT");
        }
        named.forEach(value -> text(value).flatMap(text -> parse(value, text)).ifPresent(keys::add));
        pem.flatMap(value -> parse(value, value.text())).ifPresent(keys::add);
        return keys;
    }

    private Optional<String> text(Value file) {
        if (file.text().contains("-----BEGIN")) {
            file.refuse(file.path() + " is a key, not a file's name", "write pem: for a key's text");
            return Optional.empty();
        }
        try {
            Path path = files.resolve(file.text());
            keyFiles.add(path);
            Optional<byte[]> bytes = files.read(path);
            if (bytes.isEmpty()) {
                file.refuse("there is no file " + file.quoted(), "paths are relative to the configuration directory");
            }
            return bytes.map(content -> new String(content, StandardCharsets.UTF_8));
        } catch (IOException | IllegalArgumentException e) {
            file.refuse("the file " + file.quoted() + " cannot be read", "check its permissions");
            return Optional.empty();
        }
    }

    private static Optional<TrustedKey> parse(Value value, String pem) {
        try {
            return Optional.of(TrustedKey.parsePem(pem));
        } catch (MalformedEvidenceException e) {
            String hint = "make a pair: pratique keys generate";
            if (pem.contains("PRIVATE KEY")) {
                hint = "this holds a private key; trust needs the public one: pratique keys public";
            } else if (pem.contains("BEGIN CERTIFICATE")) {
                hint = "take the public key out of the certificate: openssl x509 -pubkey -noout";
            }
            value.refuse(value.path() + " cannot be used: " + e.getMessage(), hint);
            return Optional.empty();
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
