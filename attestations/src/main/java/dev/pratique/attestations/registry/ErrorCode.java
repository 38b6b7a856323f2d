package dev.pratique.attestations.registry;

/** The error codes of the distribution specification ("Error Codes") that Pratique answers with. */
public enum ErrorCode {
    BLOB_UNKNOWN,
    DENIED,
    DIGEST_INVALID,
    MANIFEST_INVALID,
    MANIFEST_UNKNOWN,
    NAME_INVALID,
    NAME_UNKNOWN,
    /** Not of the specification, but what distribution answers to a number of entries that is none. */
    PAGINATION_NUMBER_INVALID,
    TOOMANYREQUESTS,
    UNAUTHORIZED,
    UNSUPPORTED,
    /** Not of the specification, but what every registry answers when it cannot say. */
    UNAVAILABLE,
    /** As above, for our own faults. */
    UNKNOWN
}
