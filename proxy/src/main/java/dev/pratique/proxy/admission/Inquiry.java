package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.ShapeReader;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.EvidenceFinder;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.proxy.admission.ManifestReader.Have;
import dev.pratique.proxy.admission.ManifestReader.Not;
import dev.pratique.proxy.admission.ManifestReader.Obtained;
import dev.pratique.proxy.store.ContentStore;
import dev.pratique.proxy.verdicts.Member;
import dev.pratique.proxy.verdicts.VerdictStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a judge does about one request: resolve the tag, get the manifest, find how it may be admitted, hand the gate an
 * entry. Blocking: judge threads only.
 */
public final class Inquiry {
    /** Refusals live seconds, so that signing an image and pulling it again works at once. */
    private static final Duration REFUSAL_LIFE = Duration.ofSeconds(2);
    /** A share of {@code evidence.recheck} after which evidence is looked for again in the background. */
    private static final double REFRESH_AT = 0.8;

    private final TagResolver resolver;
    private final ManifestReader manifests;
    private final Courtroom courtroom;
    private final EvidenceArtefacts artefacts;
    private final VerdictStore records;
    private final InstantSource clock;
    private final TagTable tags = new TagTable();

    public Inquiry(
            RegistryReader reader,
            ContentStore content,
            VerdictStore records,
            InstantSource clock,
            AdmissionEvents events) {
        this.manifests = new ManifestReader(reader, content, records, clock);
        this.resolver = new TagResolver(reader, manifests, records, tags, clock);
        EvidenceMemory memory = EvidenceMemory.ofThisHeap();
        this.courtroom = new Courtroom(
                manifests,
                new ShapeReader(new StoredFirst(reader, content)),
                new EvidenceKeeper(new EvidenceFinder(reader), records, clock),
                memory,
                records,
                clock,
                events);
        this.artefacts = new EvidenceArtefacts(reader, records, memory);
        this.records = records;
        this.clock = clock;
    }

    TagTable tags() {
        return tags;
    }

    Outcome inquire(PullRequest request, Standard.Applied applied, Standard standard, Deadline deadline) {
        return request.kind() == PullRequest.Kind.BLOB
                ? blob(request, applied, standard, deadline)
                : manifest(request, applied, standard, deadline);
    }

    /** Looks for evidence again before the verdict expires; what cannot be had now is left for later. */
    void refresh(PullRequest request, Digest digest, Standard.Applied applied, Standard standard) {
        if (request.kind() != PullRequest.Kind.MANIFEST || !(applied.rule().effect() instanceof Rule.Require require)) {
            return;
        }
        Deadline deadline = Deadline.after(clock.instant(), standard.settings().deadline());
        Obtained obtained = manifests.obtain(
                request.repository(), digest, standard.settings().authorisationTtl(), deadline);
        if (obtained instanceof Have have) {
            courtroom
                    .judgeAnew(request.repository(), have, require.requirements(), standard, deadline)
                    .filter(ruling -> ruling.verdict() instanceof Verdict.Admitted)
                    .ifPresent(ruling -> grant(request, have, ruling, applied, standard));
        }
    }

    /** The upstream has just answered 200 for a blob. */
    void confirmed(Repository repository, Digest digest, HeapFront.Entry entry) {
        Member asNew = new Member(Member.Kind.BLOB, entry.size(), entry.mediaType(), List.of(), 0);
        records.change()
                .memberConfirmed(repository, digest, asNew, Instant.ofEpochMilli(entry.confirmedAt()))
                .commit();
    }

