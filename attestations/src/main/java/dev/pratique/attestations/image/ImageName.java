package dev.pratique.attestations.image;

import dev.pratique.attestations.MalformedEvidenceException;

/**
 * An image as people write it: {@code [host/]name[:tag][@digest]}. Without a host it is Docker Hub's, without tag and
 * digest it is {@code latest}, as Docker's clients read it.
 *
 * @param repository canonical
 * @param reference the digest where one is given, else the tag
 */
public record ImageName(Repository repository, Reference reference) {

    /** @throws MalformedEvidenceException where the text is not an image name */
    public static ImageName parse(String text) throws MalformedEvidenceException {
        String rest = text;
        String digest = null;
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = rest.substring(at + 1);
            rest = rest.substring(0, at);
        }
        String tag = null;
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = rest.substring(colon + 1);
            rest = rest.substring(0, colon);
        }
        int slash = rest.indexOf('/');
        String first = slash < 0 ? "" : rest.substring(0, slash);
        // The rule of Docker's reference grammar: a first part with a dot, a colon, or "localhost" is a host.
        boolean host = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
        Repository repository =
                host ? Repository.parse(first, rest.substring(slash + 1)) : Repository.parse("docker.io", rest);
        Reference named = Reference.parse(tag != null ? tag : "latest");
        return new ImageName(repository, digest == null ? named : new Reference.ByDigest(Digest.parse(digest)));
    }

    @Override
    public String toString() {
        return repository + (reference instanceof Reference.ByDigest ? "@" : ":") + reference;
    }
}
