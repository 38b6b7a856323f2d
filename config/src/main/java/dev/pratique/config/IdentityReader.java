package dev.pratique.config;

import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.pattern.UnusablePatternException;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One of a signer's {@code identities}: whom a certificate may name, in full. */
final class IdentityReader {
    private static final Shape PATTERN = new Shape.ValueOrKeys(Shape.keys("glob", "regexp"));

    static final Shape.Keys SHAPE = shape();

    private IdentityReader() {}

    private static Shape.Keys shape() {
        Shape.Keys shape = Shape.keys().with("issuer", PATTERN).with("subject", PATTERN);
        for (FulcioExtension extension : FulcioExtension.values()) {
            shape = shape.with(extension.fieldName(), PATTERN);
        }
        return shape;
    }

    /** Empty where it is complained about. */
    static Optional<IdentityRule> read(Section section) {
        Map<FulcioExtension, TextPattern> extensions = new EnumMap<>(FulcioExtension.class);
        boolean whole = true;
        for (FulcioExtension extension : FulcioExtension.values()) {
            String key = extension.fieldName();
            if (extension != FulcioExtension.ISSUER && section.has(key)) {
                Optional<TextPattern> pattern = pattern(section, key);
                pattern.ifPresent(one -> extensions.put(extension, one));
                whole &= pattern.isPresent();
            }
        }
        Optional<TextPattern> issuer = pattern(section, "issuer");
        Optional<TextPattern> subject = pattern(section, "subject");
        whole &= issuer.isPresent() == section.has("issuer") && subject.isPresent() == section.has("subject");
        if (!whole) {
            return Optional.empty();
        }
        IdentityRule rule = new IdentityRule(issuer, subject, extensions);
        Optional<String> fault = rule.fault();
        fault.ifPresent(what -> section.refuse(
                section.path() + " " + what,
                "say whose signatures count: subject: ADDRESS or URI, or sourceRepositoryUri: URI"));
        return fault.isPresent() ? Optional.empty() : Optional.of(rule);
    }

    private static Optional<TextPattern> pattern(Section section, String key) {
        Optional<Section> kinds = section.section(key);
        if (kinds.isEmpty()) {
            return section.find(key).flatMap(value -> made(value, "exact"));
        }
        List<String> said =
                List.of("glob", "regexp").stream().filter(kinds.get()::has).toList();
        if (said.size() > 1) {
            kinds.get().refuse(kinds.get().path() + " is a glob and a regexp", "keep one of the two");
            return Optional.empty();
        }
        return said.stream().findFirst().flatMap(kind -> kinds.get().find(kind).flatMap(value -> made(value, kind)));
    }

    private static Optional<TextPattern> made(Value value, String kind) {
        try {
            return Optional.of(
                    switch (kind) {
                        case "glob" -> TextPattern.glob(value.text());
                        case "regexp" -> TextPattern.regexp(value.text());
                        default -> TextPattern.exact(value.text());
                    });
        } catch (UnusablePatternException e) {
            value.refuse(
                    value.path() + " " + e.getMessage(),
                    kind.equals("regexp")
                            ? "the syntax is RE2's (github.com/google/re2/wiki/Syntax); it is always over the whole text"
                            : "write the text as it stands in the certificate, or {glob: TEXT} with * for a part of it");
            return Optional.empty();
        }
    }
}
