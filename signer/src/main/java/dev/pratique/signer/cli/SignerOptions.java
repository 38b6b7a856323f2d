package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.certificate.PinnedCertificate;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.pattern.UnusablePatternException;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.check.AuthorityFiles;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Who must have signed: a key, or an identity that a certificate proves. cosign's names. */
final class SignerOptions {
    /** As findings call who is asked for. */
    static final String NAME = "the signer that is asked for";

    @Option(
            names = {"-k", "--key"},
            paramLabel = "FILE",
            description =
                    "public key of the signer: a PEM file, env://VARIABLE, or where its private half is kept (docs/keys.md)")
    private Optional<String> key = Optional.empty();

    @Option(
            names = "--signature-digest-algorithm",
            paramLabel = "HASH",
            description = "the hash that the key signs with: sha256, sha384, sha512 (default: the one of its size)")
    private Optional<String> digestAlgorithm = Optional.empty();

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "the signer's certificate in PEM: for what was signed without it, and no other key counts")
    private Optional<Path> certificate = Optional.empty();

    @Option(
            names = "--certificate-identity",
            paramLabel = "TEXT",
            description = "the subject that the certificate must name: an e-mail address or a URI, exactly")
    private Optional<String> identity = Optional.empty();

    @Option(
            names = "--certificate-identity-regexp",
            paramLabel = "REGEXP",
            description = "the same as an expression, which must match the whole subject")
    private Optional<String> identityRegexp = Optional.empty();

    @Option(
            names = "--certificate-oidc-issuer",
            paramLabel = "URL",
            description =
                    "who must have vouched for the identity, exactly: https://token.actions.githubusercontent.com")
    private Optional<String> issuer = Optional.empty();

    @Option(
            names = "--certificate-oidc-issuer-regexp",
            paramLabel = "REGEXP",
            description = "the same as an expression, which must match the whole issuer")
    private Optional<String> issuerRegexp = Optional.empty();

    @Option(
            names = "--certificate-github-workflow-trigger",
            paramLabel = "EVENT",
            description = "the event that must have started the workflow: push, release")
    private Optional<String> trigger = Optional.empty();

    @Option(
            names = "--certificate-github-workflow-sha",
            paramLabel = "COMMIT",
            description = "the commit that the workflow must have run for")
    private Optional<String> sha = Optional.empty();

    @Option(
            names = "--certificate-github-workflow-name",
            paramLabel = "NAME",
            description = "the name that the workflow must have")
    private Optional<String> workflow = Optional.empty();

    @Option(
            names = "--certificate-github-workflow-repository",
            paramLabel = "OWNER/NAME",
            description = "the repository that the workflow must have run in")
    private Optional<String> repository = Optional.empty();

    @Option(
            names = "--certificate-github-workflow-ref",
            paramLabel = "REF",
            description = "the branch or tag that the workflow must have run for: refs/heads/main")
    private Optional<String> ref = Optional.empty();

    /** Whether a key is asked for and not an identity. */
    boolean byKey() {
        return key.isPresent();
    }

    /** @throws Failure where nobody is asked for, or two are */
    void requireOne() throws Failure {
        if (byKey() == (identityAsked() || certificate.isPresent())) {
            throw Failure.of(
                    Kind.USAGE,
                    byKey() ? "a key and an identity are two signers" : "it is not said who must have signed",
                    "say --key FILE, or --certificate-identity with --certificate-oidc-issuer");
        }
    }

    private boolean identityAsked() throws Failure {
        return subject().isPresent()
                || issuer().isPresent()
                || anyIssuer()
                || !extensions().isEmpty();
    }

    /** The certificate that is brought along, first, and what stands behind it; none where none is. */
    List<Certificate> certificates() throws Failure {
        return certificate.isPresent() ? new AuthorityFiles().signer(certificate.get()) : List.of();
    }

    /**
     * The signer that is asked for, where there {@link #requireOne is one}.
     *
     * @param certificates as {@link #certificates} gives them
     * @param counts what of it counts
     * @param root that must know of what the key signed, as far as it asks
     * @param issuerNeeded false where the authorities are private ones, which may have no issuers
     */
    NamedSigner signer(Task task, List<Certificate> certificates, Set<Counts> counts, Root root, boolean issuerNeeded)
            throws Failure {
        if (byKey()) {
            return new NamedSigner(NAME, List.of(signingKey(task.terminal(), root)), List.of(), counts);
        }
        if (digestAlgorithm.isPresent()) {
            throw Failure.of(
                    Kind.USAGE,
                    "--signature-digest-algorithm is for a key: a certificate says it itself",
                    "leave it out, or say --key FILE");
        }
        Optional<PinnedCertificate> pinned = pinned(certificates);
        IdentityRule rule = pinned.isPresent() && !identityAsked()
                ? new IdentityRule(Optional.empty(), Optional.empty(), Map.of())
                : rule(task, issuerNeeded);
        // There is but the one root, so it need not be named.
        TrustedIdentity trusted = new TrustedIdentity(rule, pinned, Set.of());
        return new NamedSigner(NAME, List.of(), List.of(trusted), counts);
    }

    private Optional<PinnedCertificate> pinned(List<Certificate> certificates) throws Failure {
        if (certificates.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(PinnedCertificate.of(certificates));
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            certificate.orElseThrow() + " cannot be used: " + e.getMessage(),
                            "it is the signer's own certificate, and what is above it may follow")
                    .because(e);
        }
    }

    /** Who is asked for, for people. */
    List<String> lines(NamedSigner signer) {
        if (!signer.keys().isEmpty()) {
            SigningKey one = signer.keys().get(0);
            String algorithm = one.algorithms().iterator().next().name();
            return List.of("by the key " + one.key().id().brief() + " (" + key.orElseThrow() + ", " + algorithm + ")");
        }
        return signer.identities().stream()
                .flatMap(identity -> identity.lines().stream())
                .map(line -> "by " + line)
                .toList();
    }

    private SigningKey signingKey(Terminal terminal, Root root) throws Failure {
        VerificationKey publicKey = terminal.keys().publicKey(key.orElseThrow());
        SignatureAlgorithm algorithm =
                digestAlgorithm.isEmpty() ? publicKey.defaultAlgorithm() : algorithm(publicKey, digestAlgorithm.get());
        SigningKey signing = new SigningKey(publicKey, Set.of(algorithm), Validity.ALWAYS);
        return root.logs() + root.timestamps() > 0 ? signing.witnessedBy(Set.of(root.name())) : signing;
    }

    private static SignatureAlgorithm algorithm(VerificationKey key, String name) throws Failure {
        Hash hash = switch (name) {
            case "sha256" -> Hash.SHA_256;
            case "sha384" -> Hash.SHA_384;
            case "sha512" -> Hash.SHA_512;
            default ->
                throw Failure.of(
                        Kind.USAGE,
                        "value for option '--signature-digest-algorithm' (HASH): it is one of sha256, sha384, sha512",
                        "see: pratique verify --help");
        };
        return key.algorithms().stream()
                .filter(one -> one.hash() == hash
                        && one.scheme() == key.defaultAlgorithm().scheme())
                .findFirst()
                .orElseThrow(() -> Failure.of(
                        Kind.USAGE,
                        "a key of type " + key.type().label() + " does not sign with " + name,
                        "leave --signature-digest-algorithm out"));
    }

    private IdentityRule rule(Task task, boolean issuerNeeded) throws Failure {
        Optional<TextPattern> subject = subject();
        Optional<TextPattern> from = issuer();
        Map<FulcioExtension, TextPattern> also = extensions();
        if (subject.isEmpty() && also.isEmpty()) {
            throw Failure.of(
                    Kind.USAGE,
                    "an issuer alone is everybody who has an account there",
                    "say --certificate-identity or --certificate-identity-regexp too");
        }
        if (from.isEmpty() && issuerNeeded && !anyIssuer()) {
            throw Failure.of(
                    Kind.USAGE,
                    "an identity is one only with who vouches for it",
                    "say --certificate-oidc-issuer or --certificate-oidc-issuer-regexp too");
        }
        IdentityRule rule = new IdentityRule(from, subject, also);
        if (from.isEmpty() && issuerNeeded) {
            task.warn("any issuer's word counts: whoever has such a name anywhere is taken for the signer");
        }
        rule.fault().ifPresent(fault -> task.warn("the identity that is asked for " + fault));
        return rule;
    }

    private Optional<TextPattern> subject() throws Failure {
        return pattern("--certificate-identity", identity, identityRegexp);
    }

    // "Any" is also none: certificates of private authorities have no issuer, and cosign asks so for them.
    private boolean anyIssuer() {
        return issuer.isEmpty() && issuerRegexp.equals(Optional.of(".*"));
    }

    private Optional<TextPattern> issuer() throws Failure {
        return anyIssuer() ? Optional.empty() : pattern("--certificate-oidc-issuer", issuer, issuerRegexp);
    }

    private Map<FulcioExtension, TextPattern> extensions() throws Failure {
        Map<FulcioExtension, TextPattern> also = new EnumMap<>(FulcioExtension.class);
        String option = "--certificate-github-workflow-";
        put(also, FulcioExtension.GITHUB_WORKFLOW_TRIGGER, option + "trigger", trigger);
        put(also, FulcioExtension.GITHUB_WORKFLOW_SHA, option + "sha", sha);
        put(also, FulcioExtension.GITHUB_WORKFLOW_NAME, option + "name", workflow);
        put(also, FulcioExtension.GITHUB_WORKFLOW_REPOSITORY, option + "repository", repository);
        put(also, FulcioExtension.GITHUB_WORKFLOW_REF, option + "ref", ref);
        return also;
    }

    private static void put(
            Map<FulcioExtension, TextPattern> also, FulcioExtension extension, String option, Optional<String> text)
            throws Failure {
        Optional<TextPattern> pattern = pattern(option, text, Optional.empty());
        if (pattern.isPresent()) {
            also.put(extension, pattern.get());
        }
    }

    private static Optional<TextPattern> pattern(String option, Optional<String> exact, Optional<String> regexp)
            throws Failure {
        if (exact.isPresent() && regexp.isPresent()) {
            throw Failure.of(Kind.USAGE, option + " and " + option + "-regexp are both there", "say one of them");
        }
        try {
            if (exact.isPresent()) {
                return Optional.of(TextPattern.exact(exact.get()));
            }
            return regexp.isPresent() ? Optional.of(TextPattern.regexp(regexp.get())) : Optional.empty();
        } catch (UnusablePatternException e) {
            String named = exact.isPresent() ? option : option + "-regexp";
            throw Failure.of(Kind.USAGE, "the value of " + named + " " + e.getMessage(), "see: pratique verify --help")
                    .because(e);
        }
    }
}
