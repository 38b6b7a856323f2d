package dev.pratique.proxy.e2e.rig;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Clients that pull whole images from a proxy again and again until told to stop, and write down what came of it. What a
 * client gets whole, with a clean end, must have its digest; what breaks off is tried again.
 */
public final class Crowd implements AutoCloseable {
    private static final Pattern DIGEST = Pattern.compile("\"digest\":\\s*\"(sha256:[0-9a-f]{64})\"");

    private final ExecutorService clients;
    private final List<Future<?>> running = new ArrayList<>();
    private final AtomicLong whole = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final ConcurrentHashMap<String, Long> answers = new ConcurrentHashMap<>();
    private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean stopped;

    /** @param refused an image of which nothing may ever come */
    public Crowd(String url, int size, List<Image> images, List<Image> refused) {
        clients = Executors.newFixedThreadPool(size);
        for (int client = 0; client < size; client++) {
            boolean curious = client % 4 == 3 && !refused.isEmpty();
            running.add(clients.submit(() -> {
                while (!stopped) {
                    if (curious) {
                        pullRefused(url, any(refused));
                    }
                    pull(url, any(images));
                }
            }));
        }
    }

    private static Image any(List<Image> images) {
        return images.get(ThreadLocalRandom.current().nextInt(images.size()));
    }

    private void pull(String url, Image image) {
        byte[] manifest = get(url + image.manifestPath(), image.digest());
        if (manifest == null) {
            return;
        }
        for (String blob : listed(manifest)) {
            if (stopped) {
                return;
            }
            var unused = get(url + "/v2/" + image.repository() + "/blobs/" + blob, blob);
        }
    }

    private void pullRefused(String url, Image image) {
        expectNothing(url + image.manifestPath());
        expectNothing(url + "/v2/" + image.repository() + "/manifests/" + image.tag());
    }

    private void expectNothing(String url) {
        try {
            int status = open(url).getResponseCode();
            answers.merge("refused " + status, 1L, Long::sum);
            if (status < 300) {
                wrong.add(url + " was answered " + status);
            }
        } catch (IOException gone) {
            broken.incrementAndGet();
        }
    }

    /** The digests that a manifest lists. */
    public static List<String> listed(byte[] manifest) {
        return DIGEST.matcher(new String(manifest, StandardCharsets.UTF_8))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toList());
    }

    // Short bodies are given back, so that a manifest can be read.
    private byte[] get(String url, String digest) {
        try {
            HttpURLConnection connection = open(url);
            int status = connection.getResponseCode();
            answers.merge(Integer.toString(status), 1L, Long::sum);
            if (status != 200) {
                TimeUnit.MILLISECONDS.sleep(20);
                return null;
            }
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            ByteArrayOutputStream start = new ByteArrayOutputStream();
            long length = 0;
            try (InputStream in = connection.getInputStream()) {
                byte[] chunk = new byte[64 << 10];
                for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                    hash.update(chunk, 0, count);
                    length += count;
                    if (length < 1 << 20) {
                        start.write(chunk, 0, count);
                    }
                }
            }
            if (length < connection.getContentLengthLong()) {
                broken.incrementAndGet();
                return null;
            }
            String got = "sha256:" + HexFormat.of().formatHex(hash.digest());
            if (!got.equals(digest)) {
                wrong.add(url + " had the digest " + got + " after " + length + " bytes");
                return null;
            }
            whole.incrementAndGet();
            return start.toByteArray();
        } catch (IOException cut) {
            broken.incrementAndGet();
            return null;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return null;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static HttpURLConnection open(String url) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(10_000);
        connection.setReadTimeout(60_000);
        return connection;
    }

    /** Contents that came whole and were right. */
    public long whole() {
        return whole.get();
    }

    /** Answers that broke off, or never came. */
    public long broken() {
        return broken.get();
    }

    /** Anything that must not happen. */
    public List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** How many answers had which status. */
    public String answers() {
        return new TreeMap<>(answers).toString();
    }

    /** Lets each client end what it has begun. */
    public void stop() {
        stopped = true;
        for (Future<?> each : running) {
            try {
                each.get(120, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("a client of the crowd failed", e);
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
        clients.shutdownNow();
    }
}
