package dev.pratique.proxy.ledger;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Writes to a stream that belongs to somebody else, such as the standard output. */
public final class LogStream implements LineSink {
    private final OutputStream out;

    /** @param out is flushed, never closed */
    public LogStream(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(List<byte[]> lines) throws IOException {
        for (byte[] line : lines) {
            out.write(line);
            out.write('\n');
        }
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.flush();
    }
}
