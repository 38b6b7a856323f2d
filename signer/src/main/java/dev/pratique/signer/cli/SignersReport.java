package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.config.Publisher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whom the signers of trust.yaml stand for, nothing abbreviated, and the publishers that one may name. */
record SignersReport(List<NamedSigner> signers, List<Publisher> publishers) {

    /** Comments of YAML, each beginning with {@code #}: what they stand behind reads to the same with them. */
    List<String> comments() {
        List<String> lines = new ArrayList<>();
        if (!signers.isEmpty()) {
            lines.add("whom these signers stand for:");
            signers.forEach(signer -> add(lines, signer));
        }
        lines.add("publishers that a signer may be, as {publisher: NAME}:");
        for (Publisher publisher : publishers) {
            lines.add("  " + publisher.name() + ": " + publisher.about());
            lines.add("    says so: " + publisher.source());
            publisher.identities().forEach(rule -> rule.lines().forEach(line -> lines.add("    " + line)));
        }
        return lines.stream().map(line -> "# " + Printable.line(line)).toList();
    }

    private static void add(List<String> lines, NamedSigner signer) {
        lines.add("  " + signer.name() + " (counts: " + String.join(", ", counts(signer)) + ")");
        for (SigningKey key : signer.keys()) {
            lines.add("    the key " + key.key().id() + ", " + String.join(", ", algorithms(key)) + window(key));
        }
        int many = signer.identities().size();
        for (int i = 0; i < many; i++) {
            if (many > 1) {
                lines.add("    " + (i + 1) + " of " + many + ":");
            }
            signer.identities().get(i).lines().forEach(line -> lines.add("    " + line));
        }
    }

    private static String window(SigningKey key) {
        return key.validity().from().map(from -> ", from " + from).orElse("")
                + key.validity().until().map(until -> ", until " + until).orElse("");
    }

    private static List<String> algorithms(SigningKey key) {
        return key.algorithms().stream().map(SignatureAlgorithm::name).sorted().toList();
    }

    private static List<String> counts(NamedSigner signer) {
        return signer.counts().stream().sorted().map(SignersReport::word).toList();
    }

    private static String word(Counts counts) {
        return counts.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** For programs. */
    List<Map<String, Object>> signerRows() {
        return signers.stream().map(SignersReport::row).toList();
    }

    private static Map<String, Object> row(NamedSigner signer) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", signer.name());
        row.put("counts", counts(signer));
        row.put("keys", signer.keys().stream().map(SignersReport::row).toList());
        row.put(
                "identities",
                signer.identities().stream().map(TrustedIdentity::lines).toList());
        return row;
    }

    private static Map<String, Object> row(SigningKey key) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", key.key().id().toString());
        row.put("algorithms", algorithms(key));
        row.put("validFrom", key.validity().from().map(Instant::toString).orElse(null));
        row.put("validUntil", key.validity().until().map(Instant::toString).orElse(null));
        return row;
    }

    /** For programs. */
    List<Map<String, Object>> publisherRows() {
        return publishers.stream().map(SignersReport::row).toList();
    }

    private static Map<String, Object> row(Publisher publisher) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", publisher.name());
        row.put("about", publisher.about());
        row.put("source", publisher.source());
        row.put(
                "identities",
                publisher.identities().stream().map(IdentityRule::lines).toList());
        return row;
    }
}
