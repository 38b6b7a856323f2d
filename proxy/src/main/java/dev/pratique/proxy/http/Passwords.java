package dev.pratique.proxy.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.jspecify.annotations.Nullable;

/**
 * The users of one listener. A password is hashed with bcrypt, on threads that may take their time, the first time that it
 * is shown; from then on it is known by a keyed hash. Made anew, with nothing remembered, when the users change. Thread
 * safe.
 */
final class Passwords {
    /** Longer credentials are nobody's: bcrypt looks at 72 bytes. */
    private static final int MAX_HEADER = 1024;
    /** Each user has one password, and perhaps an old header form: more are a sign of a fault, and are forgotten. */
    private static final int MAX_PROVEN = 20_000;

    /** One address has no more than these of the places to wait: who guesses must not keep others from being let in. */
    private static final int MAX_OF_ONE_ADDRESS = 8;

    private static final String SCHEME = "basic ";
    private static final String KEYED_HASH = "HmacSHA256";
    /** Salt and hash of no password that anybody knows. */
    private static final String NOBODYS = "$" + ".".repeat(53);

    private final Map<String, String> hashes;
    private final int highestCost;
    private final Executor slow;
    private final SecretKeySpec key;
    private final Map<ByteBuffer, String> proven = new ConcurrentHashMap<>();
    /** How many of each address's are being checked or wait for it. */
    private final Map<String, Integer> waiting = new ConcurrentHashMap<>();

    /** What was found out about credentials. */
    enum Result {
        /** They are a user's. */
        PROVEN,
        /** They are nobody's. */
        WRONG,
        /** Too many others are being looked at. */
        BUSY
    }

    /**
     * Told once.
     *
     * @param user empty where the result is not {@link Result#PROVEN}
     */
    record Answer(Result result, String user) {}

    /**
     * @param hashes bcrypt, by user
     * @param slow runs what takes long; may throw {@link RejectedExecutionException}
     */
    Passwords(Map<String, String> hashes, Executor slow, SecureRandom random) {
        this.hashes = Map.copyOf(hashes);
        this.highestCost =
                hashes.values().stream().mapToInt(Passwords::cost).max().orElse(0);
        this.slow = slow;
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        this.key = new SecretKeySpec(secret, KEYED_HASH);
    }

    /**
     * Never blocks.
     *
     * @param header the value of Authorization (RFC 7617)
     * @param address the client's
     * @param loop runs the answer where it is not known at once
     */
    void check(String header, String address, Executor loop, Consumer<Answer> answer) {
        if (header.length() > MAX_HEADER || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            answer.accept(new Answer(Result.WRONG, ""));
            return;
        }
        ByteBuffer fingerprint = fingerprint(header);
        String known = proven.get(fingerprint);
        if (known != null) {
            answer.accept(new Answer(Result.PROVEN, known));
            return;
        }
        if (waiting.merge(address, 1, Integer::sum) > MAX_OF_ONE_ADDRESS) {
            done(address);
            answer.accept(new Answer(Result.BUSY, ""));
            return;
        }
        try {
            slow.execute(() -> {
                Answer found;
                try {
                    found = verify(header, fingerprint);
                } finally {
                    done(address);
                }
                loop.execute(() -> answer.accept(found));
            });
        } catch (RejectedExecutionException full) {
            done(address);
            answer.accept(new Answer(Result.BUSY, ""));
        }
    }

    private void done(String address) {
        waiting.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
    }

    private Answer verify(String header, ByteBuffer fingerprint) {
        Optional<Login> login = Login.of(header.substring(SCHEME.length()).trim());
        if (login.isEmpty()) {
            return new Answer(Result.WRONG, "");
        }
        String user = login.get().user();
        byte[] password = login.get().password();
        String hash = hashes.get(user);
        if (hash != null && OpenBSDBCrypt.checkPassword(hash, password)) {
            if (proven.size() >= MAX_PROVEN) {
                proven.clear();
            }
            proven.put(fingerprint, user);
            return new Answer(Result.PROVEN, user);
        }
        spendAsMuchAs(hash, password);
        return new Answer(Result.WRONG, "");
    }

    // Each step of cost doubles the work, and 2^n = 2^c + 2^c + 2^(c+1) + ... + 2^(n-1): every wrong answer takes as
    // long as the slowest hash of the file, so its time tells nobody which users there are.
    private void spendAsMuchAs(@Nullable String hash, byte[] password) {
        if (hash == null) {
            spend(highestCost, password);
            return;
        }
        for (int cost = cost(hash); cost < highestCost; cost++) {
            spend(cost, password);
        }
    }

    private static void spend(int cost, byte[] password) {
        var unused = OpenBSDBCrypt.checkPassword((cost < 10 ? "$2y$0" : "$2y$") + cost + NOBODYS, password);
    }

    /** {@code $2y$10$...}: the digits between the second and the third dollar. */
    private static int cost(String hash) {
        return Integer.parseInt(hash.substring(4, 6));
    }

    private ByteBuffer fingerprint(String header) {
        try {
            Mac mac = Mac.getInstance(KEYED_HASH);
            mac.init(key);
            return ByteBuffer.wrap(mac.doFinal(header.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no " + KEYED_HASH, e);
        }
    }

    /** RFC 7617 section 2: everything up to the first colon is the user, the rest the password. */
    private record Login(String user, byte[] password) {
        static Optional<Login> of(String token) {
            byte[] bytes;
            try {
                bytes = Base64.getDecoder().decode(token);
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
            int colon = 0;
            while (colon < bytes.length && bytes[colon] != ':') {
                colon++;
            }
            if (colon == bytes.length) {
                return Optional.empty();
            }
            String user = new String(bytes, 0, colon, StandardCharsets.UTF_8);
            byte[] password = Arrays.copyOfRange(bytes, colon + 1, bytes.length);
            for (byte one : password) {
                // To bcrypt a NUL is the end: what follows it would be another spelling of the same password.
                if (one == 0) {
                    return Optional.empty();
                }
            }
            return Optional.of(new Login(user, password));
        }
    }
}
