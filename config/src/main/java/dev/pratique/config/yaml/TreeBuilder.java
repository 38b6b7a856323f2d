package dev.pratique.config.yaml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Builds one document's nodes from the parser's events. */
final class TreeBuilder {
    /** Twice what the deepest key needs. */
    private static final int MAX_DEPTH = 24;
    /** Aliases of aliases multiply: this many nodes after all of them are followed. */
    private static final int MAX_NODES = 400_000;

    private static final int MAX_ALIASES = 64;
    /** Keys that appear twice; nobody reads more complaints about them. */
    private static final int MAX_REPEATS = 64;

    private final String file;
    private final Iterator<Event> events;
    private final Complaints complaints;
    private final Map<Anchor, Node> anchors = new HashMap<>();
    private int aliases;
    private int repeats;

    TreeBuilder(String file, Iterator<Event> events, Complaints complaints) {
        this.file = file;
        this.events = events;
        this.complaints = complaints;
    }

    /** YAML, but not of the kind that a configuration needs. */
    static final class NotAcceptedException extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Place place;
        private final String what;
        private final String hint;

        NotAcceptedException(Place place, String what, String hint) {
            super(what);
            this.place = place;
            this.what = what;
            this.hint = hint;
        }

        Place place() {
            return place;
        }

        String what() {
            return what;
        }

        String hint() {
            return hint;
        }
    }

    Optional<Node> document() throws NotAcceptedException {
        Optional<Node> root = Optional.empty();
        while (events.hasNext()) {
            Event event = events.next();
            switch (event.getEventId()) {
                case StreamStart, StreamEnd, DocumentStart, DocumentEnd, Comment -> {}
                default -> {
                    if (root.isPresent()) {
                        throw new NotAcceptedException(
                                place(event), "has a second document", "remove the --- between them");
                    }
                    root = Optional.of(node(event, 0));
                }
            }
        }
        return root.filter(node -> !(node instanceof Node.Scalar scalar && scalar.isNull()));
    }

    private Node node(Event event, int depth) throws NotAcceptedException {
        if (depth > MAX_DEPTH) {
            throw new NotAcceptedException(
                    place(event), "is nested more than " + MAX_DEPTH + " deep", "no key is: look at the indentation");
        }
        if (event instanceof AliasEvent alias) {
            return alias(alias);
        }
        Node node;
        if (event instanceof ScalarEvent scalar) {
            refuseTag(event, scalar.getTag());
            node = new Node.Scalar(place(event), scalar.getValue(), scalar.isPlain());
        } else if (event instanceof CollectionStartEvent start) {
            refuseTag(event, start.getTag());
            boolean sequence = event.getEventId() == Event.ID.SequenceStart;
            node = sequence ? sequence(start, depth) : mapping(start, depth);
        } else {
            throw new NotAcceptedException(
                    place(event),
                    "cannot be read as YAML from here on",
                    "look at indentation, quotes and brackets here");
        }
        if (node.weight() > MAX_NODES) {
            throw new NotAcceptedException(
                    place(event),
                    "holds more than " + MAX_NODES + " values",
                    "a catalog of ten thousand bases has fewer: look at its aliases");
        }
        Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
        anchor.ifPresent(name -> anchors.put(name, node));
        return node;
    }

    private Node alias(AliasEvent event) throws NotAcceptedException {
        if (++aliases > MAX_ALIASES) {
            throw new NotAcceptedException(
                    place(event), "has more than " + MAX_ALIASES + " aliases", "write the values out");
        }
        Node node = anchors.get(event.getAlias());
        if (node == null) {
            throw new NotAcceptedException(
                    place(event), "is an alias of nothing before it", "an anchor (&name) must come first");
        }
        return node;
    }

    private Node sequence(CollectionStartEvent start, int depth) throws NotAcceptedException {
        List<Node> items = new ArrayList<>();
        Event event = next();
        while (event.getEventId() != Event.ID.SequenceEnd) {
            items.add(node(event, depth + 1));
            event = next();
        }
        return new Node.Sequence(place(start, event), items, start.isFlow());
    }

    private Node mapping(CollectionStartEvent start, int depth) throws NotAcceptedException {
        List<Node.Member> members = new ArrayList<>();
        Map<String, Place> seen = new HashMap<>();
        Event event = next();
        while (event.getEventId() != Event.ID.MappingEnd) {
            Place at = place(event);
            if (!(event instanceof ScalarEvent key) || key.getTag().isPresent()) {
                throw new NotAcceptedException(
                        at, "has a key that is not plain text", "a key is a word before a colon");
            }
            Place before = seen.putIfAbsent(key.getValue(), at);
            Node value = node(next(), depth + 1);
            if (before == null) {
                members.add(new Node.Member(key.getValue(), at, value));
            } else if (++repeats > MAX_REPEATS) {
                throw new NotAcceptedException(at, "has more than " + MAX_REPEATS + " keys twice", "keep one of each");
            } else { // a mistake, but no reason to keep quiet about what else is wrong
                complaints.add(
                        at,
                        "",
                        "has the key " + Quoted.of(key.getValue()) + " twice, first in line " + before.line(),
                        "keep one of the two");
            }
            event = next();
        }
        return new Node.Mapping(place(start, event), members, start.isFlow());
    }

    private Event next() {
        Event event = events.next();
        while (event.getEventId() == Event.ID.Comment) {
            event = events.next();
        }
        return event;
    }

    private void refuseTag(Event event, Optional<String> tag) throws NotAcceptedException {
        if (tag.isPresent()) {
            throw new NotAcceptedException(
                    place(event), "has a YAML tag (!…)", "remove it: values are read by their key");
        }
    }

    private Place place(Event event) {
        return place(event, event);
    }

    private Place place(Event first, Event last) {
        Mark start = first.getStartMark().orElseThrow();
        Mark end = last.getEndMark().orElseThrow();
        return new Place(file, start.getLine() + 1, start.getColumn(), end.getLine() + 1, end.getColumn(), "");
    }
}
