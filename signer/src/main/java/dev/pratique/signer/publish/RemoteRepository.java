package dev.pratique.signer.publish;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.attestations.sign.ReferrersTag;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.publish.RegistryClient.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One repository that images are read from and evidence is written to. */
public final class RemoteRepository {
    /** A signer that lost this many races for one tag will lose more. */
    private static final int TAG_ATTEMPTS = 8;

    private static final int MAX_ERROR = 64 << 10;
    private static final int UPLOAD_ATTEMPTS = 3;
    private static final Pattern ERROR_CODE = Pattern.compile("\"code\"\\s*:\\s*\"([A-Z_]{1,40})\"");

    private final RegistryClient client;
    private final Repository repository;
    private final Duration patience;
    private final InstantSource clock;

    /** @param patience for one operation, repetitions included */
    public RemoteRepository(RegistryClient client, Repository repository, Duration patience, InstantSource clock) {
        this.client = client;
        this.repository = repository;
        this.patience = patience;
        this.clock = clock;
    }

    public Repository repository() {
        return repository;
    }

    /**
     * Reads a manifest; its digest is computed from its bytes, never taken from a header.
     *
     * @throws Failure also where there is none
     */
    public Manifest manifest(Reference reference) throws Failure {
        return find(reference, Access.PULL)
                .orElseThrow(() -> Failure.of(
                        Kind.FAILED,
                        "there is no image " + repository + (reference instanceof Reference.Tag ? ":" : "@")
                                + reference,
                        "push the image first; it is signed where it is"))
                .manifest();
    }