    private Outcome manifest(PullRequest request, Standard.Applied applied, Standard standard, Deadline deadline) {
        Optional<Reference.Tag> tag = request.reference().tag();
        Obtained obtained = tag.isPresent()
                ? resolver.resolve(request.repository(), tag.get(), standard.settings(), deadline)
                : manifests.obtain(
                        request.repository(),
                        request.reference().pinned().orElseThrow(),
                        standard.settings().authorisationTtl(),
                        deadline);
        if (obtained instanceof Not not) {
            return remember(request, applied, standard, not.outcome());
        }
        Have have = (Have) obtained;
        if (applied.rule().effect() instanceof Rule.AdmitUnverified) {
            return grant(request, have, Courtroom.Ruling.of(unverified(standard)), applied, standard);
        }
        EvidenceArtefacts.Kind kind = artefacts.kindOf(request.repository(), tag, have, deadline);
        if (kind instanceof EvidenceArtefacts.EvidenceAbout about) {
            return grant(request, have, Courtroom.Ruling.of(evidence(about.subject(), standard)), applied, standard);
        }
        Requirements requirements = ((Rule.Require) applied.rule().effect()).requirements();
        Courtroom.Ruling ruling = courtroom.rule(request.repository(), have, requirements, standard, deadline);
        if (ruling.verdict() instanceof Verdict.Admitted) {
            return grant(request, have, ruling, applied, standard);
        }
        if (kind instanceof EvidenceArtefacts.Unreadable unreadable) {
            // Refused as an image that is not signed, it would look as if it were no signature.
            return remember(
                    request, applied, standard, ManifestReader.failed(Optional.of(have.digest()), unreadable.why()));
        }
        return remember(request, applied, standard, new Outcome.Stopped(Optional.of(have.digest()), ruling.verdict()));
    }

    private Outcome blob(PullRequest request, Standard.Applied applied, Standard standard, Deadline deadline) {
        Digest digest = request.reference().pinned().orElseThrow();
        Optional<Member> member = records.member(request.repository(), digest);
        Courtroom.Ruling ruling;
        if (applied.rule().effect() instanceof Rule.Require require) {
            ruling = courtroom.ruleOnMember(
                    request.repository(), digest, member, require.requirements(), standard, deadline);
        } else {
            ruling = Courtroom.Ruling.of(unverified(standard));
        }
        if (!(ruling.verdict() instanceof Verdict.Admitted admitted)) {
            return new Outcome.Stopped(Optional.of(digest), ruling.verdict());
        }
        HeapFront.Entry entry = new HeapFront.Entry(
                admitted,
                member.map(Member::mediaType).orElse("application/octet-stream"),
                member.map(Member::size).orElse(-1L),
                clock.millis(),
                admitted.validUntil().toEpochMilli(),
                Long.MAX_VALUE,
                member.map(Member::confirmedAt).orElse(0L));
        standard.heap().put(Gatekeeper.key(request, digest, applied), entry);
        return new Outcome.Granted(digest, entry);
    }

    private Outcome grant(
            PullRequest request, Have have, Courtroom.Ruling ruling, Standard.Applied applied, Standard standard) {
        Verdict.Admitted admitted = (Verdict.Admitted) ruling.verdict();
        if (!(applied.rule().effect() instanceof Rule.AdmitUnverified)) {
            recordMembers(request, have, applied.rule());
            forgetRefusedChildren(request, have, applied, standard);
            admitBlobs(request, have, admitted, applied, standard);
        }
        Instant until =
                admitted.validUntil().isBefore(have.servableUntil()) ? admitted.validUntil() : have.servableUntil();
        long refresh = ruling.foundAt()
                .map(at -> at.plusMillis((long) (standard.settings().recheck().toMillis() * REFRESH_AT))
                        .toEpochMilli())
                .orElse(Long.MAX_VALUE);
        HeapFront.Entry entry = new HeapFront.Entry(
                admitted,
                have.manifest().mediaType(),
                have.manifest().bytes().length,
                clock.millis(),
                until.toEpochMilli(),
                refresh,
                clock.millis());
        standard.heap().put(Gatekeeper.key(request, have.digest(), applied), entry);
        return new Outcome.Granted(have.digest(), entry);
    }

    private void recordMembers(PullRequest request, Have have, Rule rule) {
        VerdictStore.Change change = records.change();
        Repository repository = request.repository();
        Digest parent = have.digest();
        if (have.manifest() instanceof Manifest.Image image) {
            change.memberThrough(repository, image.config().digest(), blob(image.config()), parent);
            image.layers().forEach(layer -> change.memberThrough(repository, layer.digest(), blob(layer), parent));
        } else if (have.manifest() instanceof Manifest.Index index) {
            for (Descriptor child : index.manifests()) {
                if (admitsChild(child, rule)) {
                    Member.Kind kind = MediaType.isManifest(child.mediaType()) || MediaType.isIndex(child.mediaType())
                            ? Member.Kind.MANIFEST
                            : Member.Kind.BLOB;
                    Member asNew = new Member(kind, child.size(), child.mediaType(), List.of(), 0);
                    change.memberThrough(repository, child.digest(), asNew, parent);
                }
            }
        }
        change.commit();
    }

