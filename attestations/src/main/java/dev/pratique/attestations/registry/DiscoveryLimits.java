package dev.pratique.attestations.registry;

/** How much of a registry's lists is read and passed on. Longer lists are no shorter lists: they are not answered at all. */
public final class DiscoveryLimits {
    /** All tags of one repository: a repository that never deletes a nightly build reaches some ten thousand tags. */
    public static final int MAX_TAGS = 100_000;
    /** Bytes of a repository's list, all pages together: {@link #MAX_TAGS} of a usual length come to half of it. */
    public static final int MAX_TAG_BYTES = 10 << 20;
    /** One page of a list of tags: {@link Fetch.TagsOf#PAGE_SIZE} of the longest, and lists of registries that do not page. */
    public static final int MAX_TAG_PAGE_BYTES = 4 << 20;
    /** Pages of a list of tags; registries that give 100 at a time reach {@link #MAX_TAGS} with these. */
    public static final int MAX_TAG_PAGES = 1024;
    /** Tags in one answer of ours: half a MiB. */
    public static final int TAGS_AN_ANSWER = 10_000;

    /**
     * Manifests that one image's lists name: a scan a day for ten years. Those beyond could be the only good ones, so that
     * leaving them out is no way.
     */
    public static final int MAX_REFERRERS = 4096;
    /** Pages of the referrers API; some registries give 50 at a time. */
    public static final int MAX_REFERRER_PAGES = 128;
    /** Manifests that are opened for one answer of ours: go-containerregistry, and with it cosign, reads no second page. */
    public static final int REFERRERS_AN_ANSWER = 1024;
    /** Bytes of one answer of ours; clients read no more than the 4 MiB of a manifest, and one entry more may come. */
    public static final int ANSWER_BYTES = 3 << 20;
    /** Annotations of one entry: who wants longer ones reads the manifest. */
    public static final int MAX_ANNOTATION_CHARS = 64 << 10;
    /** Manifests that are asked for at once. */
    public static final int AT_ONCE = 32;
    /** What manifests that are asked for at once may hold together. */
    public static final long AT_ONCE_BYTES = 16L << 20;

    private DiscoveryLimits() {}
}
