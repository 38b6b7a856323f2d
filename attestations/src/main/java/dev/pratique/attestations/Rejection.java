package dev.pratique.attestations;

/** Why a piece of evidence proves nothing, or less than was asked. */
public enum Rejection {
    /** It cannot be read, or not in one way only. */
    MALFORMED,
    /** No trusted key made this signature over these bytes. */
    NO_TRUSTED_KEY,
    /** The key of its certificate did not make this signature over these bytes. */
    SIGNATURE_INVALID,
    /** A trusted key or certificate signed it, for another image. */
    OTHER_SUBJECT,
    /** Its certificate leads to no authority that is trusted here. */
    CERTIFICATE_UNTRUSTED,
    /** Its certificate, or one above it, is none to sign with. */
    CERTIFICATE_UNFIT,
    /** A trusted time lies outside the validity of its certificate, of one above it, or of the authority. */
    CERTIFICATE_TIME,
    /** Too few certificate transparency logs vouch for its certificate. */
    CERTIFICATE_NOT_LOGGED,
    /** The certificate holds, and no signer of the configuration is who it names. */
    IDENTITY_UNKNOWN,
    /** A log entry is about something else. */
    LOG_ENTRY_MISMATCH,
    /** A log that is trusted did not promise or include the entry. */
    LOG_ENTRY_UNPROVEN,
    /** Fewer trusted logs have it than is asked for. */
    NOT_LOGGED,
    /** A timestamp is not what an authority that is trusted here made of this signature. */
    TIMESTAMP_INVALID,
    /** Fewer trusted timestamp authorities stamped it than is asked for. */
    NOT_STAMPED,
    /** Nothing that is trusted says when it was signed. */
    NO_SIGNED_TIME,
    /** A form that this version does not judge. */
    NOT_JUDGED,
    /** There was more than the limits let us look at. */
    LIMIT
}
