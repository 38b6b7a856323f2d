package dev.pratique.signer.keys.pkcs11;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** One session with one token: what lies on it. To be entered by the module's thread; ends with the process. */
final class TokenSession {
    private final Cryptoki module;
    private final TokenInfo token;
    private final long session;

    private TokenSession(Cryptoki module, TokenInfo token, long session) {
        this.module = module;
        this.token = token;
        this.session = session;
    }

    static TokenSession open(Cryptoki module, TokenInfo token, boolean writing) throws Failure {
        return new TokenSession(module, token, module.openSession(token.slot(), writing));
    }

    TokenInfo token() {
        return token;
    }

    /** @param pin empty where it is typed at the token */
    void login(Optional<TokenPin.Given> pin) throws Failure {
        long answer = module.login(session, 1, pin.map(TokenPin.Given::utf8).orElse(null));
        if (answer == ReturnValue.USER_ALREADY_LOGGED_IN) {
            return;
        }
        // The flags say what the answer does not: that this was the last wrong one.
        if (answer != ReturnValue.OK && module.token(token.slot()).locked()) {
            throw ReturnValue.locked();
        }
        ReturnValue.check(answer, "logging in to the token " + token.name());
    }

    /**
     * A key on the token.
     *
     * @param label as the token has it
     */
    record Entry(long handle, String label, byte[] id) {
        /** For people. */
        String name() {
            return "'" + Printable.line(label) + "' (id "
                    + (id.length == 0 ? "none" : HexFormat.of().formatHex(id)) + ")";
        }
    }

    /** The one private key that the URI names. */
    Entry privateKey(Pkcs11Uri uri) throws Failure {
        List<Entry> found = entries(Attribute.PRIVATE_KEYS, entry -> named(entry, uri));
        if (found.size() == 1) {
            return found.get(0);
        }
        if (!found.isEmpty()) {
            throw Failure.of(
                    Kind.FAILED,
                    "the token " + token.name() + " has " + found.size() + " such keys: " + names(found),
                    "say which: object=LABEL;id=%01");
        }
        List<Entry> others = entries(Attribute.PRIVATE_KEYS, entry -> true);
        throw Failure.of(
                Kind.FAILED,
                "the token " + token.name() + " has no private key " + uri.key(),
                others.isEmpty()
                        ? "it has none at all: make one with pratique keys generate --key, or is it another token?"
                        : "it has " + names(others) + ": say which, object=LABEL");
    }

    private static boolean named(Entry entry, Pkcs11Uri uri) {
        return uri.object().map(entry.label()::equals).orElse(true)
                && uri.id().map(id -> Arrays.equals(id, entry.id())).orElse(true);
    }

    private static String names(List<Entry> entries) {
        String more = entries.size() > 8 ? ", ..." : "";
        return entries.stream().limit(8).map(Entry::name).collect(Collectors.joining(", ")) + more;
    }

