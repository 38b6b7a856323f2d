package dev.pratique.proxy.admission;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.image.SchemaOneException;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.policy.Verdict.Cause;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.proxy.store.ContentStore;
import dev.pratique.proxy.verdicts.Member;
import dev.pratique.proxy.verdicts.VerdictStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gets a manifest for a repository: from the store where the upstream has lately served it in that repository, else from
 * the upstream. Those very bytes are judged, stored and served. Judge threads only.
 */
final class ManifestReader {
    /** How long a manifest is served on an old confirmation before the upstream is tried again. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final RegistryReader reader;
    private final ContentStore content;
    private final VerdictStore records;
    private final InstantSource clock;

    ManifestReader(RegistryReader reader, ContentStore content, VerdictStore records, InstantSource clock) {
        this.reader = reader;
        this.content = content;
        this.records = records;
        this.clock = clock;
    }

    /** What came of it. */
    sealed interface Obtained {}

    /**
     * It is here and stored.
     *
     * @param servableUntil until when it may be served without asking the upstream again
     */
    record Have(Digest digest, Manifest manifest, Instant servableUntil) implements Obtained {}

    /** It is not to be had, or not acceptable as it is. */
    record Not(Outcome outcome) implements Obtained {}

    /** By digest. */
    Obtained obtain(Repository repository, Digest digest, Duration authorisationTtl, Deadline deadline) {
        Optional<Member> member = records.member(repository, digest).filter(known -> known.kind() != Member.Kind.BLOB);
        Optional<byte[]> stored =
                member.filter(known -> known.confirmedAt() > 0).flatMap(known -> stored(digest));
        if (member.isPresent() && stored.isPresent()) {
            Instant confirmed = Instant.ofEpochMilli(member.get().confirmedAt());
            Instant until = confirmed.plus(authorisationTtl);
            Instant now = clock.instant();
            // A confirmation from the future is a clock that was set back: it would hold for too long.
            if (!confirmed.isAfter(now) && now.isBefore(until)) {
                return parse(digest, stored.get(), member.get().mediaType(), until);
            }
            return confirmAgain(repository, digest, stored.get(), member.get().mediaType(), authorisationTtl, deadline);
        }
        Fetch fetch = new Fetch.ManifestOf(repository, new Reference.ByDigest(digest), Manifest.MAX_BYTES);
        return take(repository, digest, reader.fetch(fetch, deadline), authorisationTtl);
    }

    /** To judge by, not to serve: what is stored is good enough, whenever the upstream last served it. */
    Obtained kept(Repository repository, Digest digest, Duration authorisationTtl, Deadline deadline) {
        Optional<Member> member = records.member(repository, digest).filter(known -> known.confirmedAt() > 0);
        Optional<byte[]> stored = member.flatMap(known -> stored(digest));
        return member.isPresent() && stored.isPresent()
                ? parse(digest, stored.get(), member.get().mediaType(), clock.instant())
                : obtain(repository, digest, authorisationTtl, deadline);
    }

    // What the disk cannot give, or gives otherwise than it was stored, is fetched, as if it had never been stored.
    private Optional<byte[]> stored(Digest digest) {
        try {
            return content.read(digest, Manifest.MAX_BYTES).filter(digest::matches);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** By tag, where HEAD gave no usable digest. */
    Obtained obtainByTag(Repository repository, Reference.Tag tag, Duration authorisationTtl, Deadline deadline) {
        Fetch fetch = new Fetch.ManifestOf(repository, tag, Manifest.MAX_BYTES);
        return take(repository, null, reader.fetch(fetch, deadline), authorisationTtl);
    }

    private Obtained confirmAgain(
            Repository repository,
            Digest digest,
            byte[] stored,
            String mediaType,
            Duration authorisationTtl,
            Deadline deadline) {
        Fetched answer = reader.fetch(new Fetch.ManifestHead(repository, new Reference.ByDigest(digest)), deadline);
        Instant now = clock.instant();
        if (answer instanceof Fetched.Found) {
            records.change()
                    .memberConfirmed(repository, digest, manifestMember(mediaType, stored.length), now)
                    .commit();
            return parse(digest, stored, mediaType, now.plus(authorisationTtl));
        }
        if (answer instanceof Fetched.Unread) {
            // An authorisation may be stale while the upstream cannot be asked.
            return parse(digest, stored, mediaType, now.plus(GRACE));
        }
        return new Not(failed(Optional.of(digest), answer));
    }

    private Obtained take(Repository repository, @Nullable Digest asked, Fetched answer, Duration authorisationTtl) {
        if (!(answer instanceof Fetched.Found found)) {
            return new Not(failed(Optional.ofNullable(asked), answer));
        }
        Digest digest = asked == null ? Digest.sha256(found.bytes()) : asked;
        Instant now = clock.instant();
        Obtained parsed = parse(digest, found.bytes(), found.contentType(), now.plus(authorisationTtl));
        if (parsed instanceof Have have) {
            content.put(digest, found.bytes());
            String mediaType = have.manifest().mediaType();
            records.change()
                    .memberConfirmed(repository, digest, manifestMember(mediaType, found.bytes().length), now)
                    .commit();
        }
        return parsed;
    }

    private static Obtained parse(Digest digest, byte[] bytes, @Nullable String contentType, Instant until) {
        try {
            return new Have(digest, Manifest.parse(bytes, contentType), until);
        } catch (SchemaOneException e) {
            return new Not(Outcome.refused(Optional.of(digest), RefusalReason.SCHEMA_1, e.getMessage()));
        } catch (MalformedEvidenceException e) {
            return new Not(Outcome.refused(Optional.of(digest), RefusalReason.MANIFEST_INVALID, e.getMessage()));
        }
    }

    private static Member manifestMember(String mediaType, long size) {
        return new Member(Member.Kind.MANIFEST, size, mediaType, List.of(), 0);
    }

    /** What a fetch that found nothing means for the request. */
    static Outcome failed(Optional<Digest> digest, Fetched answer) {
        if (answer instanceof Fetched.Missing) {
            return Outcome.refused(digest, RefusalReason.MANIFEST_UNKNOWN, RefusalReason.MANIFEST_UNKNOWN.sentence());
        }
        if (answer instanceof Fetched.Denied denied) {
            return Outcome.refused(digest, RefusalReason.UPSTREAM_DENIED, "the upstream answered " + denied.status());
        }
        if (answer instanceof Fetched.Wrong wrong) {
            return Outcome.undecided(digest, Cause.UPSTREAM_WRONG_BYTES, wrong.what());
        }
        if (answer instanceof Fetched.Unread unread) {
            Cause cause = unread.late() ? Cause.UPSTREAM_TIMEOUT : Cause.UPSTREAM_UNREACHABLE;
            return new Outcome.Stopped(
                    digest, new Verdict.Undecided(cause, unread.what(), unread.retryAfter(), List.of()));
        }
        return Outcome.undecided(digest, Cause.UPSTREAM_UNREACHABLE, Cause.UPSTREAM_UNREACHABLE.sentence());
    }
}
