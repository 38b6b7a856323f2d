package dev.pratique.proxy.admission;

import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.Composition;
import dev.pratique.attestations.policy.Judge;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.ShapeReader;
import dev.pratique.attestations.policy.ShapeReader.Look;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verifier;
import dev.pratique.proxy.admission.EvidenceKeeper.Kept;
import dev.pratique.proxy.admission.ManifestReader.Have;
import dev.pratique.proxy.admission.ManifestReader.Not;
import dev.pratique.proxy.admission.ManifestReader.Obtained;
import dev.pratique.proxy.verdicts.Member;
import dev.pratique.proxy.verdicts.StoredVerdict;
import dev.pratique.proxy.verdicts.VerdictKey;
import dev.pratique.proxy.verdicts.VerdictStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Verdicts on digests of a repository: written down before, through an admitted parent, or judged on evidence of their own.
 * Judge threads only; a judge works everything out itself and never waits for another.
 */
final class Courtroom {
    /** A layer or child may be reached through many images; this many are tried, the latest first. */
    private static final int MAX_PARENTS_TRIED = 8;
    /** Layer, manifest, index, index around it: nothing is nested deeper. */
    private static final int MAX_DEPTH = 3;
    /** What warn mode would refuse is looked at again soon, for a signature may have come. */
    private static final Duration WARNED_LIFE = Duration.ofSeconds(30);

    private final ManifestReader manifests;
    private final IndexChildren children;
    private final ShapeReader shapes;
    private final EvidenceKeeper evidence;
    private final VerdictStore records;
    private final InstantSource clock;
    private final AdmissionEvents events;
    private final EvidenceMemory memory;

    Courtroom(
            ManifestReader manifests,
            ShapeReader shapes,
            EvidenceKeeper evidence,
            EvidenceMemory memory,
            VerdictStore records,
            InstantSource clock,
            AdmissionEvents events) {
        this.manifests = manifests;
        this.children = new IndexChildren(manifests);
        this.shapes = shapes;
        this.evidence = evidence;
        this.memory = memory;
        this.records = records;
        this.clock = clock;
        this.events = events;
    }

    /**
     * A verdict.
     *
     * @param foundAt when its evidence was looked for, where there is any
     */
    record Ruling(Verdict verdict, Optional<Instant> foundAt) {
        static Ruling of(Verdict verdict) {
            return new Ruling(verdict, Optional.empty());
        }

        boolean admits() {
            return verdict instanceof Verdict.Admitted;
        }
    }

    /** On a manifest that has been got for the repository. */
    Ruling rule(Repository repository, Have have, Requirements requirements, Standard standard, Deadline deadline) {
        Optional<Ruling> written = written(repository, have.digest(), requirements, standard);
        if (written.isPresent()) {
            events.verdictFrom(AdmissionEvents.Source.STORED);
            return written.get();
        }
        Optional<Member> member = records.member(repository, have.digest());
        Optional<Ruling> throughParent = member.filter(known -> known.kind() == Member.Kind.MANIFEST)
                .flatMap(
                        known -> throughParents(repository, have.digest(), known, requirements, standard, deadline, 0));
        if (throughParent.isPresent() && throughParent.get().admits()) {
            return foreign(have, requirements).orElse(throughParent.get());
        }
        Ruling own = judge(repository, have, requirements, standard, deadline);
        boolean parentOpen = throughParent.isPresent() && throughParent.get().verdict() instanceof Verdict.Undecided;
        return parentOpen && !own.admits() ? throughParent.get() : own;
    }

    // The index was judged by what the registry had of it then; it may not have had this one.
    private static Optional<Ruling> foreign(Have have, Requirements requirements) {
        if (requirements.foreignLayersAllowed()
                || requirements.mode() == Mode.WARN
                || !(have.manifest() instanceof Manifest.Image image)) {
            return Optional.empty();
        }
        return Composition.of(image).foreign().isEmpty()
                ? Optional.empty()
                : Optional.of(Ruling.of(Inquiry.refused(RefusalReason.FOREIGN_LAYERS)));
    }