    // The client asks for these next; then no judge need be free, or it would be sent away and go elsewhere.
    private void admitBlobs(
            PullRequest request, Have have, Verdict.Admitted admitted, Standard.Applied applied, Standard standard) {
        if (!(have.manifest() instanceof Manifest.Image image)) {
            return;
        }
        List<Descriptor> blobs = new ArrayList<>(image.layers());
        blobs.add(image.config());
        for (Descriptor blob : blobs) {
            HeapFront.Key key = new HeapFront.Key(request.repository(), blob.digest(), applied.requirementsId(), true);
            Optional<HeapFront.Entry> open = Optional.ofNullable(standard.heap().find(key, clock.millis()))
                    .filter(known -> known.admitted().isPresent());
            if (open.filter(known -> known.size() < 0 || known.size() == blob.size())
                    .isPresent()) {
                continue;
            }
            Optional<Member> member = records.member(request.repository(), blob.digest());
            if (member.isPresent() && member.get().kind() != Member.Kind.BLOB) {
                continue; // a manifest of the repository is judged as one, whoever lists it as a layer
            }
            // Whoever lists another image's blob with a wrong length must not keep it from that image's clients:
            // what two manifests say differently nobody is held to, and the digest says the rest.
            boolean contradicted = open.isPresent()
                    || member.map(Member::size).filter(size -> size < 0).isPresent();
            standard.heap()
                    .put(
                            key,
                            new HeapFront.Entry(
                                    admitted,
                                    blob.mediaType(),
                                    contradicted ? -1 : blob.size(),
                                    clock.millis(),
                                    admitted.validUntil().toEpochMilli(),
                                    Long.MAX_VALUE,
                                    member.map(Member::confirmedAt).orElse(0L)));
        }
    }

    // A client that resolved the index asks for its children next, and goes elsewhere where one is refused.
    private static void forgetRefusedChildren(
            PullRequest request, Have have, Standard.Applied applied, Standard standard) {
        if (have.manifest() instanceof Manifest.Index index) {
            for (Descriptor child : index.manifests()) {
                standard.heap().forget(Gatekeeper.key(request, child.digest(), applied));
            }
        }
    }

    private static boolean admitsChild(Descriptor child, Rule rule) {
        return !(rule.effect() instanceof Rule.Require require)
                || IndexChildren.admitted(child, require.requirements());
    }

    private static Member blob(Descriptor descriptor) {
        return new Member(Member.Kind.BLOB, descriptor.size(), descriptor.mediaType(), List.of(), 0);
    }

    private Outcome remember(PullRequest request, Standard.Applied applied, Standard standard, Outcome outcome) {
        if (outcome instanceof Outcome.Stopped stopped && stopped.digest().isPresent()) {
            HeapFront.Key key = Gatekeeper.key(request, stopped.digest().get(), applied);
            long now = clock.millis();
            long until = now + REFUSAL_LIFE.toMillis();
            standard.heap().put(key, new HeapFront.Entry(stopped.verdict(), "", -1, now, until, Long.MAX_VALUE, 0));
            // Now that it is known for a manifest, the blobs route must not say otherwise.
            standard.heap()
                    .forget(new HeapFront.Key(
                            request.repository(), stopped.digest().get(), applied.requirementsId(), true));
        }
        return outcome;
    }

    private Verdict.Admitted unverified(Standard standard) {
        String saw = "the rule admits without evidence";
        return new Verdict.Admitted(
                List.of(Finding.notRequired(Check.EVIDENCE, saw, "")),
                List.of("not verified: " + saw),
                Optional.empty(),
                clock.instant().plus(standard.settings().recheck()));
    }

    private Verdict.Admitted evidence(Digest about, Standard standard) {
        String saw = "it is evidence about " + about + " and nothing in it can be run";
        return new Verdict.Admitted(
                List.of(Finding.notRequired(Check.EVIDENCE, saw, "")),
                List.of(),
                Optional.empty(),
                clock.instant().plus(standard.settings().recheck()));
    }

    static Verdict refused(RefusalReason reason) {
        return new Verdict.Refused(reason, reason.sentence(), List.of());
    }
}