    /** As {@link #manifest}, empty where there is none: for what is about to be written there. */
    Optional<Tagged> find(Reference reference, Access access) throws Failure {
        Request get =
                Request.get(path("manifests/" + reference), Map.of("Accept", MediaType.ACCEPT), Manifest.MAX_BYTES);
        Answer answer = send(access, get);
        if (answer.status() == 404) {
            return Optional.empty();
        }
        expect(answer, access, "GET manifests/" + reference, 200);
        try {
            Manifest manifest = answer.complete()
                    ? Manifest.parse(
                            answer.body(), answer.header("Content-Type").orElse(null))
                    : tooLarge();
            Optional<Digest> pinned = reference.pinned();
            if (pinned.isPresent() && !pinned.get().matches(answer.body())) {
                throw new MalformedEvidenceException("its bytes have another digest");
            }
            return Optional.of(new Tagged(manifest, answer.header("ETag")));
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "what registry " + repository.registry() + " has as " + repository.name() + " " + reference
                                    + " cannot be used: " + e.getMessage())
                    .because(e);
        }
    }

    private static Manifest tooLarge() throws MalformedEvidenceException {
        throw new MalformedEvidenceException("it is larger than " + Manifest.MAX_BYTES + " bytes");
    }

    /** What a tag names now. */
    record Tagged(Manifest manifest, Optional<String> etag) {}

    /**
     * What cosign's tag of this scheme names now, to be extended.
     *
     * @throws Failure also where it names something else than a manifest of evidence
     */
    public Optional<Manifest.Image> evidence(TagScheme scheme, Digest subject) throws Failure {
        Reference.Tag tag = scheme.tagFor(subject);
        Optional<Tagged> tagged = find(tag, Access.PUSH);
        if (tagged.isEmpty()) {
            return Optional.empty();
        }
        if (tagged.get().manifest() instanceof Manifest.Image image) {
            return Optional.of(image);
        }
        throw Failure.of(Kind.FAILED, "the tag " + tag + " names an index, and evidence cannot be added to one");
    }

    /** Stores evidence: its blobs, its manifest, and for a referrer the list that it is found by. */
    public void push(EvidenceArtifact artifact) throws Failure {
        for (EvidenceArtifact.Blob blob : artifact.blobs()) {
            pushBlob(blob);
        }
        Reference reference =
                artifact.tag().isPresent() ? artifact.tag().get() : new Reference.ByDigest(artifact.digest());
        Answer answer = putManifest(reference, artifact.manifest(), artifact.mediaType(), Map.of());
        if (artifact.tag().isEmpty() && answer.header("OCI-Subject").isEmpty() && !listedByApi(artifact)) {
            addToTag(artifact);
        }
    }

    private void pushBlob(EvidenceArtifact.Blob blob) throws Failure {
        Answer present = send(Access.PUSH, Request.head(path("blobs/" + blob.digest()), Map.of()));
        if (present.status() == 200) {
            return;
        }
        for (int attempt = 1; ; attempt++) {
            Answer session =
                    send(Access.PUSH, new Request("POST", path("blobs/uploads/"), Map.of(), null, MAX_ERROR, true));
            expect(session, Access.PUSH, "POST blobs/uploads/", 202);
            String location = session.header("Location")
                    .orElseThrow(
                            () -> Failure.of(Kind.FAILED, "registry " + repository.registry() + " opened no upload"));
            String target =
                    RegistryClient.target(session.uri(), location, repository).toString();
            String digest = URLEncoder.encode(blob.digest().toString(), StandardCharsets.UTF_8);
            String separator = target.indexOf('?') < 0 ? "?" : "&";
            Map<String, String> headers = Map.of("Content-Type", "application/octet-stream");
            Answer answer = send(
                    Access.PUSH,
                    new Request(
                            "PUT", target + separator + "digest=" + digest, headers, blob.bytes(), MAX_ERROR, false));
            // An upload address works once, so a failed transfer starts over with a new one.
            if (answer.status() < 500 && answer.status() != 429 || attempt == UPLOAD_ATTEMPTS) {
                expect(answer, Access.PUSH, "PUT of a blob", 201);
                return;
            }
        }
    }

    private Answer putManifest(Reference reference, byte[] bytes, String mediaType, Map<String, String> conditions)
            throws Failure {
        Map<String, String> headers = new LinkedHashMap<>(conditions);
        headers.put("Content-Type", mediaType);
        String path = path("manifests/" + reference);
        Answer answer = send(Access.PUSH, new Request("PUT", path, headers, bytes, MAX_ERROR, true));
        if (!(answer.status() == 412 && !conditions.isEmpty())) {
            expect(answer, Access.PUSH, "PUT manifests/" + reference, 201);
        }
        return answer;
    }

    // Some registries have the referrers API and do not say so when a manifest is pushed.
    private boolean listedByApi(EvidenceArtifact artifact) throws Failure {
        Request get = Request.get(
                path("referrers/" + artifact.subject()),
                Map.of("Accept", MediaType.OCI_INDEX),
                EvidenceLimits.MAX_PAGE_BYTES);
        Answer answer = send(Access.PUSH, get);
        String listed = new String(answer.body(), StandardCharsets.UTF_8);
        return answer.status() == 200 && listed.contains(artifact.digest().toString());
    }

    /** distribution-spec, "Pushing Manifests with Subject": read, add, write, and look whether another writer was faster. */
    private void addToTag(EvidenceArtifact artifact) throws Failure {
        Reference.Tag tag = TagScheme.REFERRERS.tagFor(artifact.subject());
        for (int attempt = 0; attempt < TAG_ATTEMPTS; attempt++) {
            Optional<Tagged> now = find(tag, Access.PUSH);
            try {
                Optional<byte[]> index =
                        ReferrersTag.with(now.map(tagged -> tagged.manifest().bytes()), artifact.listing());
                if (index.isEmpty()) {
                    return;
                }
                Map<String, String> condition = now.flatMap(Tagged::etag)
                        .map(etag -> Map.of("If-Match", etag))
                        .orElse(Map.of());
                putManifest(tag, index.get(), MediaType.OCI_INDEX, condition);
            } catch (MalformedEvidenceException e) {
                throw Failure.of(Kind.FAILED, "the tag " + tag + " cannot be extended: " + e.getMessage())
                        .because(e);
            }
        }
        throw Failure.of(
                Kind.FAILED,
                "the evidence is stored, but other writers kept replacing the tag " + tag + " that lists it",
                "sign again when fewer do");
    }

    private Answer send(Access access, Request request) throws Failure {
        return client.send(repository, access, request, clock.instant().plus(patience));
    }

    private void expect(Answer answer, Access access, String what, int status) throws Failure {
        if (answer.status() == status) {
            return;
        }
        if (answer.status() == 401 || answer.status() == 403) {
            throw Authorisation.denied(repository, access, "it answered " + answer.status());
        }
        Matcher code = ERROR_CODE.matcher(new String(answer.body(), StandardCharsets.UTF_8));
        String why = code.find() ? " (" + code.group(1) + ")" : "";
        boolean busy = answer.status() == 429 || answer.status() >= 500;
        throw Failure.of(
                busy ? Kind.UNREACHABLE : Kind.FAILED,
                "registry " + repository.registry() + " answered " + answer.status() + why + " to " + what);
    }

    private String path(String rest) {
        return "/v2/" + repository.name() + "/" + rest;
    }
}
