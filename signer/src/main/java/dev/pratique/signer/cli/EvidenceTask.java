package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.check.Artifact;
import dev.pratique.signer.cli.NamedImage.FoundImage;
import dev.pratique.signer.publish.EvidencePublisher;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.publish.EvidencePublisher.Stored;
import dev.pratique.signer.publish.EvidenceTarget;
import dev.pratique.signer.publish.Rehearsal;
import dev.pratique.signer.publish.WholeFile;
import dev.pratique.signer.publish.WholeImage;
import dev.pratique.signer.sigstore.SigstoreSigner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Makes evidence about images and puts it where they are. Every image is looked up once and its digest shown; then all of
 * them are signed, several at once. One that fails does not keep the others from being signed.
 */
abstract class EvidenceTask extends Task {
    @Mixin
    private SigningOptions signing = new SigningOptions();

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Option(
            names = {"-r", "--recursive"},
            description = "every image and index in an index too, not only the index")
    private boolean recursive;

    @Option(
            names = "--bundle",
            paramLabel = "FILE",
            description = "write the bundle to this file and push nothing; of one image, or of one file or digest")
    private Optional<Path> bundle = Optional.empty();

    @Option(
            names = "--dry-run",
            description = "look up, sign and say where it would go; nothing is pushed, logged or written")
    private boolean dryRun;

    @Parameters(
            arity = "1..*",
            paramLabel = "IMAGE",
            description = "images, by tag or better by digest, or oci:DIR:TAG in an OCI layout on disk;"
                    + " with --bundle also a file")
    private List<String> images = List.of();

    private final EvidenceRows done = new EvidenceRows();
    private final FailedImages failed = new FailedImages(this);

    EvidenceTask(Terminal terminal) {
        super(terminal);
    }

    /** Reads what is to be said, before any key is opened. */
    abstract void prepare() throws Failure;

    /** {@code sign}. */
    abstract String verb();

    /** {@code signing}. */
    abstract String doing();

    /** {@code signed}: the document's member for what was done. */
    abstract String done();

    /** Sees an image before anything is signed about it or its manifests. */
    abstract void look(FoundImage image) throws Failure;

    abstract Stored publish(EvidencePublisher publisher, EvidenceWork work, Format format) throws Failure;

    abstract byte[] bundle(EvidencePublisher publisher, EvidenceWork work) throws Failure;

    /** Whether this can be said of something that is in no registry. */
    abstract void check(Artifact artifact) throws Failure;

    /** A bundle about such a thing. */
    abstract byte[] bundle(SigstoreSigner signer, Artifact artifact, String name) throws Failure;

    /** Further members of a row. */
    abstract void describe(Map<String, Object> row);

    /** How registries are spoken to. */
    final RegistryOptions registry() {
        return registry;
    }

    /** Whether standard input is the identity token. */
    final boolean tokenIsTyped() {
        return signing.readsStandardInput();
    }

    final Format format() {
        return signing.format();
    }

    @Override
    final ExitCode run() throws Failure {
        // From here on: opening a key may wait for a person, and a service of Sigstore for another machine.
        Interruption interruption = Interruption.saidOn(terminal().err());
        try {
            return makeAll();
        } finally {
            interruption.over();
        }
    }

    private ExitCode makeAll() throws Failure {
        checkOptions();
        if (bundle.isPresent() && GivenArtifact.isMeant(images.get(0))) {
            return artifact(images.get(0), bundle.get());
        }
        List<NamedImage> named = new ArrayList<>();
        for (String image : images) {
            named.add(GivenArtifact.image(image, bundle.isPresent()));
        }
        registry.allowLogin(named, terminal());
        prepare();
        SigstoreSigner signer = signing.signer(this, dryRun);
        try (Batch batch = new Batch()) {
            List<EvidenceWork> works = lookUp(batch, named);
            batch.each(
                    works,
                    work -> make(work, signer),
                    (work, stored) -> report(work, stored, works.size() > 1),
                    this::failed);
            done.lookAgain(new MovedTags(this, done()));
        }
        document("pratique." + verb() + "/v1", members());
        return failed.exitCode();
    }

    private String now() {
        return dryRun ? "would " + verb() + " " : doing() + " ";
    }

    private void checkOptions() throws Failure {
        if (bundle.isPresent() && images.size() > 1) {
            throw Failure.of(Kind.USAGE, "one file holds the bundle of one image", "run it once for each");
        }
        if (bundle.isPresent() && signing.format() == Format.COSIGN) {
            throw Failure.of(
                    Kind.USAGE,
                    "--bundle and --format cosign exclude each other",
                    "leave one out: the older form is kept in tags alone");
        }
        if (bundle.isPresent() && recursive) {
            throw Failure.of(
                    Kind.USAGE, "one file holds the bundle of one manifest", "run it for each image of the index");
        }
    }

    private void failed(EvidenceWork work, Failure failure) throws Failure {
        for (FoundImage image : work.images()) {
            failed.add(image.text(), Optional.of(work.subject().digest()), failure);
        }
    }

