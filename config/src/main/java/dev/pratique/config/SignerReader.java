package dev.pratique.config;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.PinnedCertificate;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.config.yaml.NearestName;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One signer of trust.yaml: its keys, and whom certificates may name in its place. */
final class SignerReader {
    private static final List<String> KEYS = List.of("key", "keys", "pem");
    private static final List<String> IDENTITIES =
            List.of("github", "gitlab", "google", "identities", "certificate", "publisher");
    private static final Map<String, Counts> COUNTS =
            Map.of("sign", Counts.SIGN, "message", Counts.MESSAGE, "any-statement", Counts.ANY_STATEMENT);

    static final Shape.Keys SHAPE = SigningKeyReader.SHAPE
            .with("github", ShorthandReader.GITHUB)
            .with("gitlab", ShorthandReader.GITLAB)
            .with("google", ShorthandReader.GOOGLE)
            .with("identities", new Shape.Items(IdentityReader.SHAPE, false))
            .with("certificate", Shape.VALUE)
            .with("publisher", Shape.VALUE)
            .with("roots", Shape.VALUES)
            .with("counts", Shape.VALUES);

    private final TrustFiles files;
    private final SigningKeyReader keys;
    private final KnownRoots roots;

    SignerReader(TrustFiles files, KnownRoots roots) {
        this.files = files;
        this.keys = new SigningKeyReader(files);
        this.roots = roots;
    }

    NamedSigner read(String name, Section signer) {
        boolean keyed = KEYS.stream().anyMatch(signer::has);
        boolean identified = IDENTITIES.stream().anyMatch(signer::has);
        if (!keyed && !identified) {
            signer.refuse(
                    signer.path() + " names nobody who signs",
                    "say a key (key, keys, pem), or whom certificates name (github, gitlab, google, identities, certificate, publisher)");
        }
        if (!keyed && identified) {
            SigningKeyReader.OF_ONE_KEY.stream()
                    .filter(signer::has)
                    .forEach(said -> signer.refuse(
                            said,
                            Section.join(signer.path(), said) + " is said of a key, and there is none",
                            "remove it: certificates say themselves how they sign, and when they count"));
        }
        List<SigningKey> signing = keyed ? keys.read(signer) : List.of();
        Optional<Set<String>> said = said(signer);
        if (said.isPresent()) {
            if (!identified) {
                checkWitnesses(signer);
            }
            Set<String> witnesses = witnesses(said.get());
            signing = signing.stream().map(key -> key.witnessedBy(witnesses)).toList();
        }
        return new NamedSigner(name, signing, identified ? identities(signer, said) : List.of(), counts(signer));
    }

    // Named for the certificates beside a key, a root that asks nothing takes nothing away of what the others ask
    // of the key.
    private Set<String> witnesses(Set<String> said) {
        Set<String> asking = new LinkedHashSet<>(said);
        asking.retainAll(roots.witnesses());
        return asking.isEmpty() ? said : asking;
    }

    // One of the roots is enough, so one that asks nothing takes away what the others ask.
    private void checkWitnesses(Section signer) {
        for (Value name : signer.values("roots")) {
            if (roots.known().names().contains(name.text())
                    && !roots.witnesses().contains(name.text())) {
                name.refuse(
                        "the root " + name.text()
                                + " asks for no log entry and no timestamp, so it says nothing of what " + signer.path()
                                + " signs",
                        "remove it, or have the root ask: logs: 1, or timestamps: 1");
            }
        }
    }

    private List<TrustedIdentity> identities(Section signer, Optional<Set<String>> said) {
        List<TrustedIdentity> trusted = new ArrayList<>();
        signer.section("github")
                .ifPresent(
                        section -> ShorthandReader.github(section).forEach(rule -> add(rule, section, said, trusted)));
        signer.section("gitlab")
                .ifPresent(
                        section -> ShorthandReader.gitlab(section).forEach(rule -> add(rule, section, said, trusted)));
        signer.section("google")
                .ifPresent(
                        section -> ShorthandReader.google(section).forEach(rule -> add(rule, section, said, trusted)));
        for (Section one : signer.sections("identities")) {
            IdentityReader.read(one).ifPresent(rule -> add(rule, one, said, trusted));
        }
        signer.find("certificate").ifPresent(file -> certificate(file, said, trusted));
        signer.find("publisher").ifPresent(name -> publisher(name, said, trusted));
        return trusted;
    }

