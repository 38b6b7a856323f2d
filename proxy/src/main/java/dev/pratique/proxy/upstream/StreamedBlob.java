package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.Fetched;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Hands the body of a call to a listener as it comes. */
final class StreamedBlob implements Call.Receiver {
    private final BlobListener listener;
    private final Consumer<Fetched> finished;

    /** @param finished told how it ended; an empty Found for a whole body */
    StreamedBlob(BlobListener listener, Consumer<Fetched> finished) {
        this.listener = listener;
        this.finished = finished;
    }

    @Override
    public void onOk(Call call, HttpHeaders headers) {
        long size = Answers.contentLength(headers);
        listener.onStart(call, size < 0 ? OptionalLong.empty() : OptionalLong.of(size));
    }

    @Override
    public void onContent(ByteBuf content) {
        listener.onData(content);
    }

    @Override
    public void onBatch() {
        listener.onBatch();
    }

    @Override
    public void onEnd() {
        finished.accept(new Fetched.Found(new byte[0], null, null, Optional.empty()));
        listener.onEnd();
    }

    @Override
    public void onFailed(Fetched why) {
        finished.accept(why);
        listener.onFailed(why);
    }
}