    /** On whatever a blob route may be asked for. */
    Ruling ruleOnMember(
            Repository repository,
            Digest digest,
            Optional<Member> member,
            Requirements requirements,
            Standard standard,
            Deadline deadline) {
        if (member.isEmpty()) {
            return Ruling.of(Inquiry.refused(RefusalReason.BLOB_UNKNOWN));
        }
        Ruling ruling = ruleOn(repository, digest, member.get(), requirements, standard, deadline, 0);
        if (!ruling.admits() || member.get().kind() != Member.Kind.MANIFEST) {
            return ruling;
        }
        Obtained obtained =
                manifests.kept(repository, digest, standard.settings().authorisationTtl(), deadline);
        return obtained instanceof Have have
                ? foreign(have, requirements).orElse(ruling)
                : Ruling.of(((Outcome.Stopped) ((Not) obtained).outcome()).verdict());
    }

    private Ruling ruleOn(
            Repository repository,
            Digest digest,
            Member member,
            Requirements requirements,
            Standard standard,
            Deadline deadline,
            int depth) {
        if (member.kind() == Member.Kind.EVIDENCE) {
            return Ruling.of(new Verdict.Admitted(
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    clock.instant().plus(standard.settings().recheck())));
        }
        if (member.kind() == Member.Kind.MANIFEST) {
            Optional<Ruling> written = written(repository, digest, requirements, standard);
            if (written.isPresent()) {
                return written.get();
            }
        }
        Optional<Ruling> throughParent =
                throughParents(repository, digest, member, requirements, standard, deadline, depth);
        if (throughParent.isPresent() && (throughParent.get().admits() || member.kind() == Member.Kind.BLOB)) {
            return throughParent.get();
        }
        if (member.kind() == Member.Kind.BLOB) {
            return Ruling.of(Inquiry.refused(RefusalReason.BLOB_UNKNOWN));
        }
        Obtained obtained =
                manifests.obtain(repository, digest, standard.settings().authorisationTtl(), deadline);
        return obtained instanceof Have have
                ? judge(repository, have, requirements, standard, deadline)
                : Ruling.of(((Outcome.Stopped) ((Not) obtained).outcome()).verdict());
    }

    /** The first admission through a parent, else what the latest parent came to; empty where there is none. */
    private Optional<Ruling> throughParents(
            Repository repository,
            Digest digest,
            Member member,
            Requirements requirements,
            Standard standard,
            Deadline deadline,
            int depth) {
        if (depth >= MAX_DEPTH) {
            return Optional.empty();
        }
        Optional<Ruling> latest = Optional.empty();
        for (Digest parent : member.parents().stream().limit(MAX_PARENTS_TRIED).toList()) {
            Optional<Member> known = records.member(repository, parent);
            if (known.isEmpty()
                    || !speaksFor(repository, parent, known.get(), digest, member, requirements, standard, deadline)) {
                continue;
            }
            Ruling ruling = ruleOn(repository, parent, known.get(), requirements, standard, deadline, depth + 1);
            if (ruling.admits()) {
                return Optional.of(ruling);
            }
            latest = latest.isPresent() ? latest : Optional.of(ruling);
        }
        return latest;
    }

    // Evidence speaks for its own layers only: each manifest in a list of evidence is looked at by itself.
    private boolean speaksFor(
            Repository repository,
            Digest parent,
            Member known,
            Digest digest,
            Member member,
            Requirements requirements,
            Standard standard,
            Deadline deadline) {
        return member.kind() != Member.Kind.MANIFEST
                || known.kind() != Member.Kind.EVIDENCE
                        && children.listed(repository, parent, digest, requirements, standard.settings(), deadline);
    }

    private Optional<Ruling> written(
            Repository repository, Digest digest, Requirements requirements, Standard standard) {
        Instant now = clock.instant();
        return records.verdict(key(repository, digest, requirements, standard), now)
                .filter(stored -> now.isBefore(stored.verdict().validUntil()))
                .map(stored -> new Ruling(stored.verdict(), Optional.of(stored.foundAt())));
    }

