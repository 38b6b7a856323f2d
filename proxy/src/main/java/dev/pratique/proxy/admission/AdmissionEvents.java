package dev.pratique.proxy.admission;

/** What the gate tells whoever counts. Called on judge threads and event loops; must not block. */
public interface AdmissionEvents {
    /** Nobody counts. */
    AdmissionEvents NONE = new AdmissionEvents() {};

    /** Where a verdict came from. */
    enum Source {
        HEAP,
        STORED,
        JUDGED
    }

    /** A verdict was needed and found there. */
    default void verdictFrom(Source source) {}

    /** A case was judged, from the first fetch to the verdict. */
    default void judged(long nanos) {}

    /** Something failed that never should; the id is in the client's answer. */
    default void failed(String id, Throwable cause) {}
}