    List<Entry> entries(long kind, Predicate<Entry> wanted) throws Failure {
        List<Entry> entries = new ArrayList<>();
        for (long handle : module.find(session, List.of(Attribute.of(Attribute.CLASS, kind)))) {
            String label = new String(module.attribute(session, handle, Attribute.LABEL), StandardCharsets.UTF_8);
            Entry entry = new Entry(handle, label, module.attribute(session, handle, Attribute.ID));
            if (wanted.test(entry)) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** Those that belong to this one: by their id, or by the label where it has no id. */
    private List<Entry> beside(long kind, Entry key) throws Failure {
        return entries(
                kind,
                entry -> key.id().length > 0
                        ? Arrays.equals(entry.id(), key.id())
                        : entry.id().length == 0 && entry.label().equals(key.label()));
    }

    /**
     * The public half of a private key: of the object beside it, of the certificate beside it, or as the private object itself
     * shows it.
     */
    Optional<VerificationKey> publicKey(Entry key) throws Failure {
        try {
            for (Entry half : beside(Attribute.PUBLIC_KEYS, key)) {
                Optional<VerificationKey> read = read(half);
                if (read.isPresent()) {
                    return read;
                }
            }
            for (Entry half : beside(Attribute.CERTIFICATES, key)) {
                byte[] der = module.attribute(session, half.handle(), Attribute.VALUE);
                return Optional.of(
                        VerificationKey.parseSpki(Certificate.parse(der).spki()));
            }
            return read(key);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the key " + key.name() + " of the token " + token.name() + " cannot be used: "
                                    + e.getMessage(),
                            "see what it is: pratique keys list, and docs/keys.md for the kinds that sign")
                    .because(e);
        }
    }

    /** The key that the URI names, of the objects that are shown without a login; none where it is not certain which it is. */
    Optional<VerificationKey> shownPublicKey(Pkcs11Uri uri) throws Failure {
        List<Entry> found = new ArrayList<>(entries(Attribute.PUBLIC_KEYS, entry -> named(entry, uri)));
        if (found.isEmpty()) {
            found.addAll(entries(Attribute.CERTIFICATES, entry -> named(entry, uri)));
        }
        return found.size() == 1 ? publicKey(found.get(0)) : Optional.empty();
    }

    /** The key that an object shows; none where it shows none. */
    Optional<VerificationKey> read(Entry half) throws Failure, MalformedEvidenceException {
        byte[] info = module.attribute(session, half.handle(), Attribute.PUBLIC_KEY_INFO);
        if (info.length > 0) {
            return Optional.of(VerificationKey.parseSpki(info));
        }
        return TokenPublicKey.of(
                module.attribute(session, half.handle(), Attribute.MODULUS),
                module.attribute(session, half.handle(), Attribute.PUBLIC_EXPONENT),
                module.attribute(session, half.handle(), Attribute.EC_PARAMS),
                module.attribute(session, half.handle(), Attribute.EC_POINT));
    }

    /** Certificates of the token; what is none is passed over. */
    List<Certificate> certificates() throws Failure {
        List<Certificate> certificates = new ArrayList<>();
        for (Entry entry : entries(Attribute.CERTIFICATES, any -> true)) {
            try {
                certificates.add(Certificate.parse(module.attribute(session, entry.handle(), Attribute.VALUE)));
            } catch (MalformedEvidenceException notOne) {
                // Tokens also keep certificates of other kinds (WTLS, X.509 attributes), which nothing here rests on.
            }
        }
        return certificates;
    }

    /** Whether an attribute is there and true. */
    boolean is(Entry entry, long attribute) throws Failure {
        byte[] value = module.attribute(session, entry.handle(), attribute);
        return value.length > 0 && value[0] != 0;
    }

    /** Whether an attribute is there and false. */
    boolean isNot(Entry entry, long attribute) throws Failure {
        byte[] value = module.attribute(session, entry.handle(), attribute);
        return value.length > 0 && value[0] == 0;
    }

    /**
     * @param again there for keys that want the PIN before every signature (CKA_ALWAYS_AUTHENTICATE); holds none where it is
     *     typed at the token
     */
    byte[] sign(Entry key, long mechanism, byte[] data, Optional<Optional<TokenPin.Given>> again) throws Failure {
        ReturnValue.check(module.signInit(session, mechanism, key.handle()), "signing with the key " + key.name());
        if (again.isPresent()) {
            byte[] pin = again.get().map(TokenPin.Given::utf8).orElse(null);
            ReturnValue.check(module.login(session, 2, pin), "signing with the key " + key.name());
        }
        return module.sign(session, data);
    }

    Entry generate(long mechanism, List<Attribute> publicHalf, List<Attribute> privateHalf) throws Failure {
        long handle = module.generate(session, mechanism, publicHalf, privateHalf);
        String label = new String(module.attribute(session, handle, Attribute.LABEL), StandardCharsets.UTF_8);
        return new Entry(handle, label, module.attribute(session, handle, Attribute.ID));
    }

    void write(List<Attribute> object) throws Failure {
        module.create(session, object);
    }

    void remove(Entry key) throws Failure {
        for (Entry half : beside(Attribute.PUBLIC_KEYS, key)) {
            module.destroy(session, half.handle());
        }
        module.destroy(session, key.handle());
    }
}