    private void add(IdentityRule rule, Section section, Optional<Set<String>> said, List<TrustedIdentity> trusted) {
        Set<String> usual = rule.issuer().isPresent() ? roots.ofProviders() : roots.ofOnesOwn();
        Set<String> from = said.orElse(usual);
        if (rule.issuer().isEmpty() && (from.isEmpty() || !roots.ofOnesOwn().containsAll(from))) {
            section.refuse(
                    section.path() + " has no issuer",
                    "add issuer: URI; only of authorities of your own (roots with certificates: [FILE]) a subject is enough");
        } else if (from.isEmpty()) {
            section.refuse(
                    section.path() + " rests on no root: those of trust.yaml are authorities of your own alone",
                    "say roots: [NAME] beside it, or add a root such as sigstore: {builtIn: public-good}");
        } else {
            trusted.add(new TrustedIdentity(rule, from));
        }
    }

    private void certificate(Value file, Optional<Set<String>> said, List<TrustedIdentity> trusted) {
        files.text(file).flatMap(text -> pinned(file, text)).ifPresent(pinned -> {
            Set<String> from = said.orElseGet(() -> roots.thatIssued(pinned));
            if (!from.isEmpty()) {
                trusted.add(TrustedIdentity.of(pinned, from));
            } else if (said.isEmpty()) {
                file.refuse(
                        file.path() + " rests on no root: no root that is a file of yours issued it",
                        roots.refreshedThatIssued(pinned)
                                .map(name -> "say roots: [" + name + "] beside it: it is refreshed, and issued it")
                                .orElse("add the root that issued it: roots: {NAME: {certificates: [FILE]}};"
                                        + " certificates between the two stand behind the signer's, in its file"));
            }
        });
    }

    private static Optional<PinnedCertificate> pinned(Value file, String pem) {
        try {
            List<Certificate> chain = Certificate.parsePem(pem, RootReader.MOST_CERTIFICATES);
            if (!chain.get(0).isAuthority()) {
                return Optional.of(PinnedCertificate.of(chain));
            }
            file.refuse(
                    "the certificate of " + file.quoted() + " is an authority's, which signs no images",
                    "say the signer's own, and the authority in roots: {NAME: {certificates: [FILE]}}");
        } catch (MalformedEvidenceException e) {
            file.refuse(
                    "the file " + file.quoted() + " cannot be used: " + e.getMessage(),
                    "it is one PEM block CERTIFICATE, the signer's; those between it and its root may follow");
        }
        return Optional.empty();
    }

    private void publisher(Value name, Optional<Set<String>> said, List<TrustedIdentity> trusted) {
        Optional<Publisher> publisher = Publisher.named(name.text());
        if (publisher.isEmpty()) {
            name.refuse(
                    name.quoted() + " is no publisher that this version knows",
                    NearestName.hint(name.text(), Publisher.names()));
            return;
        }
        Set<String> from = said.orElse(roots.publicGood());
        if (from.isEmpty()) {
            name.refuse(
                    name.path() + " rests on the public Sigstore, and no root of trust.yaml is that",
                    "add the root sigstore: {builtIn: public-good}, or say roots: [NAME] beside it");
            return;
        }
        publisher.get().identities().forEach(rule -> trusted.add(new TrustedIdentity(rule, from)));
    }

    private Optional<Set<String>> said(Section signer) {
        if (!signer.has("roots")) {
            return Optional.empty();
        }
        Set<String> names = new LinkedHashSet<>();
        for (Value name : signer.values("roots")) {
            roots.known().check(name);
            if (!names.add(name.text())) {
                name.refuse(name.quoted() + " is named twice", "remove one");
            }
        }
        return Optional.of(names);
    }

    private static Set<Counts> counts(Section signer) {
        Set<Counts> counts = EnumSet.noneOf(Counts.class);
        for (Value word : signer.values("counts")) {
            Counts one = COUNTS.get(word.text());
            if (one == null) {
                word.refuse(
                        word.path() + " is " + word.quoted() + ", not sign or message or any-statement",
                        NearestName.hint(word.text(), COUNTS.keySet()));
            } else if (!counts.add(one)) {
                word.refuse(word.quoted() + " is named twice", "remove one");
            }
        }
        return counts.isEmpty() ? EnumSet.of(Counts.SIGN) : counts;
    }
}
