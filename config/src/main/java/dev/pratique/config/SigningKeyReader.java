package dev.pratique.config;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.config.yaml.NearestName;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The keys of one signer of trust.yaml. */
final class SigningKeyReader {
    private static final Shape.Keys KEY =
            Shape.keys("key", "pem", "validFrom", "validUntil").with("algorithms", Shape.VALUES);
    static final Shape.Keys SHAPE = KEY.with("keys", new Shape.Items(new Shape.ValueOrKeys(KEY), false));

    /** What is said of one key. */
    static final List<String> OF_ONE_KEY = List.of("algorithms", "validFrom", "validUntil");

    private final TrustFiles files;

    SigningKeyReader(TrustFiles files) {
        this.files = files;
    }

    List<SigningKey> read(Section signer) {
        checkForms(signer, List.of("key", "keys", "pem"), "say one of key: FILE, keys: [FILE, FILE], pem: TEXT");
        List<SigningKey> keys = new ArrayList<>();
        if (signer.has("keys")) {
            OF_ONE_KEY.stream()
                    .filter(signer::has)
                    .forEach(said -> signer.refuse(
                            said,
                            Section.join(signer.path(), said) + " is said of one key, and keys lists several",
                            "write it beside the key: keys: [{key: FILE, " + said + ": …}]"));
            signer.values("keys")
                    .forEach(file -> fromFile(file).map(SigningKey::of).ifPresent(keys::add));
            for (Section one : signer.sections("keys")) {
                checkForms(one, List.of("key", "pem"), "say one of key: FILE, pem: TEXT");
                one(one).ifPresent(keys::add);
            }
        } else {
            one(signer).ifPresent(keys::add);
        }
        checkTwice(signer, keys);
        return keys;
    }

    private static void checkForms(Section section, List<String> known, String hint) {
        long forms = known.stream().filter(section::has).count();
        if (forms != 1) {
            section.refuse(
                    forms == 0
                            ? section.path() + " has no key"
                            : section.path() + " gives its keys in more than one way",
                    hint);
        }
    }

    private static void checkTwice(Section signer, List<SigningKey> keys) {
        long different = keys.stream().map(one -> one.key().id()).distinct().count();
        if (different < keys.size()) {
            signer.refuse(
                    "keys", Section.join(signer.path(), "keys") + " has the same key twice", "keep one of the two");
        }
    }

    private Optional<SigningKey> one(Section section) {
        Optional<VerificationKey> key = section.find("key").flatMap(this::fromFile);
        Optional<VerificationKey> pem = section.find("pem").flatMap(value -> parse(value, value.text()));
        Validity validity = validity(section);
        return key.or(() -> pem).map(trusted -> new SigningKey(trusted, algorithms(section, trusted), validity));
    }

    private static Set<SignatureAlgorithm> algorithms(Section section, VerificationKey key) {
        Set<SignatureAlgorithm> algorithms = new LinkedHashSet<>();
        for (Value name : section.values("algorithms")) {
            Optional<SignatureAlgorithm> algorithm = key.algorithm(name.text());
            algorithm.ifPresent(algorithms::add);
            if (algorithm.isEmpty()) {
                List<String> names =
                        key.algorithms().stream().map(SignatureAlgorithm::name).toList();
                name.refuse(
                        name.quoted() + " is no algorithm of this " + key.type().label() + " key",
                        NearestName.hint(name.text(), names));
            }
        }
        return algorithms.isEmpty() ? Set.of(key.defaultAlgorithm()) : algorithms;
    }

    private static Validity validity(Section section) {
        Optional<LocalDate> from = section.date("validFrom");
        Optional<LocalDate> until = section.date("validUntil");
        if (from.isPresent() && until.isPresent() && !until.get().isAfter(from.get())) {
            section.refuse(
                    "validUntil",
                    "validUntil " + until.get() + " is not after validFrom " + from.get()
                            + ": the key would never count",
                    "it counts from 00:00 UTC of the one day to 00:00 UTC of the other");
            return Validity.ALWAYS;
        }
        return new Validity(from.map(SigningKeyReader::begin), until.map(SigningKeyReader::begin));
    }

    private static Instant begin(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private Optional<VerificationKey> fromFile(Value file) {
        if (file.text().contains("-----BEGIN")) {
            file.refuse(file.path() + " is a key, not a file's name", "write pem: for a key's text");
            return Optional.empty();
        }
        return files.text(file).flatMap(text -> parse(file, text));
    }

    private static Optional<VerificationKey> parse(Value value, String pem) {
        try {
            return Optional.of(VerificationKey.parsePem(pem));
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
}
