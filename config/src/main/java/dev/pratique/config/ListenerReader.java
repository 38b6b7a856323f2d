package dev.pratique.config;

import dev.pratique.config.Listener.Asks;
import dev.pratique.config.Listener.Clients;
import dev.pratique.config.Listener.Tls;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import dev.pratique.config.yaml.YamlText;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The listeners of proxy.yaml. */
final class ListenerReader {
    static final Shape.Keys SHAPE = Shape.keys("name", "address", "upstream", "anonymous", "plainHttp")
            .with("tls", Shape.keys("certificate", "key").with("password", Shape.keys("env", "file")))
            .with("clients", Shape.keys("certificates", "passwords"));

    static final String DEFAULT_NAME = "default";

    /** In the place of an address that was complained about: any free port collides with no other. */
    private static final ListenAddress UNREADABLE = new ListenAddress("127.0.0.1", 0);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int MIN_RSA = 2048;
    private static final String RELATIVE = "paths are relative to the configuration directory";

    private final SourceFiles files;
    private final SecretReader secrets;
    private final Purpose purpose;
    private final CertificateDates dates;
    private final KnownNames upstreams;

    /** @param dates for whoever serves */
    ListenerReader(
            SourceFiles files, SecretReader secrets, Purpose purpose, CertificateDates dates, KnownNames upstreams) {
        this.files = files;
        this.secrets = secrets;
        this.purpose = purpose;
        this.dates = dates;
        this.upstreams = upstreams;
    }

    /** @param credentials whether an upstream has some, which whoever pulls would use */
    List<Listener> read(List<Section> sections, boolean credentials) {
        List<Listener> listeners = new ArrayList<>();
        for (Section section : sections) {
            Listener listener = listener(section);
            checkOpenness(section, listener, credentials);
            for (Listener other : listeners) {
                checkApart(section, listener, other);
            }
            listeners.add(listener);
        }
        return listeners;
    }

    private Listener listener(Section section) {
        Optional<Value> name = section.find("name");
        name.filter(value -> !NAME.matcher(value.text()).matches())
                .ifPresent(value -> value.refuse(
                        "a listener's name is letters, digits, '.', '_' and '-'",
                        "it begins with a letter or digit and has at most 64 characters"));
        Optional<Value> upstream = section.find("upstream");
        upstream.ifPresent(upstreams::check);
        Optional<Tls> tls = section.section("tls").flatMap(this::tls);
        Clients clients = section.section("clients").map(this::clients).orElse(Clients.ANYBODY);
        return new Listener(
                name.map(Value::text).orElse(DEFAULT_NAME),
                section.require("address").flatMap(ListenAddress::read).orElse(UNREADABLE),
                upstream.map(Value::text),
                section.flag("anonymous"),
                purpose == Purpose.SERVE ? Asks.of(tls, clients) : said(section),
                tls,
                clients);
    }

    private static Asks said(Section section) {
        Optional<Section> clients = section.section("clients");
        return new Asks(
                section.has("tls"),
                clients.map(one -> one.has("certificates")).orElse(false),
                clients.map(one -> one.has("passwords")).orElse(false));
    }

    private static void checkOpenness(Section section, Listener listener, boolean credentials) {
        boolean asks = section.has("clients");
        boolean reachable = !listener.address().loopback();
        if (credentials && reachable && !listener.anonymous() && !asks) {
            section.refuse(
                    "whoever reaches " + listener.address() + " would pull with the upstreams' credentials",
                    "ask who they are with clients, listen on 127.0.0.1, or say anonymous: true if that is what you want");
        }
        if (asks && listener.anonymous()) {
            section.refuse("anonymous", "anonymous: true stands beside clients", "remove one of the two");
        }
        boolean plain = section.flag("plainHttp");
        boolean readable = !section.has("tls")
                && section.section("clients").map(one -> one.has("passwords")).orElse(false);
        if (readable && reachable && !plain) {
            section.refuse(
                    "passwords for " + listener.address() + " would cross the network in the clear",
                    "add tls, listen on 127.0.0.1, or say plainHttp: true where something else encrypts the way");
        }
        if (plain && !readable) {
            section.refuse("plainHttp", "plainHttp: true says nothing about this listener", "remove it");
        }
        if (!section.has("tls") && listener.asks().certificates()) {
            section.refuse(
                    "clients", "there are no client certificates without TLS", "add tls: {certificate: F, key: F}");
        }
    }

