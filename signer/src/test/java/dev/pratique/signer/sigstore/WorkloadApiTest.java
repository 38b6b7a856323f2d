package dev.pratique.signer.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no agent, or a broken one; a real one is in {@link WorkloadApiInteropTest}. */
class WorkloadApiTest {
    @TempDir
    private Path directory;

    /** Answers the first connection with these bytes and hangs up. */
    private Path answering(String hex) throws IOException {
        Path socket = directory.resolve("s");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread thread = new Thread(() -> {
            try (server;
                    SocketChannel client = server.accept()) {
                client.read(ByteBuffer.allocate(4096));
                client.write(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
                client.shutdownOutput();
                while (client.read(ByteBuffer.allocate(4096)) >= 0) {
                    // What it answers is not of interest, but must find somebody.
                }
            } catch (IOException ended) {
                // The test looks at what the other side made of it.
            }
        });
        thread.setDaemon(true);
        thread.start();
        return socket;
    }

    private void fails(Path socket, Kind kind, String what) {
        assertThatThrownBy(() -> WorkloadApi.at(socket.toString()).token("sigstore"))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(kind);
                    assertThat(failure.what()).contains(what);
                });
    }

    @Test
    void where_nobody_listens_the_agent_is_unreachable() {
        fails(directory.resolve("none"), Kind.UNREACHABLE, "cannot be reached");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tcp://127.0.0.1:1", "relative.sock", "unix:relative"})
    void an_address_that_is_no_socket_is_said(String address) {
        assertThatThrownBy(() -> WorkloadApi.at(address))
                .hasMessage("SPIFFE_ENDPOINT_SOCKET is not the address of a Unix socket");
    }

    @ParameterizedTest
    @CsvSource({
        "485454502f312e3120323030204f4b0d0a0d0a, what speaks another protocol",
        "000000040000000000, what hangs up",
        "ffffff000000000001, a frame of 16 MiB",
        "000004030000000001, a reset",
        "000001000900000001ff, more padding than bytes",
        "000006000100000001000000000300, a message that is cut",
        "000006000100000001010000000100, a compressed message"
    })
    void an_agent_that_breaks_the_protocol_is_unreachable(String hex, String what) throws Exception {
        fails(answering(hex), Kind.UNREACHABLE, "cannot be reached");
    }

    @ParameterizedTest
    @CsvSource({
        "000000010500000001, a status alone",
        "0000050001000000010000000000, an empty message",
        "0000070001000000010000000002120a, a field longer than the message",
        "000007000100000001000000000208ff, a number without an end",
        "0000070001000000010000000002150a, a field of fixed size that is cut"
    })
    void an_answer_without_a_token_is_none(String hex, String what) throws Exception {
        fails(answering(hex), Kind.NOT_AUTHORISED, "gave no token");
    }

    @Test
    void settings_and_pings_are_answered_on_the_way_to_the_token() throws Exception {
        // JWTSVIDResponse{svids: [{spiffe_id: "s", svid: "t.o.k"}]} in two frames, the first of them padded.
        String message = "0a0a0a0173" + "1205742e6f2e6b";
        String hex = "000000040000000000" + "0000080600000000000102030405060708" + "000000010400000001"
                + "00000c000800000001" + "04" + "000000000c" + "0a0a" + "00000000" + "00000a000000000001"
                + message.substring(4) + "000000010500000001";
        assertThat(WorkloadApi.at(answering(hex).toString()).token("sigstore")).isEqualTo("t.o.k");
    }
}
