package dev.pratique.proxy.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Takes a request line by the letter. RFC 9112 section 3 lets a recipient take any white space for the single space between
 * its parts, and warns of it: who reads more leniently than the one in front of it can be made to see another request.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    StrictRequestDecoder(HttpDecoderConfig config) {
        super(config);
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        int end = start + length;
        if (end + 1 < line.length && (line[end] != ' ' || isSpace(line[end + 1]))) {
            throw new IllegalArgumentException("more than one space behind the method");
        }
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        if (start >= 2 && (line[start - 1] != ' ' || isSpace(line[start - 2]))) {
            throw new IllegalArgumentException("more than one space before the version");
        }
        // RFC 9112 section 2.3: HTTP-version is case-sensitive.
        if (length > 0 && line[start] != 'H') {
            throw new IllegalArgumentException("not a version of HTTP");
        }
        return super.splitThirdWordInitialLine(line, start, length);
    }

    private static boolean isSpace(byte one) {
        return one == ' ' || one >= 0x09 && one <= 0x0d;
    }
}
