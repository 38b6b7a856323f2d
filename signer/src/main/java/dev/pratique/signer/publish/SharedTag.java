package dev.pratique.signer.publish;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Retries;
import dev.pratique.signer.publish.EvidenceTarget.Extension;
import dev.pratique.signer.publish.RemoteRepository.Tagged;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A tag that several writers extend. Registries replace what a tag names without asking what it named before, so that of
 * two who read the same and write, the later one removes what the earlier one added, and neither is told. Hence whoever
 * has written waits a while, looks again, and puts back what is missing, until the tag stays as it is. The while is longer
 * than a writer's own reading and writing takes, and grows each time that something was lost. What cannot be mended so: a
 * writer who stops for longer than that between reading and writing.
 */
final class SharedTag {
    private static final Duration SHORTEST = Duration.ofMillis(60);
    private static final Duration LONGEST = Duration.ofSeconds(3);
    /** How much longer than our own reading and writing we allow for another's. */
    private static final int FACTOR = 2;

    private static final Duration BOUND = Duration.ofSeconds(45);
    private static final int MAX_WRITES = 40;
    /** So often a write is refused while the tag reads the same; a few seconds in all. */
    private static final int REFUSALS = 3;

    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(1);
    /** So often a tag is written that is never seen; some seconds in all, since the pauses double. */
    private static final int UNSEEN = 6;
    /** So often what is to be written is made ready anew before it is written all the same. */
    private static final int PREPARATIONS = 3;

    private final RemoteRepository repository;
    private final Reference.Tag tag;
    private final InstantSource clock;

    SharedTag(RemoteRepository repository, Reference.Tag tag, InstantSource clock) {
        this.repository = repository;
        this.tag = tag;
        this.clock = clock;
    }

    Manifest extend(Extension extension) throws Failure {
        Instant end = clock.instant().plus(BOUND);
        Duration quiet = SHORTEST;
        Optional<Digest> last = Optional.empty();
        int preparations = 0;
        Optional<Fruitless> fruitless = Optional.empty();
        for (int writes = 0; ; ) {
            Instant began = clock.instant();
            Optional<Tagged> now = repository.tagged(tag);
            boolean over = writes == MAX_WRITES || began.isAfter(end);
            fruitless = fruitless.filter(write -> same(write.before(), now));
            if (fruitless.isPresent() && (over || fruitless.get().isEnough())) {
                throw why(fruitless.get());
            }
            Optional<EvidenceArtifact> next = extension.of(now.map(Tagged::manifest));
            if (next.isEmpty()) {
                Manifest present = now.orElseThrow(() -> gone(tag)).manifest();
                boolean stayed = last.isPresent() && last.get().equals(present.digest());
                if (writes == 0 || stayed || clock.instant().isAfter(end)) {
                    return present;
                }
                last = Optional.of(present.digest());
            } else if (over) {
                throw lost(tag);
            } else if (isUnready(next.get(), preparations)) {
                // What takes time is done now; the tag is read again, so that the write follows the reading at once.
                preparations++;
                continue;
            } else {
                Optional<Failure> refused = repository.replace(tag, next.get(), now.flatMap(Tagged::etag));
                fruitless = Optional.of(Fruitless.after(fruitless, now, refused));
                last = Optional.of(next.get().digest());
                Duration own = Duration.between(began, clock.instant()).multipliedBy(FACTOR);
                Duration wanted = writes++ == 0 ? own : max(own, quiet.multipliedBy(2));
                quiet = min(max(wanted, SHORTEST), LONGEST);
                preparations = 1;
            }
            settle(max(quiet, fruitless.map(Fruitless::pause).orElse(Duration.ZERO)));
        }
    }

    /**
     * A write after which the tag is what it was before. That alone says little: who reads may be shown a copy of the
     * registry that is behind.
     *
     * @param before what was read before it
     * @param refused why, where it was refused on its condition; empty where it was accepted
     * @param times that this happened one after the other
     */
    private record Fruitless(Optional<Tagged> before, Optional<Failure> refused, int times) {
        static Fruitless after(Optional<Fruitless> last, Optional<Tagged> before, Optional<Failure> refused) {
            boolean again = last.isPresent() && last.get().refused().isPresent() == refused.isPresent();
            return new Fruitless(before, refused, again ? last.get().times() + 1 : 1);
        }

        /**
         * RFC 9110 section 13.1.1: 412 says that the tag has another ETag than If-Match. Harbor says it of an immutable
         * tag, too. What is accepted and never seen was not kept; what was there all the time may be an old copy.
         */
        boolean isEnough() {
            return refused.isPresent() ? times >= REFUSALS : before.isEmpty() && times >= UNSEEN;
        }

        /** Before the next look, at least: the first refusal is most often a race, which is over at once. */
        Duration pause() {
            return refused.isPresent() ? AFTER_REFUSAL.multipliedBy(times - 1L) : Duration.ZERO;
        }
    }

    private static boolean same(Optional<Tagged> a, Optional<Tagged> b) {
        return a.map(Tagged::manifest)
                        .map(Manifest::digest)
                        .equals(b.map(Tagged::manifest).map(Manifest::digest))
                && a.flatMap(Tagged::etag).equals(b.flatMap(Tagged::etag));
    }

    private Failure why(Fruitless write) {
        return write.refused()
                .orElseGet(() -> repository.unkept(tag, write.before().isPresent()));
    }

    private boolean isUnready(EvidenceArtifact next, int preparations) throws Failure {
        boolean moved = repository.pushBlobs(next);
        return (moved || preparations == 0) && preparations < PREPARATIONS;
    }

    /** Once to twice the time, so that those who collided do not meet again. */
    private static void settle(Duration quiet) throws Failure {
        try {
            long millis = quiet.toMillis();
            Retries.sleep(Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis)));
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "interrupted while the tag settled",
                            "run it again: what was added may have been overwritten meanwhile")
                    .because(e);
        }
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static IllegalStateException gone(Reference.Tag tag) {
        return new IllegalStateException("nothing is to be added to " + tag + ", which is not there");
    }

    private static Failure lost(Reference.Tag tag) {
        return Failure.of(
                Kind.FAILED,
                "the evidence is stored, but other writers kept replacing the tag " + tag + " that it is found by",
                "sign again when fewer do, or on a registry with the referrers API, which has no such tag");
    }
}
