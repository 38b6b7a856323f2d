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
        /** There is no list. */
        NONE
    }

    /** Looks, and where there is a list without the referrer looks again for a while: an index may be behind. */
    Answered await(EvidenceArtifact referrer, Instant deadline) throws Failure {
        Answer answer = client.send(
                repository,
                deadline,
                got -> Retries.AGAIN.contains(got.status()) || said(got, referrer) == Answered.MISSING,
                () -> page(referrer, deadline));
        return said(answer, referrer);
    }

    /** Looks once. */
    Answered look(EvidenceArtifact referrer, Instant deadline) throws Failure {
        Answer answer = client.send(
                repository, deadline, got -> Retries.AGAIN.contains(got.status()), () -> page(referrer, deadline));
        return said(answer, referrer);
    }

    /** The page that lists it; or else the last one. */
    private Answer page(EvidenceArtifact referrer, Instant deadline) throws IOException, Failure {
        String path = "/v2/" + repository.name() + "/referrers/" + referrer.subject();
        Answer answer = page(path, deadline);
        for (int number = 1; number < DiscoveryLimits.MAX_REFERRER_PAGES; number++) {
            Optional<String> next = said(answer, referrer) == Answered.MISSING ? next(answer) : Optional.empty();
            if (next.isEmpty()) {
                return answer;
            }
            Answer following = page(next.get(), deadline);
            if (!isList(following)) {
                return answer;
            }
            answer = following;
        }
        return answer;
    }

    private Answer page(String target, Instant deadline) throws IOException, Failure {
        Map<String, String> accept = Map.of("Accept", MediaType.OCI_INDEX);
        return client.sendOnce(
                repository, access, Request.get(target, accept, EvidenceLimits.MAX_PAGE_BYTES), deadline);
    }

    private static Optional<String> next(Answer answer) {
        try {
            return NextPage.of(answer);
        } catch (MalformedEvidenceException elsewhere) {
            return Optional.empty();
        }
    }

    private static Answered said(Answer answer, EvidenceArtifact referrer) {
        if (!isList(answer)) {
            return Answered.NONE;
        }
        // As text: a digest that was made a moment ago stands in no list for another reason.
        boolean listed = new String(answer.body(), StandardCharsets.UTF_8)
                .contains(referrer.digest().toString());
        return listed ? Answered.LISTED : Answered.MISSING;
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

    /** That clients will not find what is stored. */
    Failure unlisted(Digest referrer) {
        return Failure.of(
                Kind.FAILED,
                "the evidence is stored as " + referrer + ", but registry " + repository.registry()
                        + " does not list it, so that nobody finds it",
                "is its index behind, or a cache before it? pratique verify says when it is found; otherwise sign again,"
                        + " or ask whoever runs the registry");
    }
}
