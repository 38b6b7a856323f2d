package dev.pratique.proxy.upstream;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;

/** Reads answers where one request at a time is under way. For one event loop. */
final class AnswerDecoder extends HttpResponseDecoder {
    private HttpMethod asked = HttpMethod.GET;

    AnswerDecoder(HttpDecoderConfig limits) {
        super(limits);
    }

    /** The method of the request that the next answer is to: one to HEAD has no body, whatever it says. */
    void expect(HttpMethod method) {
        asked = method;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        boolean interim = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        return super.isContentAlwaysEmpty(message) || !interim && asked.equals(HttpMethod.HEAD);
    }

    // RFC 9112 section 6.1: "A sender MUST NOT send a Content-Length header field in any message that contains a
    // Transfer-Encoding header field." Which of the two holds, somebody between us may read otherwise.
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("two lengths");
    }
}
