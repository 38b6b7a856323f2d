package dev.pratique.proxy.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far the reading of all content has come.
 *
 * @param begun when this pass began
 * @param fan the last directory that was read whole; empty: none yet
 */
record ScrubMark(Instant begun, String fan, boolean done) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,15}) (done|[a-z0-9]*/?[0-9a-f]{0,2})\n");

    static ScrubMark beginning(Instant now) {
        return new ScrubMark(now, "", false);
    }

    ScrubMark after(String fanRead) {
        return new ScrubMark(begun, fanRead, false);
    }

    ScrubMark finished() {
        return new ScrubMark(begun, "", true);
    }

    /** What was written; empty where it cannot be read, and then the pass begins anew. */
    static Optional<ScrubMark> read(Path file) {
        try {
            Matcher text = TEXT.matcher(Files.readString(file));
            if (text.matches()) {
                boolean done = text.group(2).equals("done");
                Instant begun = Instant.ofEpochMilli(Long.parseLong(text.group(1)));
                return Optional.of(new ScrubMark(begun, done ? "" : text.group(2), done));
            }
        } catch (IOException notThere) {
            // As below.
        }
        return Optional.empty();
    }

    /** Where it cannot be written, a restart reads again what was read before. */
    void write(Path file) {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(next, begun.toEpochMilli() + " " + (done ? "done" : fan) + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unwritable) {
            // As above.
        }
    }
}
