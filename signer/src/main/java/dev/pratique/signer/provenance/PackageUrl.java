package dev.pratique.signer.provenance;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Repository;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The package URL of an image, as BuildKit writes it among the materials of a build. */
final class PackageUrl {
    private PackageUrl() {}

    /**
     * {@code pkg:docker/NAME@TAG?digest=DIGEST}; Docker Hub's names as people write them.
     *
     * @param tag absent where it is named by digest alone
     */
    static String of(Repository repository, Optional<String> tag, Optional<Digest> digest) {
        String name = repository.toString();
        if (repository.registry().equals("docker.io")) {
            name = repository.name().startsWith("library/")
                    ? repository.name().substring("library/".length())
                    : repository.name();
        }
        return "pkg:docker/" + name + tag.map(version -> "@" + version).orElse("")
                + digest.map(value -> "?digest=" + URLEncoder.encode(value.toString(), StandardCharsets.UTF_8))
                        .orElse("");
    }

    /** An image that is named by a tag or a digest. */
    static String of(ImageName image) {
        return of(
                image.repository(),
                image.reference().tag().map(Object::toString),
                image.reference().pinned());
    }
}