    /** Judges with evidence from the registry, whatever is stored; empty where the registry cannot be asked. */
    Optional<Ruling> judgeAnew(
            Repository repository, Have have, Requirements requirements, Standard standard, Deadline deadline) {
        Look look = look(repository, have, requirements, deadline);
        if (!requirements.needsEvidence()) {
            return Optional.of(decide(repository, have, requirements, standard, look, none(standard)));
        }
        try (EvidenceMemory.Share share = memory.share()) {
            Kept looked = evidence.look(repository, have.digest(), standard.settings(), deadline, share);
            return looked.worthKeeping()
                    ? Optional.of(decide(repository, have, requirements, standard, look, looked))
                    : Optional.empty();
        }
    }

    private Ruling judge(
            Repository repository, Have have, Requirements requirements, Standard standard, Deadline deadline) {
        long begun = System.nanoTime();
        Look look = look(repository, have, requirements, deadline);
        Ruling ruling = judge(repository, have, requirements, standard, look, deadline);
        events.verdictFrom(AdmissionEvents.Source.JUDGED);
        events.judged(System.nanoTime() - begun);
        return ruling;
    }

    private Ruling judge(
            Repository repository,
            Have have,
            Requirements requirements,
            Standard standard,
            Look look,
            Deadline deadline) {
        if (!requirements.needsEvidence()) {
            return decide(repository, have, requirements, standard, look, none(standard));
        }
        try (EvidenceMemory.Share share = memory.share()) {
            Optional<Kept> stored = evidence.stored(repository, have.digest(), standard.settings(), share);
            if (stored.isPresent()) {
                Ruling ruling = decide(repository, have, requirements, standard, look, stored.get());
                if (satisfied(ruling.verdict())) {
                    return ruling;
                }
            }
        }
        // What is stored does not suffice: it may have been signed since.
        try (EvidenceMemory.Share share = memory.share()) {
            Kept looked = evidence.look(repository, have.digest(), standard.settings(), deadline, share);
            return decide(repository, have, requirements, standard, look, looked);
        }
    }

    private Look look(Repository repository, Have have, Requirements requirements, Deadline deadline) {
        return shapes.look(repository, have.digest(), have.manifest(), requirements, deadline);
    }

    private Kept none(Standard standard) {
        Instant now = clock.instant();
        return new Kept(FoundEvidence.none(now), now.plus(standard.settings().recheck()), true, false);
    }

    private Ruling decide(
            Repository repository, Have have, Requirements requirements, Standard standard, Look look, Kept kept) {
        Instant now = clock.instant();
        Verdict judged = standard.judge()
                .judge(new Judge.Case(
                        requirements,
                        standard.verifier()
                                .verify(
                                        repository,
                                        Subject.of(
                                                have.digest(), have.manifest().bytes()),
                                        kept.found(),
                                        now),
                        look.shape(),
                        look.composition(),
                        now,
                        kept.goodUntil()));
        Verdict verdict = judged instanceof Verdict.Admitted admitted ? shortened(admitted, now) : judged;
        write(repository, have.digest(), requirements, standard, kept, verdict, now);
        return new Ruling(verdict, Optional.of(kept.found().foundAt()));
    }

    private void write(
            Repository repository,
            Digest digest,
            Requirements requirements,
            Standard standard,
            Kept kept,
            Verdict verdict,
            Instant now) {
        VerdictStore.Change change = records.change();
        if (verdict instanceof Verdict.Admitted admitted && satisfied(verdict)) {
            StoredVerdict stored = new StoredVerdict(admitted, now, kept.found().foundAt());
            change.verdict(key(repository, digest, requirements, standard), stored);
        }
        if (kept.worthKeeping()) {
            change.evidence(repository, digest, kept.found());
        }
        change.commit();
    }

    private static Verdict.Admitted shortened(Verdict.Admitted admitted, Instant now) {
        Instant soon = now.plus(WARNED_LIFE);
        return admitted.wouldRefuse().isPresent() && soon.isBefore(admitted.validUntil())
                ? new Verdict.Admitted(admitted.findings(), admitted.warnings(), admitted.wouldRefuse(), soon)
                : admitted;
    }

    private static boolean satisfied(Verdict verdict) {
        return verdict instanceof Verdict.Admitted admitted
                && admitted.wouldRefuse().isEmpty();
    }

    private static VerdictKey key(Repository repository, Digest digest, Requirements requirements, Standard standard) {
        return new VerdictKey(repository, digest, requirements.id(), standard.revision(), Verifier.REVISION);
    }
}
