package dev.pratique.proxy.admin;

import java.util.Locale;
import java.util.Optional;

/** What can be wrong with a request to the operator's port (RFC 9457, "Problem Details for HTTP APIs"). */
enum ProblemType {
    MALFORMED_REQUEST(400, "the request is not well formed", "send HTTP/1.1 with one Host header and no body"),
    WRONG_PARAMETER(
            400,
            "a parameter of the address is not acceptable",
            "see the parameters in /api/v1/openapi.json; each may be there once"),
    NOT_AN_IMAGE(400, "the image parameter is no image name", "write it as registry.example/acme/app:1.0"),
    UNKNOWN_ENVIRONMENT(
            400, "no client is of this environment", "use one of those that the detail names, or leave it out"),
    CROSS_ORIGIN(403, "a page of another origin asks", "open the address itself, or ask from a program"),
    NOT_FOUND(
            404,
            "there is nothing at this address",
            "try /, /readyz, /metrics, /explain?image=IMAGE or /api/v1/openapi.json"),
    METHOD_NOT_ALLOWED(405, "this port is read only", "use GET or HEAD"),
    CONTENT_TOO_LARGE(413, "the request has a body", "send none: nothing here takes one"),
    URI_TOO_LONG(414, "the address is too long", "an address here has at most 4096 characters"),
    WRONG_HOST(
            421,
            "this port does not answer to this name",
            "use its address or localhost, or add the name to operator.names of proxy.yaml"),
    HEADERS_TOO_LARGE(431, "the headers are too large", "send at most 8192 bytes of them"),
    INTERNAL(500, "the proxy failed", "look into its log"),
    BUSY(503, "too many are asking for this at once", "ask again in a second");

    /** Where the types are explained; with the name it is the type's URI. */
    static final String PATH = "/problems/";

    private final int status;
    private final String title;
    private final String remedy;

    ProblemType(int status, String title, String remedy) {
        this.status = status;
        this.title = title;
        this.remedy = remedy;
    }

    /** The type that a path below {@link #PATH} names. */
    static Optional<ProblemType> at(String path) {
        for (ProblemType type : values()) {
            if (type.uri().equals(path)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    int status() {
        return status;
    }

    /** One clause, the same for all of the type. */
    String title() {
        return title;
    }

    String remedy() {
        return remedy;
    }

    /** A reference that leads to its explanation on the same port. */
    String uri() {
        return PATH + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
