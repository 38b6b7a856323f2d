package dev.pratique.proxy.ledger;

import java.io.IOException;
import java.util.List;

/** Where lines end up. Used by one thread. */
public interface LineSink extends AutoCloseable {
    /** Writes whole lines, without their line ends, in this order. */
    void write(List<byte[]> lines) throws IOException;

    @Override
    void close() throws IOException;
}
