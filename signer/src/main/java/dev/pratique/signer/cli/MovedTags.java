package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.Failure;
import dev.pratique.signer.cli.NamedImage.FoundImage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** CLI-01: what was signed is what was shown; that its name means something else by now is worth a word. */
final class MovedTags {
    private MovedTags() {}

    /** @param done {@code signed} */
    static void warn(Task task, List<EvidenceTask.Work> works, String done) {
        Set<String> asked = new LinkedHashSet<>();
        for (EvidenceTask.Work work : works) {
            FoundImage image = work.image();
            if (image.tag().isEmpty() || !asked.add(image.text())) {
                continue;
            }
            String tag = "the tag " + Printable.line(image.tag().get());
            try {
                Optional<Digest> now = image.later().digest();
                if (!now.equals(Optional.of(image.manifest().digest()))) {
                    task.warn(tag + " of " + image.target().name() + " has moved meanwhile: it names "
                            + now.map(Digest::toString).orElse("nothing") + " now; what was " + done + " is "
                            + image.manifest().digest());
                }
            } catch (Failure e) {
                task.warn("whether " + tag + " has moved meanwhile is not known: " + e.what());
            }
        }
    }
}
