package dev.pratique.signer.publish;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.DiscoveryLimits;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Retries;
import dev.pratique.signer.publish.RegistryClient.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The list of an image's referrers that a registry keeps itself (distribution-spec, "Listing Referrers"). */
final class ReferrersApi {
    private final RegistryClient client;
    private final Repository repository;
    private final Access access;

    ReferrersApi(RegistryClient client, Repository repository, Access access) {
        this.client = client;
        this.repository = repository;
        this.access = access;
    }

    /** What it says of one referrer. */
    enum Answered {
        LISTED,
        /** There is a list without it: whoever sees that list looks nowhere else. */
        MISSING,
        /** Its first pages are without it, and the address of the next one is not followed or has none. */
        BROKEN_OFF,
        /** There is more of it than anybody reads. */
        TOO_LARGE,
        /** It is busy or broken for the moment. */
        BUSY,
        /** There is no list. */
        NONE
    }

    /** @param why one clause where the list, or its end, cannot be read; otherwise empty */
    record Seen(Answered answered, String why) {}

    /** Looks, and where there is a list without the referrer looks again for a while: an index may be behind. */
    Seen await(EvidenceArtifact referrer, Instant deadline) throws Failure {
        return look(referrer, deadline, Set.of(Answered.BUSY, Answered.MISSING));
    }

    /**
     * Looks once more.
     *
     * @throws Failure where clients will not find what is stored, or nobody knows whether they will
     */
    void requireListed(EvidenceArtifact referrer, Instant deadline) throws Failure {
        Seen seen = look(referrer, deadline, Set.of(Answered.BUSY));
        switch (seen.answered()) {
            case MISSING -> throw unlisted(referrer.digest());
            case BROKEN_OFF ->
                throw unreadable(
                        referrer.digest(),
                        seen.why(),
                        "verifiers do not follow it either: does its Link header name another host, or plain HTTP behind"
                                + " HTTPS? ask whoever runs the registry");
            case TOO_LARGE ->
                throw unreadable(
                        referrer.digest(),
                        seen.why(),
                        "verifiers read no more of it either: remove what nobody needs from the image's referrers");
            case BUSY ->
                throw Failure.of(
                        Kind.UNREACHABLE,
                        "registry " + repository.registry() + " " + seen.why() + ", again and again",
                        "run it again later: what is there stays");
            case LISTED, NONE -> {
                // Found in the list, or by the tag.
            }
        }
    }

    private Seen look(EvidenceArtifact referrer, Instant deadline, Set<Answered> again) throws Failure {
        Look look = new Look(referrer, deadline);
        client.send(repository, deadline, unused -> again.contains(look.seen.answered()), look::attempt);
        return look.seen;
    }

    /** One look at a time, from the first page on. */
    private final class Look {
        private final EvidenceArtifact referrer;
        private final Instant deadline;
        private Seen seen = new Seen(Answered.NONE, "");

        Look(EvidenceArtifact referrer, Instant deadline) {
            this.referrer = referrer;
            this.deadline = deadline;
        }

        /** The page that lists it; or else the last one that was asked for, whose status says why it is the last. */
        Answer attempt() throws IOException, Failure {
            Answer page = page("/v2/" + repository.name() + "/referrers/" + referrer.subject());
            seen = first(page);
            for (int pages = 1; seen.answered() == Answered.MISSING; pages++) {
                Optional<String> next = next(page, pages);
                if (next.isEmpty()) {
                    return page;
                }
                page = page(next.get());
                seen = following(page);
            }
            return page;
        }

        private Answer page(String target) throws IOException, Failure {
            Map<String, String> accept = Map.of("Accept", MediaType.OCI_INDEX);
            return client.sendOnce(
                    repository, access, Request.get(target, accept, EvidenceLimits.MAX_PAGE_BYTES), deadline);
        }

        // Nobody reads past such a link (HttpRegistryReader): the list has an end, and we do not see it.
        private Optional<String> next(Answer page, int pages) {
            try {
                Optional<String> next = NextPage.of(page);
                if (next.isEmpty() || pages < DiscoveryLimits.MAX_REFERRER_PAGES) {
                    return next;
                }
                seen = new Seen(Answered.TOO_LARGE, "it has more than " + pages + " pages");
            } catch (MalformedEvidenceException elsewhere) {
                seen = new Seen(Answered.BROKEN_OFF, String.valueOf(elsewhere.getMessage()));
            }
            return Optional.empty();
        }

        private Seen first(Answer page) {
            return busy(page).orElseGet(() -> isList(page) ? searched(page) : new Seen(Answered.NONE, ""));
        }

        private Seen following(Answer page) {
            return busy(page)
                    .orElseGet(() -> isList(page)
                            ? searched(page)
                            : new Seen(
                                    Answered.BROKEN_OFF,
                                    "the address of its next page answered " + page.status() + ", with no list"));
        }

        private Optional<Seen> busy(Answer page) {
            return Retries.AGAIN.contains(page.status())
                    ? Optional.of(new Seen(Answered.BUSY, "answered " + page.status() + " to GET referrers"))
                    : Optional.empty();
        }

        private Seen searched(Answer page) {
            if (!page.complete()) {
                return new Seen(
                        Answered.TOO_LARGE, "a page of it is larger than " + EvidenceLimits.MAX_PAGE_BYTES + " bytes");
            }
            // As text: a digest that was made a moment ago stands in no list for another reason.
            boolean listed = new String(page.body(), StandardCharsets.UTF_8)
                    .contains(referrer.digest().toString());
            return new Seen(listed ? Answered.LISTED : Answered.MISSING, "");
        }
    }

    // distribution-spec, "Listing Referrers": the answer "MUST have a Content-Type header set to
    // application/vnd.oci.image.index.v1+json"; what answers every path with a page of its own has no such list, and
    // clients see that.
    private static boolean isList(Answer answer) {
        return answer.status() == 200
                && answer.header("Content-Type")
                        .map(MediaType::bare)
                        .filter(MediaType.OCI_INDEX::equals)
                        .isPresent();
    }

    private Failure unlisted(Digest referrer) {
        return Failure.of(
                Kind.FAILED,
                "the evidence is stored as " + referrer + ", but registry " + repository.registry()
                        + " does not list it, so that nobody finds it",
                "is its index behind, or a cache before it? pratique verify says when it is found; otherwise sign again,"
                        + " or ask whoever runs the registry");
    }

    private Failure unreadable(Digest referrer, String why, String hint) {
        return Failure.of(
                Kind.FAILED,
                "the evidence is stored as " + referrer + ", but the list of registry " + repository.registry()
                        + " cannot be read to its end: " + why,
                hint);
    }
}
