package dev.pratique.signer.sigstore;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks SPIFFE's Workload API for a JWT-SVID (SPIFFE_Workload_API.md, FetchJWTSVID): one call of gRPC over a Unix socket, so
 * one stream of HTTP/2 (RFC 9113) with a short message each way, which no dependency is worth.
 */
final class WorkloadApi {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int TOKEN = 2;
    private static final int FIRST = 1;
    private static final int PREFIX = 5;

    private final Path socket;

    private WorkloadApi(Path socket) {
        this.socket = socket;
    }

    /**
     * @param address as {@code SPIFFE_ENDPOINT_SOCKET} has it: {@code unix:///run/agent.sock}, or a path as cosign takes it
     */
    static WorkloadApi at(String address) throws Failure {
        String path = address.replaceFirst("^unix:(//)?", "");
        try {
            Path socket = Path.of(path);
            if (socket.isAbsolute()) {
                return new WorkloadApi(socket);
            }
        } catch (InvalidPathException e) {
            throw noSocket().because(e);
        }
        throw noSocket();
    }

    private static Failure noSocket() {
        return Failure.of(
                Kind.FAILED,
                "SPIFFE_ENDPOINT_SOCKET is not the address of a Unix socket",
                "as in unix:///run/spire/agent.sock");
    }

    /** The first token that the agent has for this workload. */
    String token(String audience) throws Failure {
        try (GrpcCall call = GrpcCall.open(UnixDomainSocketAddress.of(socket), PATIENCE)) {
            Optional<byte[]> message = call.unary("/SpiffeWorkloadAPI/FetchJWTSVID", request(audience));
            return message.flatMap(WorkloadApi::token)
                    .orElseThrow(() -> Failure.of(
                            Kind.NOT_AUTHORISED,
                            "the SPIFFE agent at " + socket + " gave no token",
                            "is this workload registered there?"));
        } catch (HttpTimeoutException e) {
            throw Failure.of(
                            Kind.UNREACHABLE,
                            "the SPIFFE agent at " + socket + " does not answer",
                            "is it running, and is this workload registered? SPIFFE_ENDPOINT_SOCKET names its socket")
                    .because(e);
        } catch (IOException e) {
            throw Failure.of(
                            Kind.UNREACHABLE,
                            "the SPIFFE agent at " + socket + " cannot be reached",
                            "is it running, and may we open its socket?")
                    .because(e);
        }
    }

    /** JWTSVIDRequest: "repeated string audience = 1". */
    private static byte[] request(String audience) {
        byte[] text = audience.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(FIRST << 3 | 2);
        for (int rest = text.length; ; rest >>>= 7) {
            message.write(rest < 0x80 ? rest : rest & 0x7F | 0x80);
            if (rest < 0x80) {
                break;
            }
        }
        message.writeBytes(text);
        return message.toByteArray();
    }

    /** JWTSVIDResponse: "repeated JWTSVID svids = 1"; JWTSVID: "string svid = 2". */
    private static Optional<String> token(byte[] response) {
        return field(ByteBuffer.wrap(response), FIRST)
                .flatMap(svid -> field(svid, TOKEN))
                .map(text -> StandardCharsets.UTF_8.decode(text).toString());
    }

    /** The first field of bytes with this number (protobuf.dev, "Encoding"). */
    private static Optional<ByteBuffer> field(ByteBuffer message, int wanted) {
        while (message.hasRemaining()) {
            long tag = varint(message);
            long length = switch ((int) (tag & 7)) {
                case 0 -> {
                    varint(message);
                    yield 0;
                }
                case 1 -> Long.BYTES;
                case 2 -> varint(message);
                case PREFIX -> Integer.BYTES;
                default -> -1;
            };
            if (length < 0 || length > message.remaining()) {
                return Optional.empty();
            }
            if (tag == (wanted << 3 | 2)) {
                return Optional.of(message.slice(message.position(), (int) length));
            }
            message.position(message.position() + (int) length);
        }
        return Optional.empty();
    }

    /** -1 where there is none. */
    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Integer.SIZE && in.hasRemaining(); shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        return -1;
    }
}
