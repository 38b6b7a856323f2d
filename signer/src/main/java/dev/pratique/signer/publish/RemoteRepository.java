package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.sign.EvidenceArtifact;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Retries;
import dev.pratique.signer.publish.ReferrersApi.Answered;
import dev.pratique.signer.publish.ReferrersApi.Seen;
import dev.pratique.signer.publish.RegistryClient.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** One repository that images are read from and evidence is written to. */
public final class RemoteRepository implements EvidenceTarget {
    static final int MAX_ERROR = 64 << 10;
    private static final Pattern ERROR_CODE = Pattern.compile("\"code\"\\s*:\\s*\"([A-Z_]{1,40})\"");

    private final RegistryClient client;
    private final Repository repository;
    private final Access access;
    private final Duration patience;
    private final InstantSource clock;

    /**
     * For reading alone; see {@link #writable}.
     *
     * @param patience for one operation, repetitions included
     */
    public RemoteRepository(RegistryClient client, Repository repository, Duration patience, InstantSource clock) {
        this(client, repository, Access.PULL, patience, clock);
    }

    private RemoteRepository(
            RegistryClient client, Repository repository, Access access, Duration patience, InstantSource clock) {
        this.client = client;
        this.repository = repository;
        this.access = access;
        this.patience = patience;
        this.clock = clock;
    }

    /** The same for one who will write to it: the right to do so is asked for from the first request on. */
    public RemoteRepository writable() {
        return new RemoteRepository(client, repository, Access.PUSH, patience, clock);
    }

    @Override
    public String name() {
        return repository.toString();
    }

    @Override
    public Optional<Repository> repository() {
        return Optional.of(repository);
    }

    @Override
    public Optional<Manifest> find(Reference reference) throws Failure {
        return tagged(reference).map(Tagged::manifest);
    }

