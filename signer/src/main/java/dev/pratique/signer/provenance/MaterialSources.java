package dev.pratique.signer.provenance;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Reference;
import dev.pratique.config.CatalogFile.Entry;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.check.BaseLayers;
import java.util.List;
import java.util.Optional;

/**
 * Where it is found out what went into an image. What is known by the image's own layers comes first, what was only named
 * somewhere last.
 *
 * @param bases that the image is said to stand on; it is a mistake where it does not
 * @param catalog of bases on one of which it may stand
 * @param dockerfile that it was built from
 * @param metadata that BuildKit has written
 * @param resolveTags whether tags of the Dockerfile are looked up now
 */
public record MaterialSources(
        List<ImageName> bases,
        List<Entry> catalog,
        Optional<Dockerfile> dockerfile,
        Optional<BuildKitMetadata> metadata,
        boolean resolveTags) {
    public MaterialSources {
        bases = List.copyOf(bases);
        catalog = List.copyOf(catalog);
    }

    /** All of it, of a build whose image is not known. */
    public List<Material> read(Elsewhere elsewhere) throws Failure {
        Materials all = new Materials();
        addNamed(elsewhere, all);
        return all.list();
    }

    /** All of it, of this image. */
    public List<Material> read(BuiltImage image, Elsewhere elsewhere) throws Failure {
        if (metadata.isPresent()) {
            metadata.get().requireOf(image.manifest().digest());
        }
        Materials all = new Materials();
        BaseLineage lineage = BaseLineage.read(image, elsewhere.clock());
        for (ImageName base : bases) {
            all.add(said(base, lineage, image, elsewhere));
        }
        lineage.claimed().ifPresent(claimed -> addClaimed(claimed, lineage, elsewhere, all));
        for (Entry entry : catalog) {
            if (lineage.standsOn(entry.diffIds()) && entry.reference().isPresent()) {
                addOfCatalog(entry, entry.reference().get(), lineage, elsewhere, all);
            }
        }
        addNamed(elsewhere, all);
        return all.list();
    }

    private static Material said(ImageName base, BaseLineage lineage, BuiltImage image, Elsewhere elsewhere)
            throws Failure {
        Digest digest = BaseLineage.resolve(base, elsewhere);
        if (!lineage.standsOn(layers(base, digest, elsewhere).diffIds())) {
            throw Failure.of(
                    Kind.FAILED,
                    image.name() + " does not stand on " + base + ": the layers of that one are not its lowest",
                    "a base that was built again has other layers: name it by the digest that was used");
        }
        return material(base, digest);
    }

    // Whoever built the image has written this, so it is where to look and nothing more.
    private static void addClaimed(UsedImage base, BaseLineage lineage, Elsewhere elsewhere, Materials all) {
        String which = "its annotations name " + base.text() + " as its base, ";
        try {
            ImageName name = base.name();
            Digest digest = name.reference().pinned().orElseThrow();
            if (lineage.standsOn(layers(name, digest, elsewhere).diffIds())) {
                all.add(Materials.image(base.repository(), base.tag(), digest, BaseLineage.SEEN));
            } else {
                elsewhere.warn(which + "whose layers are not its lowest: not believed");
            }
        } catch (Failure | MalformedEvidenceException e) {
            elsewhere.warn(which + "which cannot be looked at, so it is not believed ("
                    + Printable.line(String.valueOf(e.getMessage())) + ")");
        }
    }

    private static void addOfCatalog(
            Entry entry, ImageName reference, BaseLineage lineage, Elsewhere elsewhere, Materials all) {
        String which = "it stands on " + entry.base().label() + " of the catalog, ";
        try {
            // Of an index the catalog has the digests of its images too; the base is the one that leads to all of them.
            for (Digest digest : entry.base().digests()) {
                BaseLayers layers = layers(reference, digest, elsewhere);
                if (lineage.standsOn(layers.diffIds())
                        && layers.digests().equals(entry.base().digests())) {
                    all.add(material(reference, digest));
                    return;
                }
            }
            elsewhere.warn(which + "of which its registry has no digest with these layers");
        } catch (Failure e) {
            elsewhere.warn(which + "whose digest is not known: " + e.what());
        }
    }

    private void addNamed(Elsewhere elsewhere, Materials all) throws Failure {
        metadata.ifPresent(built -> all.addAll(built.materials()));
        if (dockerfile.isEmpty()) {
            return;
        }
        dockerfile.get().unknown().forEach(line -> elsewhere.warn(line + " is not known, so it is not said"));
        for (UsedImage used : dockerfile.get().images()) {
            if (used.digest().isPresent() || !resolveTags) {
                all.add(used.material());
                continue;
            }
            try {
                all.add(used.resolved(BaseLineage.resolve(used.name(), elsewhere)));
            } catch (MalformedEvidenceException e) {
                throw Failure.of(
                                Kind.FAILED,
                                used.text() + " names no image: " + e.getMessage(),
                                "give the argument that it is made of: --build-arg NAME=VALUE")
                        .because(e);
            }
        }
    }

    private static BaseLayers layers(ImageName base, Digest digest, Elsewhere elsewhere) throws Failure {
        ImageName pinned = new ImageName(base.repository(), new Reference.ByDigest(digest));
        return BaseLayers.read(elsewhere.reader(), pinned, elsewhere.clock());
    }

    private static Material material(ImageName base, Digest digest) {
        Optional<String> tag = base.reference().tag().map(Object::toString);
        return Materials.image(base.repository(), tag, digest, BaseLineage.SEEN);
    }
}
