package dev.pratique.proxy.e2e.rig;

/**
 * An image of a test.
 *
 * @param repository without a registry
 * @param digest of its manifest or index
 */
public record Image(String repository, String tag, String digest) {
    /** As people name it. */
    public String tagged(String host) {
        return host + "/" + repository + ":" + tag;
    }

    /** By its digest. */
    public String pinned(String host) {
        return host + "/" + repository + "@" + digest;
    }

    public String manifestPath() {
        return "/v2/" + repository + "/manifests/" + digest;
    }

    /** The name of the tag under which cosign keeps something about it. */
    public String evidenceTag(String suffix) {
        return digest.replace(':', '-') + suffix;
    }
}
