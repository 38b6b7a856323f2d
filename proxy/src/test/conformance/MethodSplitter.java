import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Lets a client that pushes and pulls use a proxy that only pulls: what reads goes to the one port, what writes to the
 * other. Everything is of the loopback interface; bytes are passed on as they are, one request a connection.
 *
 * <p>usage: java MethodSplitter.java PORT READS WRITES
 */
final class MethodSplitter {
    private static final int MAX_HEAD = 64 << 10;

    private final int reads;
    private final int writes;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private MethodSplitter(int reads, int writes) {
        this.reads = reads;
        this.writes = writes;
    }

    public static void main(String[] ports) throws IOException {
        MethodSplitter splitter = new MethodSplitter(Integer.parseInt(ports[1]), Integer.parseInt(ports[2]));
        try (ServerSocket server = new ServerSocket(Integer.parseInt(ports[0]), 50, InetAddress.getLoopbackAddress())) {
            while (true) {
                Socket client = server.accept();
                splitter.threads.execute(() -> splitter.pass(client));
            }
        }
    }

    private void pass(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target(head))) {
                OutputStream out = server.getOutputStream();
                out.write(once(head).getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                threads.execute(() -> copy(client, server));
                server.getInputStream().transferTo(client.getOutputStream());
                client.shutdownOutput();
            }
        } catch (IOException ended) {
            // One of the two is gone; the other sees a connection that ends, as it would without us.
            return;
        }
    }

    // distribution-spec, "Pushing a blob in chunks": GET on an upload's location is part of writing.
    private int target(String head) {
        boolean read = head.startsWith("GET ") || head.startsWith("HEAD ");
        String line = head.substring(0, head.indexOf('\r'));
        return read && !line.contains("/blobs/uploads/") ? reads : writes;
    }

    private static String once(String head) {
        String kept = head.replaceAll("(?im)^connection:.*\r\n", "");
        return kept.substring(0, kept.length() - 2) + "Connection: close\r\n\r\n";
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException answered) {
            // The answer is out, and both ends are closed.
            return;
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int b = in.read();
            if (b < 0 || head.size() > MAX_HEAD) {
                return "";
            }
            head.write(b);
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }
}
