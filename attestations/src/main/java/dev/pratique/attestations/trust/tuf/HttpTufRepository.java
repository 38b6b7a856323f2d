package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.net.URI;
import java.util.Optional;

/**
 * A TUF repository behind a URL: its metadata there, its targets below {@code targets/}. What its answers mean is said here;
 * how it is asked is each program's own.
 */
public abstract class HttpTufRepository implements TufFetcher {
    private final URI base;

    /** @param base with or without a slash at its end */
    protected HttpTufRepository(URI base) {
        String text = base.toString();
        this.base = URI.create(text.endsWith("/") ? text : text + "/");
    }

    /**
     * What a server said to a GET.
     *
     * @param body at most as much as may come; of any other status than 200 it is not looked at
     * @param whole whether no more came
     */
    public record Answer(int status, byte[] body, boolean whole) {}

    /**
     * Asks once, following nothing.
     *
     * @param maxBytes beyond which no byte is kept
     * @throws TufException UNREACHABLE where there is no answer
     */
    protected abstract Answer ask(URI uri, int maxBytes) throws TufException;

    @Override
    public final Optional<byte[]> metadata(String name, int maxBytes) throws TufException {
        return get(base.resolve("./" + name), maxBytes);
    }

    @Override
    public final Optional<byte[]> target(String path, int maxBytes) throws TufException {
        return get(base.resolve("targets/" + path), maxBytes);
    }

    private Optional<byte[]> get(URI uri, int maxBytes) throws TufException {
        Answer answer = ask(uri, maxBytes);
        return switch (answer.status) {
            case 200 -> {
                if (!answer.whole) {
                    throw new TufException(Reason.TOO_LARGE, uri + " is larger than " + maxBytes + " bytes");
                }
                yield Optional.of(answer.body);
            }
            // Object stores say 403 of what is not there to those who may not list.
            case 403, 404, 410 -> Optional.empty();
            case 301, 302, 303, 307, 308 ->
                throw new TufException(Reason.UNREACHABLE, uri + " leads elsewhere, which is not followed");
            default -> throw new TufException(Reason.UNREACHABLE, uri + " answers " + answer.status);
        };
    }
}
