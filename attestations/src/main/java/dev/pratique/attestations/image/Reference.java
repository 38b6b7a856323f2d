package dev.pratique.attestations.image;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a client asks for in a repository: a tag or a digest (distribution-spec, {@code <reference>}). */
public sealed interface Reference {

    /** A tag: it may move. */
    record Tag(String value) implements Reference {
        private static final Pattern GRAMMAR = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

        public Tag {
            if (!GRAMMAR.matcher(value).matches()) {
                throw new IllegalArgumentException("not a tag");
            }
        }

        /** Whether a text is in the grammar of tags (distribution-spec, "Pulling manifests"). */
        public static boolean isTag(String text) {
            return GRAMMAR.matcher(text).matches();
        }

        @Override
        public String toString() {
            return value;
        }
    }

    /** A digest: it never moves. */
    record ByDigest(Digest digest) implements Reference {
        @Override
        public String toString() {
            return digest.toString();
        }
    }

    /** @throws MalformedEvidenceException where the text is neither a tag nor a digest */
    static Reference parse(String text) throws MalformedEvidenceException {
        if (text.indexOf(':') >= 0) {
            return new ByDigest(Digest.parse(text));
        }
        if (!Tag.GRAMMAR.matcher(text).matches()) {
            throw new MalformedEvidenceException("not a tag or digest");
        }
        return new Tag(text);
    }

    /** The tag, where this is one. */
    default Optional<Tag> tag() {
        return this instanceof Tag tag ? Optional.of(tag) : Optional.empty();
    }

    /** The digest, where it is pinned by one. */
    default Optional<Digest> pinned() {
        return this instanceof ByDigest by ? Optional.of(by.digest()) : Optional.empty();
    }
}
