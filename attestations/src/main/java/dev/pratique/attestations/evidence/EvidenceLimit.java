package dev.pratique.attestations.evidence;

import dev.pratique.attestations.EvidenceLimits;

/** A limit of {@link EvidenceLimits} that kept some evidence of an image from being looked at. */
public enum EvidenceLimit {
    /** The registry's list goes on after the last page that is read. */
    PAGES(EvidenceLimits.MAX_PAGES + " pages of the list of referrers"),
    /** The same, by its length. */
    LIST_BYTES(mebibytes(EvidenceLimits.MAX_LIST_BYTES) + " of the list of referrers"),
    /** More is listed that may be evidence. */
    REFERRERS(EvidenceLimits.MAX_REFERRERS + " referrers that may be evidence"),
    /** More of that would have to be opened. */
    MANIFESTS(EvidenceLimits.MAX_MANIFESTS + " manifests"),
    /** One of those is too large, or those that are large are too many. */
    LARGE_MANIFESTS("manifests of " + mebibytes(EvidenceLimits.MAX_REFERRER_BYTES) + ", "
            + mebibytes(EvidenceLimits.MAX_LARGE_REFERRERS_BYTES) + " of large ones together"),
    /** More layers are evidence. */
    PIECES(EvidenceLimits.MAX_ITEMS + " pieces"),
    /** One of those is too large, or all are together. */
    PIECE_BYTES("payloads of " + (EvidenceLimits.MAX_PAYLOAD_BYTES >> 10) + " KiB, envelopes of "
            + mebibytes(EvidenceLimits.MAX_ENVELOPE_BYTES) + ", " + mebibytes(EvidenceLimits.MAX_TOTAL_BYTES)
            + " together");

    private final String most;

    EvidenceLimit(String most) {
        this.most = most;
    }

    /** How much is looked at, for people. */
    public String most() {
        return most;
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
