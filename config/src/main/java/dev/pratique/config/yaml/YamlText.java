package dev.pratique.config.yaml;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads the text of a file into nodes: one document, UTF-8, no tags, few aliases. */
public final class YamlText {
    /** More than a catalog of ten thousand bases; a file beyond it is not a configuration. */
    public static final int MAX_BYTES = 4 << 20;

    private YamlText() {}

    /**
     * The document's value; empty where there is none, or where it cannot be read and a complaint says why.
     *
     * @param file as people know it
     */
    public static Optional<Node> parse(String file, byte[] bytes, Complaints complaints) {
        if (bytes.length > MAX_BYTES) {
            complaints.add(Place.of(file), "", "is larger than 4 MiB", "no configuration is: this may be another file");
            return Optional.empty();
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            complaints.add(Place.of(file), "", "is not UTF-8", "save it in that encoding");
            return Optional.empty();
        }
        String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return parse(file, body, complaints);
    }

    private static Optional<Node> parse(String file, String text, Complaints complaints) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(MAX_BYTES)
                .setUseMarks(true)
                .build();
        try {
            Iterator<Event> events = new Parse(settings).parseString(text).iterator();
            return new TreeBuilder(file, events, complaints).document();
        } catch (TreeBuilder.NotAcceptedException e) {
            complaints.add(e.place(), "", e.what(), e.hint());
        } catch (MarkedYamlEngineException e) {
            Place place = e.getProblemMark()
                    .or(e::getContextMark)
                    .map(mark -> place(file, mark))
                    .orElse(Place.of(file));
            complaints.add(place, "", "cannot be read as YAML from here on", hint(text, place));
        } catch (ReaderException e) {
            int line = 1
                    + (int) text.codePoints()
                            .limit(Math.max(0, e.getPosition()))
                            .filter(c -> c == '\n')
                            .count();
            complaints.add(
                    new Place(file, line, 0, line, 0, ""),
                    "",
                    "has a character that YAML does not allow",
                    "remove control characters");
        } catch (YamlEngineException e) {
            complaints.add(Place.of(file), "", "cannot be read as YAML", "look at indentation, quotes and brackets");
        }
        return Optional.empty();
    }

    private static Place place(String file, Mark mark) {
        return new Place(file, mark.getLine() + 1, mark.getColumn(), mark.getLine() + 1, mark.getColumn(), "");
    }

    private static String hint(String text, Place place) {
        String line = text.lines().skip(place.line() - 1L).findFirst().orElse("");
        if (line.strip().length() < line.length()
                && line.substring(0, line.indexOf(line.strip())).contains("\t")) {
            return "indent with spaces, not with tabs";
        }
        return "look at indentation, quotes, brackets and colons here and in the line before";
    }
}
