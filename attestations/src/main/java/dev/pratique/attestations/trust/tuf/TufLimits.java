package dev.pratique.attestations.trust.tuf;

/** How much of a repository is looked at. Sigstore's files are the measure: its root is 6 KiB, its targets 8 KiB. */
final class TufLimits {
    /** The specification's W (section 5.3.3), as the reference implementation has it. */
    static final int MAX_ROOT_BYTES = 512_000;
    /** Its X (section 5.4.1): a timestamp names one file. */
    static final int MAX_TIMESTAMP_BYTES = 16_384;
    /** Its Y (section 5.5.1), where the timestamp does not say how long the snapshot is. */
    static final int MAX_SNAPSHOT_BYTES = 2_000_000;
    /** Its Z (section 5.6.1), where the snapshot does not say how long the metadata is. */
    static final int MAX_TARGETS_BYTES = 5_000_000;
    /** A target that is read whole: trusted_root.json of the public-good instance has 7 KiB. */
    static final int MAX_TARGET_BYTES = 1 << 20;
    /** Roots in one update (section 5.3.3): ten years of Sigstore's come to forty. */
    static final int MAX_ROTATIONS = 256;
    /** Roots of which an update is kept: what a program of ten years ago pins is among them. */
    static final int MAX_KEPT_ROOTS = 1_024;
    /** A whole update as it is kept: Sigstore's is 26 KiB, and 140 with all of its roots. */
    static final int MAX_KEPT_BYTES = 4 << 20;
    /** Delegated roles that one search opens (section 5.6.7.1). */
    static final int MAX_ROLES_VISITED = 32;

    static final int MAX_KEYS = 128;
    static final int MAX_KEYIDS = 64;
    static final int MAX_SIGNATURES = 64;
    static final int MAX_META_FILES = 4_096;
    static final int MAX_TARGETS = 4_096;
    static final int MAX_DELEGATIONS = 128;
    static final int MAX_PATHS = 1_024;
    static final int MAX_ROLE_NAME = 128;
    static final int MAX_PATH = 512;
    /** Nanoseconds and an offset come to 35. */
    static final int MAX_DATE = 40;

    private TufLimits() {}
}
