package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.Fetched;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Takes a whole blob into memory. */
final class Taken implements BlobListener {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    /** "end", or why not. */
    final CompletableFuture<Object> result = new CompletableFuture<>();

    private volatile BlobStream stream;

    @Override
    public void onStart(BlobStream opened, OptionalLong size) {
        stream = opened;
        opened.read();
    }

    @Override
    public void onData(ByteBuf data) {
        byte[] chunk = new byte[data.readableBytes()];
        data.readBytes(chunk);
        data.release();
        bytes.writeBytes(chunk);
    }

    @Override
    public void onBatch() {
        stream.read();
    }

    @Override
    public void onEnd() {
        result.complete("end");
    }

    @Override
    public void onFailed(Fetched why) {
        result.complete(why);
    }
}
