package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.Failure;
import dev.pratique.signer.cli.NamedImage.FoundImage;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** CLI-01: what was signed is what was shown; that its name means something else by now is worth a word. */
final class MovedTags {
    private final Task task;
    private final String done;
    private final Map<String, Optional<String>> known = new HashMap<>();

    /** @param done {@code signed} */
    MovedTags(Task task, String done) {
        this.task = task;
        this.done = done;
    }

    /**
     * What the image's tag names now, where that is not what it named when it was looked up: a digest, {@code none}, or
     * {@code unknown} where it cannot be seen. The first time that it is asked of an image, the user is warned.
     */
    Optional<String> tagNow(FoundImage image) {
        return known.computeIfAbsent(image.name() + " " + image.text(), once -> ask(image));
    }

    private Optional<String> ask(FoundImage image) {
        if (image.tag().isEmpty()) {
            return Optional.empty();
        }
        String tag = "the tag " + Printable.line(image.tag().get());
        Digest was = image.manifest().digest();
        try {
            Optional<String> now = image.later().digest().map(Digest::toString);
            if (now.equals(Optional.of(was.toString()))) {
                return Optional.empty();
            }
            task.warn(tag + " of " + image.target().name() + " has moved meanwhile: it names " + now.orElse("nothing")
                    + " now; what was " + done + " is " + was
                    + "; if the other one was meant, run it again, and name images by digest");
            return Optional.of(now.orElse("none"));
        } catch (Failure e) {
            task.warn("whether " + tag + " has moved meanwhile is not known: " + e.what() + "; name images by digest");
            return Optional.of("unknown");
        }
    }
}
