package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.Fetched;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects a whole answer of limited length and makes one value of it. */
final class Body<T> implements Call.Receiver {
    private final CompletableFuture<T> answer;
    private final long maxBytes;
    private final BiFunction<HttpHeaders, byte[], T> whole;
    private final Function<Fetched, T> failed;
    private @Nullable Call call;
    private @Nullable HttpHeaders headers;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean refused;

    /**
     * @param maxBytes longest body; below zero where there is none to read, as for HEAD
     * @param whole what headers and body come to
     * @param failed what a failure comes to
     */
    Body(
            CompletableFuture<T> answer,
            long maxBytes,
            BiFunction<HttpHeaders, byte[], T> whole,
            Function<Fetched, T> failed) {
        this.answer = answer;
        this.maxBytes = Math.min(maxBytes, Integer.MAX_VALUE - 64);
        this.whole = whole;
        this.failed = failed;
    }

    @Override
    public void onOk(Call from, HttpHeaders head) {
        call = from;
        headers = head;
        if (maxBytes >= 0 && Answers.contentLength(head) > maxBytes) {
            tooLarge(from);
        } else {
            from.read();
        }
    }

    @Override
    public void onContent(ByteBuf content) {
        try {
            if (call == null || refused) {
                return;
            }
            if (bytes.size() + (long) content.readableBytes() > maxBytes) {
                tooLarge(call);
                return;
            }
            byte[] chunk = new byte[content.readableBytes()];
            content.readBytes(chunk);
            bytes.writeBytes(chunk);
        } finally {
            content.release();
        }
    }

    private void tooLarge(Call from) {
        refused = true;
        from.cancel(new Fetched.Wrong("the body is larger than " + maxBytes + " bytes"));
    }

    @Override
    public void onBatch() {
        if (call != null) {
            call.read();
        }
    }

    @Override
    public void onEnd() {
        if (headers != null) {
            answer.complete(whole.apply(headers, bytes.toByteArray()));
        }
    }

    @Override
    public void onFailed(Fetched why) {
        answer.complete(failed.apply(why));
    }
}
