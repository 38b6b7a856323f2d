package dev.pratique.attestations;

/** How much evidence of a stranger is looked at. Beyond these nothing is fetched or parsed, and nothing is admitted for it. */
public final class EvidenceLimits {
    /** Signatures and statements about one image: CI systems re-sign, so dozens are normal; hundreds are an attack. */
    public static final int MAX_ITEMS = 128;
    /** Manifests with evidence that are opened for one image. */
    public static final int MAX_MANIFESTS = 64;
    /**
     * Pages of the referrers API: some registries give 50 entries at a time, most 100, so that 6,400 manifests and more may
     * refer to an image before the newest are out of reach. One after the other, in half of the time that there is.
     */
    public static final int MAX_PAGES = 128;
    /** All pages together, the last one whole; pages of 100 entries come to half of it. */
    public static final int MAX_LIST_BYTES = 16 << 20;
    /** Entries of a referrers list that may be evidence; of more, the last. */
    public static final int MAX_REFERRERS = 512;
    /** A page of the referrers API (distribution-spec limits manifests to 4 MiB; a page is an index). */
    public static final int MAX_PAGE_BYTES = 4 << 20;
    /** A manifest with signatures in its annotations, as cosign's tags name: each takes about 8 KiB there. */
    public static final int MAX_MANIFEST_BYTES = 2 << 20;
    /** A manifest of the referrers list: one layer, a subject and some annotations take about a KiB. */
    public static final int MAX_REFERRER_BYTES = 1 << 20;
    /** What such a manifest may take whatever the list says of its length. */
    public static final int USUAL_REFERRER_BYTES = 64 << 10;
    /** All manifests of the referrers list that are larger than that, together. */
    public static final long MAX_LARGE_REFERRERS_BYTES = 12L << 20;
    /** A simple-signing payload: cosign writes about 250 bytes. */
    public static final int MAX_PAYLOAD_BYTES = 64 << 10;
    /** An envelope or bundle: SBOMs of large images reach several MiB. */
    public static final int MAX_ENVELOPE_BYTES = 16 << 20;
    /** A COSE signature: a chain of certificates and a timestamp come to ten KiB. */
    public static final int MAX_COSE_BYTES = 1 << 20;
    /** All evidence of one image together. */
    public static final long MAX_TOTAL_BYTES = 64L << 20;
    /** Signatures in one DSSE envelope. */
    public static final int MAX_ENVELOPE_SIGNATURES = 16;

    /**
     * Signatures times keys that are tried for one image, each a tenth of a millisecond: 32 keys can be tried on every piece.
     * Keys that take longer count for more: P-384 for two, P-521 for five, RSA for the square of its
     * bits divided by 2048.
     * A long message counts as one more for each {@link #BYTES_PER_CHECK} that are hashed; what no key of the kind makes, for
     * nothing. Each manifest has its share of them, and in it each piece: what is left, divided by those that are left, so that
     * none takes from those behind it; and always as much as a usual one takes with these keys and roots, so that no evidence
     * beside it keeps one from being looked at. With one root and a handful of keys {@link #MAX_ITEMS} of those take little
     * more than this.
     */
    public static final int MAX_SIGNATURE_CHECKS = 4096;

    /** Signatures in one envelope that are always looked at: of the builder, and of who released it. */
    public static final int USUAL_ENVELOPE_SIGNATURES = 4;

    /** What is hashed in about the time of one signature check. */
    public static final int BYTES_PER_CHECK = 256 << 10;

    /** What the look at a log entry takes: its promise and its checkpoint, and what is hashed for its proof. */
    public static final int CHECKS_PER_LOG_ENTRY = 3;
    /** What the look at a timestamp takes: its signature and the path of its certificates. */
    public static final int CHECKS_PER_TIMESTAMP = 6;
    /** What the look at a path of certificates takes. */
    public static final int CHECKS_PER_PATH = 4;
    /** What the look at a certificate's timestamps of transparency logs takes. */
    public static final int CHECKS_PER_SCTS = 3;

    /** What a usual piece takes for each root: a path, two log entries, two timestamps. */
    public static final int USUAL_CHECKS_PER_ROOT =
            CHECKS_PER_PATH + 2 * CHECKS_PER_LOG_ENTRY + 2 * CHECKS_PER_TIMESTAMP + CHECKS_PER_SCTS;
    /** What it takes to try the key of a certificate, in all ways in which one on P-384 signs, or RSA of 4096 bits in one. */
    public static final int USUAL_CERTIFIED_CHECKS = 8;

    private EvidenceLimits() {}
}
