package dev.pratique.signer.cli;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.signer.cli.NamedImage.FoundImage;
import java.util.ArrayList;
import java.util.List;

/** One manifest that is signed once, and the images that were named and have it. For one thread at a time. */
final class EvidenceWork {
    private final List<FoundImage> images = new ArrayList<>();
    private final Descriptor subject;
    private final String note;

    /** @param note about the manifest, behind its name, for people */
    EvidenceWork(FoundImage image, Descriptor subject, String note) {
        this.images.add(image);
        this.subject = subject;
        this.note = note;
    }

    /** What was named first of those that have it. */
    FoundImage image() {
        return images.get(0);
    }

    /** All of them in the order in which they were named, each spelling once. */
    List<FoundImage> images() {
        return List.copyOf(images);
    }

    Descriptor subject() {
        return subject;
    }

    String note() {
        return note;
    }

    /** Two works of one name are one. */
    String name() {
        return image().target().name() + "@" + subject.digest();
    }

    /** Whether it is an image's own manifest, and not one that its index lists. */
    boolean isOwnOf(FoundImage image) {
        return subject.digest().equals(image.manifest().digest());
    }

    /** Takes over what the same manifest was named as. Whether that is another name than those that are known. */
    boolean takeOver(EvidenceWork same) {
        FoundImage other = same.image();
        if (!isOwnOf(other) || images.stream().anyMatch(known -> known.text().equals(other.text()))) {
            return false;
        }
        return images.add(other);
    }
}
