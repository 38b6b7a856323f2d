package dev.pratique.config.yaml;

import java.util.List;
import java.util.Optional;

/** A value of a YAML document. Immutable. */
public sealed interface Node {

    /** Where it begins. */
    Place place();

    /** The last line that it occupies, comments behind it not included. */
    int lastLine();

    /** How many nodes it is, a repeated one counted as often as it is referred to. */
    int weight();

    /**
     * A single value.
     *
     * @param plain written without quotes
     */
    record Scalar(Place place, String text, boolean plain) implements Node {
        /** Whether it is YAML's null (core schema), nothing at all included. */
        public boolean isNull() {
            return plain
                    && (text.isEmpty()
                            || text.equals("~")
                            || text.equals("null")
                            || text.equals("Null")
                            || text.equals("NULL"));
        }

        @Override
        public int lastLine() {
            // A block scalar ends at the beginning of the line behind it.
            boolean behind = place.endColumn() == 0 && place.endLine() > place.line();
            return behind ? place.endLine() - 1 : place.endLine();
        }

        @Override
        public int weight() {
            return 1;
        }
    }

    /**
     * A list.
     *
     * @param flow written in brackets
     */
    record Sequence(Place place, List<Node> items, boolean flow, int weight) implements Node {
        public Sequence(Place place, List<Node> items, boolean flow) {
            this(place, List.copyOf(items), flow, total(items));
        }

        @Override
        public int lastLine() {
            return flow || items.isEmpty()
                    ? place.endLine()
                    : items.get(items.size() - 1).lastLine();
        }
    }

    /**
     * Keys with values, in their order; no key twice.
     *
     * @param flow written in braces
     */
    record Mapping(Place place, List<Member> members, boolean flow, int weight) implements Node {
        public Mapping(Place place, List<Member> members, boolean flow) {
            this(
                    place,
                    List.copyOf(members),
                    flow,
                    total(members.stream().map(Member::value).toList()));
        }

        /** The member of this key, if there is one. */
        public Optional<Member> find(String key) {
            return members.stream().filter(member -> member.key().equals(key)).findFirst();
        }

        @Override
        public int lastLine() {
            return flow || members.isEmpty()
                    ? place.endLine()
                    : members.get(members.size() - 1).value().lastLine();
        }
    }

    /** Something that was complained about already: it is there, and there is nothing to read in it. */
    record Unfit(Place place) implements Node {
        @Override
        public int lastLine() {
            return place.endLine();
        }

        @Override
        public int weight() {
            return 1;
        }
    }

    /** A key with its value. */
    record Member(String key, Place place, Node value) {}

    private static int total(List<Node> nodes) {
        long total = 1;
        for (Node node : nodes) {
            total += node.weight();
        }
        return (int) Math.min(total, Integer.MAX_VALUE);
    }
}
