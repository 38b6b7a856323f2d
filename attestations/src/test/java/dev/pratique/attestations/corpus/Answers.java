package dev.pratique.attestations.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What we say of the cases of one suite, each with its reason, beside what it should be. */
final class Answers {
    static final String VERIFIED = "VERIFIED";

    private final Map<String, String> seen = new TreeMap<>();

    void add(String name, String answer) {
        assertThat(seen.put(name, answer)).as(name).isNull();
    }

    /** Accepts and rejects apart: whoever refuses everything is right about most of such suites. */
    void areExactly(String suite, Map<String, String> expected) {
        long accepts = seen.values().stream().filter(VERIFIED::equals).count();
        System.out.println(suite + ": " + accepts + " accepts, " + (seen.size() - accepts) + " rejects");
        assertThat(seen).containsExactlyInAnyOrderEntriesOf(expected);
    }

    /** {@link #VERIFIED}, or every reason why it is not. */
    static String of(Verification verification) {
        if (!verification.statements().isEmpty()) {
            return VERIFIED;
        }
        return verification.rejections().stream().map(Rejection::name).sorted().collect(Collectors.joining(" "));
    }

    /** Of a bundle for a file. */
    static String of(Path bundle, byte[] artifact, TrustRoots roots) {
        return of(new Verifier(roots).verifyBundle(Subject.of(artifact), Shared.bytes(bundle), Shelf.NOW));
    }

    /** Of a bundle for a digest. */
    static String of(Path bundle, Digest artifact, TrustRoots roots) {
        return of(new Verifier(roots).verifyBundle(Subject.of(artifact), Shared.bytes(bundle), Shelf.NOW));
    }

    /** Somebody with this identity, by the rules of a root of this material as an operator gets them who says no more. */
    static TrustRoots identity(Path trustedRoot, TextPattern issuer, TextPattern subject)
            throws MalformedEvidenceException {
        IdentityRule rule = new IdentityRule(Optional.of(issuer), Optional.of(subject), Map.of());
        NamedSigner signer = new NamedSigner(
                "signer", List.of(), List.of(new TrustedIdentity(rule, Set.of())), Set.of(Counts.values()));
        return new TrustRoots(List.of(signer), List.of(root(trustedRoot)));
    }

    static TrustRoots identity(Path trustedRoot, String issuer, String subject) throws Exception {
        return identity(trustedRoot, TextPattern.exact(issuer), TextPattern.exact(subject));
    }

    /** Whoever the root's authorities vouch for. */
    static TrustRoots anybody(Path trustedRoot) throws Exception {
        TextPattern any = TextPattern.regexp(".*");
        return identity(trustedRoot, any, any);
    }

    /** A key, and the root's logs. */
    static TrustRoots key(Path pem, Path trustedRoot) throws MalformedEvidenceException {
        VerificationKey key = VerificationKey.parsePem(new String(Shared.bytes(pem), StandardCharsets.UTF_8));
        NamedSigner signer = new NamedSigner("signer", List.of(SigningKey.of(key)), List.of(), Set.of(Counts.values()));
        return new TrustRoots(List.of(signer), List.of(root(trustedRoot)));
    }

    private static Root root(Path trustedRoot) throws MalformedEvidenceException {
        TrustedRoot material = TrustedRoot.parse(Shared.bytes(trustedRoot));
        return new Root("root", material, List.of(), 1, 0, 1, Optional.empty());
    }
}
