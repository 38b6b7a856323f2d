package dev.pratique.signer.provenance;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Repository;
import java.util.Map;
import java.util.Optional;

/**
 * An image as a build names it; tag and digest may both be there, and then the digest is what was used.
 *
 * @param tag {@code latest} where neither is written
 */
public record UsedImage(Repository repository, Optional<String> tag, Optional<Digest> digest) {
    /** By what an image is known that was only named in a file. */
    static final String DOCKERFILE = "dockerfile";
    /** By what it is known where its tag was looked up when the statement was written. */
    static final String REGISTRY = "registry";

    static UsedImage parse(String text) throws MalformedEvidenceException {
        ImageName name = ImageName.parse(text);
        int at = text.indexOf('@');
        String named = at < 0 ? text : text.substring(0, at);
        int colon = named.lastIndexOf(':');
        Optional<String> written =
                colon > named.lastIndexOf('/') ? Optional.of(named.substring(colon + 1)) : Optional.empty();
        return new UsedImage(
                name.repository(),
                written.or(() -> name.reference().tag().map(Object::toString)),
                name.reference().pinned());
    }

    /** For people. */
    String text() {
        return repository + digest.map(value -> "@" + value).orElse(":" + tag.orElse(""));
    }

    /** The image by what it is fetched by. */
    public ImageName name() throws MalformedEvidenceException {
        return ImageName.parse(repository + digest.map(value -> "@" + value).orElse(":" + tag.orElse("latest")));
    }

    /** As something that went into the build; without digest where none is written. */
    public Material material() {
        if (digest.isPresent()) {
            return Materials.image(repository, tag, digest.get(), DOCKERFILE);
        }
        return new Material(Optional.of(PackageUrl.of(repository, tag, digest)), Map.of(), Optional.of(DOCKERFILE));
    }

    /** The same with the digest that its tag names now, which is later than the build. */
    public Material resolved(Digest now) {
        return Materials.image(repository, tag, now, REGISTRY);
    }
}