    private static void checkApart(Section section, Listener listener, Listener other) {
        if (other.name().equals(listener.name())) {
            section.refuse("name", "two listeners are called " + listener.name(), "give each its own name");
        }
        if (other.address().equals(listener.address()) && listener.address().port() != 0) {
            section.refuse("address", "two listeners have the address " + listener.address(), "give each its own port");
        }
    }

    private Optional<Tls> tls(Section section) {
        Optional<Value> keyFile = section.require("key");
        Optional<Value> certificate = section.require("certificate");
        if (purpose == Purpose.JUDGE) {
            section.section("password").ifPresent(secrets::read);
            return Optional.empty();
        }
        List<X509Certificate> chain = certificate.map(this::certificates).orElse(List.of());
        Optional<String> password = section.section("password").flatMap(secrets::value);
        Optional<PrivateKey> key = keyFile.flatMap(file -> key(file, password));
        if (chain.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        X509Certificate own = chain.get(0);
        String path = Section.join(section.path(), "certificate");
        dates.complaint(own)
                .ifPresent(what -> section.refuse("certificate", path + " " + what, "put a current one in its place"));
        if (!served(own.getPublicKey())) {
            section.refuse(
                    "certificate",
                    path + " has a key that is not served",
                    "use ECDSA P-256 or P-384, or RSA of 2048 bits or more");
        } else if (!belongTogether(own.getPublicKey(), key.get())) {
            section.refuse(
                    "key",
                    section.path() + ".key is not the key of the first certificate in " + path,
                    "the server's own certificate comes first in its file, then its issuers'");
        }
        return Optional.of(new Tls(chain, key.get()));
    }

    private Clients clients(Section section) {
        if (purpose == Purpose.JUDGE) {
            return Clients.ANYBODY;
        }
        List<X509Certificate> authorities =
                section.find("certificates").map(this::certificates).orElse(List.of());
        Map<String, String> passwords = section.find("passwords")
                .flatMap(file -> bytes(file, "users").map(new PasswordFile(file)::read))
                .orElse(Map.of());
        return new Clients(authorities, passwords);
    }

    private List<X509Certificate> certificates(Value file) {
        Optional<byte[]> bytes = bytes(file, "PEM certificates");
        List<X509Certificate> certificates = bytes.map(PemText::certificates).orElse(List.of());
        if (bytes.isPresent() && certificates.isEmpty()) {
            file.refuse(file.path() + " holds no certificates in PEM", "a PEM block CERTIFICATE for each");
        }
        return certificates;
    }

    private Optional<PrivateKey> key(Value file, Optional<String> password) {
        Optional<byte[]> bytes = bytes(file, "a private key");
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(PemText.privateKey(bytes.get(), password));
        } catch (PemText.KeyProblem problem) {
            file.refuse(file.path() + " " + problem.getMessage(), problem.hint());
            return Optional.empty();
        }
    }

    private Optional<byte[]> bytes(Value file, String what) {
        try {
            Optional<byte[]> bytes = files.read(files.resolve(file.text()));
            if (bytes.isPresent() && bytes.get().length <= YamlText.MAX_BYTES) {
                return bytes;
            }
        } catch (IOException | InvalidPathException e) {
            // As for a file that is not there: the path is what can be mended.
        }
        file.refuse(file.path() + " names no readable file of " + what, RELATIVE);
        return Optional.empty();
    }

    private static boolean served(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return rsa.getModulus().bitLength() >= MIN_RSA;
        }
        int field = key instanceof ECPublicKey ec
                ? ec.getParams().getCurve().getField().getFieldSize()
                : 0;
        return field == 256 || field == 384;
    }

    // What one of them signs, the other verifies: that holds for every kind of key, and for no two strangers.
    private static boolean belongTogether(PublicKey verifying, PrivateKey signing) {
        byte[] text = {1};
        String algorithm = verifying instanceof RSAPublicKey ? "SHA256withRSA" : "SHA256withECDSA";
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(signing);
            signer.update(text);
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(verifying);
            verifier.update(text);
            return verifier.verify(signer.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