    /** What a reference names now. */
    Optional<Tagged> tagged(Reference reference) throws Failure {
        Request get =
                Request.get(path("manifests/" + reference), Map.of("Accept", MediaType.ACCEPT), Manifest.MAX_BYTES);
        Answer answer = send(get);
        if (answer.status() == 404) {
            return Optional.empty();
        }
        expect(answer, "GET manifests/" + reference, 200);
        try {
            Manifest manifest = answer.complete()
                    ? Manifest.parse(
                            answer.body(), answer.header("Content-Type").orElse(null))
                    : tooLarge();
            Optional<Digest> pinned = reference.pinned();
            if (pinned.isPresent() && !pinned.get().matches(answer.body())) {
                throw new MalformedEvidenceException("its bytes have another digest");
            }
            return Optional.of(new Tagged(manifest, answer.header("ETag").filter(RemoteRepository::isStrong)));
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "what registry " + repository.registry() + " has as " + repository.name() + " " + reference
                                    + " cannot be used: " + e.getMessage(),
                            "is it an image? crane manifest shows what it is")
                    .because(e);
        }
    }

    @Override
    public Optional<byte[]> blob(Digest digest, long max) throws Failure {
        Answer answer = send(Request.get(path("blobs/" + digest), Map.of(), max));
        if (answer.status() == 404) {
            return Optional.empty();
        }
        expect(answer, "GET blobs/" + digest, 200);
        return answer.complete() && digest.matches(answer.body()) ? Optional.of(answer.body()) : Optional.empty();
    }

    /** What a tag names now, without reading it where the registry says the digest. */
    public Optional<Digest> digestOf(Reference.Tag tag) throws Failure {
        Answer answer = send(Request.head(path("manifests/" + tag), Map.of("Accept", MediaType.ACCEPT)));
        if (answer.status() == 404) {
            return Optional.empty();
        }
        Optional<String> said = answer.header("Docker-Content-Digest");
        if (answer.status() == 200 && said.isPresent()) {
            try {
                return Optional.of(Digest.parse(said.get()));
            } catch (MalformedEvidenceException e) {
                // Then its bytes are asked.
            }
        }
        return find(tag).map(Manifest::digest);
    }

    private static Manifest tooLarge() throws MalformedEvidenceException {
        throw new MalformedEvidenceException("it is larger than " + Manifest.MAX_BYTES + " bytes");
    }

    // RFC 9110 section 13.1.1: If-Match compares strongly, so that a weak ETag, as what compresses on the way makes
    // of the registry's, never matches. Without one the tag is written as where there are no ETags.
    private static boolean isStrong(String etag) {
        return !etag.startsWith("W/");
    }

    /** @param etag as the registry gave it; empty where that is weak */
    record Tagged(Manifest manifest, Optional<String> etag) {}

    @Override
    public void push(EvidenceArtifact referrer) throws Failure {
        // In this order: who is interrupted leaves content that nothing names, and never a name without content.
        pushBlobs(referrer);
        Reference byDigest = new Reference.ByDigest(referrer.digest());
        Answer answer = putManifest(byDigest, referrer.manifest(), referrer.mediaType(), Map.of());
        Request manifest = Request.get(
                path("manifests/" + referrer.digest()), Map.of("Accept", referrer.mediaType()), Manifest.MAX_BYTES);
        boolean kept = false;
        try {
            readBack(manifest, referrer.manifest(), "manifest " + referrer.digest());
            kept = true;
            if (answer.header("OCI-Subject").isEmpty()) {
                list(referrer);
            }
        } catch (Failure e) {
            throw e.kind() == Kind.UNREACHABLE ? unseen(referrer, kept, e) : e;
        }
    }

    private static Failure unseen(EvidenceArtifact referrer, boolean kept, Failure why) {
        return Failure.of(
                        Kind.UNREACHABLE,
                        "the evidence " + (kept ? "is stored" : "was accepted") + " as " + referrer.digest()
                                + ", and whether it is " + (kept ? "found" : "kept") + " is not known: " + why.what(),
                        "pratique verify says whether it is found; where it is not, sign again later")
                .because(why);
    }

    private void list(EvidenceArtifact referrer) throws Failure {
        // Some registries have the referrers API and do not say so when a manifest is pushed.
        ReferrersApi api = new ReferrersApi(client, repository, access);
        Seen before = api.await(referrer, deadline());
        if (before.answered() == Answered.LISTED) {
            return;
        }
        // distribution-spec, "Pushing Manifests with Subject": without that header the client MUST add it to the tag.
        ReferrersListing listing = new ReferrersListing(referrer);
        extend(listing.tag(), listing);
        // "Listing Referrers": the tag is read where the API answers 404, not where it has a list without the referrer.
        if (before.answered() != Answered.NONE) {
            api.requireListed(referrer, deadline());
        }
    }

    @Override
    public Manifest extend(Reference.Tag tag, Extension extension) throws Failure {
        return new SharedTag(this, tag, clock).extend(extension);
    }

    /**
     * Makes a tag name this content, whose blobs are there.
     *
     * @param etag of what it is made of, where the registry gave one
     * @return the failure that it is where the tag stays what it was: it was refused on a condition
     */
    Optional<Failure> replace(Reference.Tag tag, EvidenceArtifact next, Optional<String> etag) throws Failure {
        Map<String, String> condition =
                etag.map(value -> Map.of("If-Match", value)).orElse(Map.of());
        Answer answer = putManifest(tag, next.manifest(), next.mediaType(), condition);
        return answer.status() == 412 ? Optional.of(immutable(answer, tag)) : Optional.empty();
    }

    private Failure immutable(Answer answer, Reference.Tag tag) {
        return Failure.of(
                Kind.FAILED,
                answered(answer, "PUT manifests/" + tag) + ", again and again, and the tag reads as before",
                "is the tag immutable there? evidence is added to what such a tag names: leave sha256-* out of the rule");
    }

    /**
     * What is accepted as a tag's content and not seen there afterwards.
     *
     * @param present whether the tag is there, with what it named before
     */
    Failure unkept(Reference.Tag tag, boolean present) {
        String seen = present ? " and shows what it named before" : " and does not have it";
        return Failure.of(
                Kind.FAILED,
                "registry " + repository.registry() + " accepted the tag " + tag + seen,
                "evidence is found by that tag: ask whoever runs the registry, and sign again; pratique verify says"
                        + " whether it is there by now");
    }

    /** Whether any of them had to be looked for or sent. */
    boolean pushBlobs(EvidenceArtifact artifact) throws Failure {
        int last = artifact.blobs().size() - 1;
        boolean any = false;
        for (int i = 0; i <= last; i++) {
            // The last one is the evidence; before it stands what is only there for the form's sake.
            any |= pushBlob(artifact.blobs().get(i), i == last);
        }
        return any;
    }

    private boolean pushBlob(EvidenceArtifact.Blob blob, boolean evidence) throws Failure {
        if (client.blobs().isIn(repository, blob.digest())) {
            return false;
        }
        Answer present = send(Request.head(path("blobs/" + blob.digest()), Map.of()));
        if (present.status() != 200) {
            BlobUpload upload = new BlobUpload(client, repository, blob, deadline());
            expect(client.send(repository, deadline(), upload::failed, upload::attempt), "the upload of a blob", 201);
        }
        if (evidence) {
            Request stored = Request.get(path("blobs/" + blob.digest()), Map.of(), blob.bytes().length);
            readBack(stored, blob.bytes(), "blob " + blob.digest());
        }
        client.blobs().add(repository, blob.digest());
        return true;
    }

    private Answer putManifest(Reference reference, byte[] bytes, String mediaType, Map<String, String> conditions)
            throws Failure {
        Map<String, String> headers = new LinkedHashMap<>(conditions);
        headers.put("Content-Type", mediaType);
        Answer answer = send(new Request("PUT", path("manifests/" + reference), headers, bytes, MAX_ERROR));
        if (!(answer.status() == 412 && reference instanceof Reference.Tag)) {
            // distribution-spec says 201; registries answer 200 and 202 as well. What was stored is read back.
            expect(answer, "PUT manifests/" + reference, Stage.NAMED, 200, 201, 202);
        }
        return answer;
    }

    /** A registry's status is its word; what it keeps is what verifiers will read. */
    private void readBack(Request read, byte[] given, String what) throws Failure {
        Instant deadline = deadline();
        // What was stored a moment ago may not be in every copy of a registry yet.
        Answer answer = client.send(
                repository,
                deadline,
                got -> got.status() == 404 || Retries.AGAIN.contains(got.status()),
                () -> client.sendOnce(repository, access, read, deadline));
        if (answer.status() == 404) {
            throw Failure.of(
                    Kind.FAILED,
                    "registry " + repository.registry() + " accepted " + what + " and does not have it",
                    "nothing was signed that can be found; ask whoever runs the registry");
        }
        expect(answer, "GET of what was stored", Stage.NAMED, 200);
        if (!answer.complete() || !Arrays.equals(answer.body(), given)) {
            throw Failure.of(
                    Kind.FAILED,
                    "registry " + repository.registry() + " accepted " + what
                            + " and keeps other bytes than it was sent",
                    "what lies there now verifies nowhere; ask whoever runs the registry");
        }
    }

    private Instant deadline() {
        return clock.instant().plus(patience);
    }

    private Answer send(Request request) throws Failure {
        return client.send(repository, access, request, deadline());
    }

    /** How far it has come. */
    private enum Stage {
        /** Nothing names what may have been sent. */
        UNNAMED("nothing was published that verifies by halves"),
        /** A manifest has been sent, and a registry may keep what it says it does not. */
        NAMED("pratique verify says whether it is there all the same");

        private final String told;

        Stage(String told) {
            this.told = told;
        }
    }

    private void expect(Answer answer, String what, int status) throws Failure {
        expect(answer, what, Stage.UNNAMED, status);
    }

    private void expect(Answer answer, String what, Stage stage, int... statuses) throws Failure {
        if (IntStream.of(statuses).anyMatch(status -> status == answer.status())) {
            return;
        }
        if (answer.status() == 401 || answer.status() == 403) {
            throw Authorisation.denied(repository, access, "it answered " + answer.status());
        }
        boolean busy = answer.status() == 429 || answer.status() >= 500;
        String said = answered(answer, what);
        throw busy
                ? Failure.of(Kind.UNREACHABLE, said + ", again and again", "run it again later: what is there stays")
                : Failure.of(Kind.FAILED, said, "see what the registry's log says of it; " + stage.told);
    }

    private String answered(Answer answer, String what) {
        String why = errorCode(answer).map(code -> " (" + code + ")").orElse("");
        return "registry " + repository.registry() + " answered " + answer.status() + why + " to " + what;
    }

    /** The code of an error body (distribution-spec, "Error Codes"). */
    static Optional<String> errorCode(Answer answer) {
        Matcher code = ERROR_CODE.matcher(new String(answer.body(), StandardCharsets.UTF_8));
        return code.find() ? Optional.of(code.group(1)) : Optional.empty();
    }

    private String path(String rest) {
        return "/v2/" + repository.name() + "/" + rest;
    }
}