    private List<EvidenceWork> lookUp(Batch batch, List<NamedImage> named) throws Failure {
        NamedImage.Surroundings surroundings =
                new NamedImage.Surroundings(registry.client(terminal()), registry, terminal());
        boolean writing = !dryRun && bundle.isEmpty();
        List<EvidenceWork> works = new ArrayList<>();
        Map<String, EvidenceWork> seen = new HashMap<>();
        failed.expect(named.size());
        batch.each(
                named,
                image -> {
                    FoundImage found = image.find(surroundings, writing);
                    List<Descriptor> subjects = subjects(found);
                    look(found);
                    return works(found, subjects);
                },
                (image, found) -> {
                    for (EvidenceWork work : found) {
                        EvidenceWork before = seen.putIfAbsent(work.name(), work);
                        if (before == null) {
                            works.add(work);
                        }
                        if (before == null || before.takeOver(work)) {
                            progress(now() + work.name() + work.note());
                        }
                    }
                },
                (image, failure) -> failed.add(image.text(), Optional.empty(), failure));
        failed.expect(Math.max(works.size(), named.size()));
        return works;
    }

    /** The image itself first. */
    private List<Descriptor> subjects(FoundImage image) throws Failure {
        return recursive
                ? WholeImage.manifests(image.target(), image.manifest())
                : List.of(Descriptor.of(
                        image.manifest().mediaType(), image.manifest().bytes()));
    }

    private static List<EvidenceWork> works(FoundImage image, List<Descriptor> subjects) {
        List<EvidenceWork> works = new ArrayList<>();
        Digest itself = image.manifest().digest();
        String tag = image.tag().map(t -> " (tag " + Printable.line(t) + ")").orElse("");
        for (Descriptor subject : subjects) {
            works.add(new EvidenceWork(image, subject, subject.digest().equals(itself) ? tag : " (of the index)"));
        }
        return works;
    }

    private Stored make(EvidenceWork work, SigstoreSigner signer) throws Failure {
        EvidenceTarget target = work.image().target();
        EvidencePublisher publisher = new EvidencePublisher(
                dryRun ? new Rehearsal(target) : target, signer, terminal().clock());
        if (bundle.isEmpty()) {
            return publish(publisher, work, signing.format());
        }
        byte[] bytes = bundle(publisher, work);
        if (!dryRun) {
            WholeFile.store(bundle.get(), bytes);
        }
        return new Stored(Digest.sha256(bytes), Optional.empty(), true);
    }

    private void report(EvidenceWork work, Stored stored, boolean several) {
        String which = several ? work.name() + ": " : "";
        if (!stored.added()) {
            say("  " + which + done() + " before by this key: nothing to do");
        } else {
            say("  " + which + kind() + where(stored));
        }
        boolean added = stored.added();
        for (FoundImage image : work.images()) {
            done.add(row(work, image, stored, added), Optional.of(image).filter(work::isOwnOf));
            added = false; // for those that follow it was there
        }
    }

    private Map<String, Object> row(EvidenceWork work, FoundImage image, Stored stored, boolean added) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("image", image.text());
        row.put("repository", image.target().name());
        row.put("digest", work.subject().digest().toString());
        row.put("format", signing.format().toString());
        if (!dryRun && bundle.isEmpty()) {
            row.put("evidence", stored.manifest().toString());
        }
        row.put("tag", stored.tag().orElse(null));
        row.put("bundle", bundle.map(Path::toString).orElse(null));
        row.put("added", added);
        describe(row);
        return row;
    }

    /** What it is that is stored, where that is not plain. */
    String kind() {
        return "";
    }

    private String where(Stored stored) {
        String would = dryRun ? "would be " : "";
        if (bundle.isPresent()) {
            return would + "written to " + bundle.get();
        }
        if (stored.tag().isPresent()) {
            return would + "stored under the tag " + stored.tag().get();
        }
        return dryRun ? "would be stored as a referrer" : "stored as referrer " + stored.manifest();
    }

    private Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("dryRun", dryRun);
        members.put(done(), done.members());
        members.put("failed", failed.rows());
        return members;
    }

    private ExitCode artifact(String named, Path file) throws Failure {
        prepare();
        Artifact artifact = GivenArtifact.read(named);
        check(artifact);
        String name = Path.of(named).getFileName() + "";
        SigstoreSigner signer = signing.signer(this, dryRun);
        progress(now() + named + " (" + artifact.digest() + ")");
        byte[] bytes = bundle(signer, artifact, name);
        if (!dryRun) {
            WholeFile.store(file, bytes);
        }
        say("  " + kind() + (dryRun ? "would be " : "") + "written to " + file);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("artifact", named);
        row.put("digest", artifact.digest().toString());
        row.put("bundle", file.toString());
        row.put("added", true);
        describe(row);
        done.add(row, Optional.empty());
        document("pratique." + verb() + "/v1", members());
        return ExitCode.DONE;
    }
}
