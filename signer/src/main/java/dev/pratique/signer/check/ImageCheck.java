package dev.pratique.signer.check;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.image.SchemaOneException;
import dev.pratique.attestations.policy.Judge;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.ShapeReader;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.EvidenceFinder;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verifier;
import dev.pratique.config.Snapshot;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Judges one image as a proxy with this configuration would, from the first request for it, and keeps nothing. */
public final class ImageCheck {
    /** A person waits, so longer than a proxy would let a client wait. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Snapshot snapshot;
    private final RegistryReader reader;
    private final InstantSource clock;

    public ImageCheck(Snapshot snapshot, RegistryReader reader, InstantSource clock) {
        this.snapshot = snapshot;
        this.reader = reader;
        this.clock = clock;
    }

    /**
     * What would be said.
     *
     * @param digest what was judged; absent where the request was answered before
     * @param rule the rule that decided; absent where none is about the repository
     */
    public record Result(ImageName image, Optional<Digest> digest, Optional<Rule> rule, Verdict verdict) {}

    /**
     * @param environment that of the client who would pull
     * @throws Failure where the image itself cannot be had
     */
    public Result check(ImageName image, String environment) throws Failure {
        Repository repository = image.repository();
        if (snapshot.proxy().upstream(repository.registry()).isEmpty()) {
            return answered(image, Optional.empty(), RefusalReason.UNKNOWN_UPSTREAM, "");
        }
        Optional<Rule> rule = snapshot.policy().ruleFor(repository, environment);
        if (rule.isEmpty()) {
            return answered(image, rule, RefusalReason.NO_RULE, "");
        }
        if (rule.get().effect() instanceof Rule.RefuseAll refuse) {
            return answered(image, rule, RefusalReason.REFUSED_BY_RULE, refuse.why());
        }
        Optional<Reference.Tag> tag = image.reference().tag();
        if (tag.isPresent() && rule.get().refusesTag(tag.get().value())) {
            return answered(image, rule, RefusalReason.TAG_REFUSED, "");
        }
        Deadline deadline = Deadline.after(clock.instant(), PATIENCE);
        Fetched answer =
                reader.fetch(new Fetch.ManifestOf(repository, image.reference(), Manifest.MAX_BYTES), deadline);
        if (answer instanceof Fetched.Missing) {
            return answered(image, rule, RefusalReason.MANIFEST_UNKNOWN, "");
        }
        Fetched.Found found = had(answer, image);
        try {
            Manifest manifest = Manifest.parse(found.bytes(), found.contentType());
            Digest digest = image.reference().pinned().orElse(manifest.digest());
            Verdict verdict = judge(repository, digest, manifest, rule.get(), deadline);
            return new Result(image, Optional.of(digest), rule, verdict);
        } catch (SchemaOneException e) {
            return answered(image, rule, RefusalReason.SCHEMA_1, e.getMessage());
        } catch (MalformedEvidenceException e) {
            return answered(image, rule, RefusalReason.MANIFEST_INVALID, e.getMessage());
        }
    }

    private static Result answered(ImageName image, Optional<Rule> rule, RefusalReason reason, String detail) {
        String said = detail.isEmpty() ? reason.sentence() : detail;
        return new Result(image, Optional.empty(), rule, new Verdict.Refused(reason, said, List.of()));
    }

    /** The manifest that was asked for, or why there is none. */
    public static Fetched.Found had(Fetched answer, ImageName image) throws Failure {
        if (answer instanceof Fetched.Found found) {
            return found;
        }
        String registry = image.repository().registry();
        if (answer instanceof Fetched.Missing) {
            throw Failure.of(
                    Kind.FAILED,
                    "there is no image " + image,
                    "see which tags there are: crane ls " + image.repository());
        }
        if (answer instanceof Fetched.Denied denied) {
            throw Failure.of(
                    Kind.NOT_AUTHORISED,
                    "registry " + registry + " does not let you read "
                            + image.repository().name() + ": it answered " + denied.status(),
                    "log in (docker login " + registry + "); the proxy may have other credentials");
        }
        if (answer instanceof Fetched.Unread unread && unread.cause().orElse(null) instanceof Failure said) {
            throw said;
        }
        String what = answer instanceof Fetched.Unread unread ? unread.what() : ((Fetched.Wrong) answer).what();
        throw Failure.of(
                Kind.UNREACHABLE,
                image + " cannot be read: " + what,
                "run it again later; is the name right, and does the network let us?");
    }

    private Verdict judge(Repository repository, Digest digest, Manifest manifest, Rule rule, Deadline deadline) {
        Instant now = clock.instant();
        Instant until = now.plus(snapshot.proxy().evidence().recheck());
        if (!(rule.effect() instanceof Rule.Require require)) {
            Finding none = Finding.notRequired(Check.EVIDENCE, "the rule admits without evidence", "");
            return new Verdict.Admitted(List.of(none), List.of(), Optional.empty(), until);
        }
        Requirements requirements = require.requirements();
        FoundEvidence evidence = requirements.needsEvidence()
                ? new EvidenceFinder(reader).find(repository, digest, deadline, now)
                : FoundEvidence.none(now);
        ShapeReader.Look look = new ShapeReader(reader).look(repository, digest, manifest, requirements, deadline);
        Verifier verifier = new Verifier(snapshot.trust());
        return new Judge(snapshot.catalog())
                .judge(new Judge.Case(
                        requirements,
                        verifier.verify(repository, Subject.of(digest, manifest.bytes()), evidence, now),
                        look.shape(),
                        look.composition(),
                        now,
                        until));
    }
}
