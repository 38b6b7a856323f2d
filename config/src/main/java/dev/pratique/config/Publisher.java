package dev.pratique.config;

import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.config.yaml.Complaints;
import dev.pratique.config.yaml.Node;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.ShapeCheck;
import dev.pratique.config.yaml.YamlText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A publisher whose identity is a public fact and ships with the program.
 *
 * @param about what it signs, for people
 * @param source URI of the page of its own that says so
 * @param identities any of them; at the public Sigstore
 */
public record Publisher(String name, String about, String source, List<IdentityRule> identities) {
    private static final String FILE = "publishers.yaml";
    private static final Shape.Keys PUBLISHER =
            Shape.keys("about", "source").with("identities", new Shape.Items(IdentityReader.SHAPE, false));

    public Publisher {
        identities = List.copyOf(identities);
    }

    /** The one of this name. */
    public static Optional<Publisher> named(String name) {
        return all().stream().filter(one -> one.name.equals(name)).findFirst();
    }

    static List<String> names() {
        return all().stream().map(Publisher::name).toList();
    }

    /** All that this version knows, in the order of their file. */
    public static List<Publisher> all() {
        return Shipped.ALL;
    }

    /** Read when first asked for. */
    private static final class Shipped {
        static final List<Publisher> ALL = read();

        private static List<Publisher> read() {
            Complaints complaints = (place, path, what, hint) -> {
                throw new IllegalStateException(FILE + ":" + place.line() + ": " + what);
            };
            Node tree = YamlText.parse(FILE, bytes(), complaints).orElseThrow();
            List<Publisher> all = new ArrayList<>();
            for (Node.Member member : ((Node.Mapping) tree).members()) {
                Section section = new ShapeCheck(complaints)
                        .fit(member.value(), PUBLISHER)
                        .map(mapping -> new Section(mapping, member.key(), complaints))
                        .orElseThrow();
                List<IdentityRule> identities = section.sections("identities").stream()
                        .flatMap(one -> IdentityReader.read(one).stream())
                        .toList();
                all.add(new Publisher(member.key(), text(section, "about"), text(section, "source"), identities));
            }
            return List.copyOf(all);
        }

        private static String text(Section section, String key) {
            return section.require(key).orElseThrow().text();
        }

        private static byte[] bytes() {
            try (InputStream in = Publisher.class.getResourceAsStream(FILE)) {
                if (in == null) {
                    throw new IllegalStateException("this program was packed without " + FILE);
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
