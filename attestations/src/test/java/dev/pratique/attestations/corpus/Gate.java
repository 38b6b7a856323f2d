package dev.pratique.attestations.corpus;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.EvidenceFinder;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.testing.FakeRegistry;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.VerdictAssert;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The pull path without a network: the manifest by its digest, its evidence, the verdict. */
final class Gate {
    private Gate() {}

    static String answer(FakeRegistry registry, String digest, TrustRoots roots, Requirements requirements)
            throws MalformedEvidenceException {
        Deadline deadline = Deadline.after(Shelf.NOW, Duration.ofSeconds(10));
        Digest subject = Digest.parse(digest);
        Fetched answer = registry.fetch(
                new Fetch.ManifestOf(Shelf.REPOSITORY, new Reference.ByDigest(subject), Manifest.MAX_BYTES), deadline);
        if (!(answer instanceof Fetched.Found found)) {
            return answer.getClass().getSimpleName().toUpperCase(java.util.Locale.ROOT);
        }
        try {
            Manifest.parse(found.bytes(), found.contentType());
        } catch (MalformedEvidenceException e) {
            return "MANIFEST_INVALID";
        }
        var evidence = new EvidenceFinder(registry).find(Shelf.REPOSITORY, subject, deadline, Shelf.NOW);
        return VerdictAssert.answer(Shelf.judge(
                new Verifier(roots).verify(Shelf.REPOSITORY, Subject.of(subject, found.bytes()), evidence, Shelf.NOW),
                requirements));
    }

    /** What the evidence beside an image proves, with its manifest taken for granted. */
    static Verification verification(FakeRegistry registry, String digest, TrustRoots roots)
            throws MalformedEvidenceException {
        Deadline deadline = Deadline.after(Shelf.NOW, Duration.ofSeconds(10));
        Digest subject = Digest.parse(digest);
        var evidence = new EvidenceFinder(registry).find(Shelf.REPOSITORY, subject, deadline, Shelf.NOW);
        return new Verifier(roots).verify(Shelf.REPOSITORY, Subject.of(subject), evidence, Shelf.NOW);
    }

    static TrustRoots trusting(Path pem) throws MalformedEvidenceException {
        VerificationKey key = VerificationKey.parsePem(new String(Shared.bytes(pem), StandardCharsets.UTF_8));
        return new TrustRoots(List.of(NamedSigner.of("signer", key)));
    }
}
