package dev.pratique.signer.publish;

import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Retries;
import dev.pratique.signer.publish.RegistryClient.Request;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings one blob into a repository (distribution-spec, "Pushing blobs"): by mounting it from another repository of the
 * registry where it is known to be, else in a session of its own.
 */
final class BlobUpload {
    /** What a registry says of a session that it has lost, and of bytes that did not all arrive. */
    private static final Set<String> LOST =
            Set.of("BLOB_UPLOAD_UNKNOWN", "BLOB_UPLOAD_INVALID", "DIGEST_INVALID", "SIZE_INVALID");

    private final RegistryClient client;
    private final Repository repository;
    private final EvidenceArtifact.Blob blob;
    private final Instant deadline;

    BlobUpload(RegistryClient client, Repository repository, EvidenceArtifact.Blob blob, Instant deadline) {
        this.client = client;
        this.repository = repository;
        this.blob = blob;
        this.deadline = deadline;
    }

    /** Whether an answer is worth another attempt, with a new session: one that broke off is not taken up again. */
    boolean failed(Answer answer) {
        boolean lost = answer.status() >= 400
                && answer.status() < 500
                && RemoteRepository.errorCode(answer).filter(LOST::contains).isPresent();
        return lost || answer.status() == 416 || Retries.AGAIN.contains(answer.status());
    }

    /** From the session's beginning to its end. */
    Answer attempt() throws IOException, Failure {
        Optional<Answer> mounted = mount();
        Answer session = mounted.isPresent() ? mounted.get() : post("");
        if (session.status() != 202) {
            return session;
        }
        String location = session.header("Location")
                .orElseThrow(() -> Failure.of(
                        Kind.FAILED,
                        "registry " + repository.registry() + " opened no upload",
                        "it does not keep to the distribution specification: tell whoever runs it"));
        String target =
                RegistryClient.target(session.uri(), location, repository).toString();
        String separator = target.indexOf('?') < 0 ? "?" : "&";
        Map<String, String> headers = Map.of("Content-Type", "application/octet-stream");
        return client.sendOnce(
                repository,
                Access.PUSH,
                new Request(
                        "PUT",
                        target + separator + "digest=" + encoded(blob.digest().toString()),
                        headers,
                        blob.bytes(),
                        RemoteRepository.MAX_ERROR),
                deadline);
    }

    /** distribution-spec, "Mounting a blob from another repository": 201 where it is done, 202 opens a session instead. */
    private Optional<Answer> mount() throws IOException, Failure {
        Optional<Repository> from = client.blobs().elsewhere(repository, blob.digest());
        if (from.isEmpty()) {
            return Optional.empty();
        }
        Answer answer = post("?mount=" + encoded(blob.digest().toString()) + "&from="
                + encoded(from.get().name()));
        if (answer.status() == 201 || answer.status() == 202) {
            return Optional.of(answer);
        }
        // Some want a right to read there in the same token; it is not worth a second one.
        client.blobs().noMounts(repository.registry());
        return Optional.empty();
    }

    private Answer post(String query) throws IOException, Failure {
        String path = "/v2/" + repository.name() + "/blobs/uploads/" + query;
        return client.sendOnce(
                repository,
                Access.PUSH,
                new Request("POST", path, Map.of(), null, RemoteRepository.MAX_ERROR),
                deadline);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
