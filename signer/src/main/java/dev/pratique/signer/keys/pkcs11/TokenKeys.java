package dev.pratique.signer.keys.pkcs11;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.keys.remote.RemoteKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Keys that {@code pkcs11:} URIs name. */
public final class TokenKeys {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Somebody types at the token. */
    private static final Duration TYPING = Duration.ofMinutes(2);
    /** cosign's: certificates of the token are left alone. */
    private static final String IGNORE_CERTIFICATE = "COSIGN_PKCS11_IGNORE_CERTIFICATE";

    private static final int LONGEST_CHAIN = 8;

    private final Map<String, String> environment;
    private final TokenPin pins;

    /** @param ask asks a person for a PIN; empty where there is nobody */
    public TokenKeys(Map<String, String> environment, Function<String, Optional<char[]>> ask) {
        this.environment = Map.copyOf(environment);
        this.pins = new TokenPin(this.environment, ask);
    }

    /**
     * A key that can sign.
     *
     * @param certificates DER; of those on the token that hold this key the first, and who issued it, as far as they are there;
     *     none that only vouches for itself
     * @param warning one line
     */
    public record Opened(RemoteKey key, List<byte[]> certificates, Optional<String> warning) {
        public Opened {
            certificates = List.copyOf(certificates);
        }
    }

    /**
     * What lies on a token.
     *
     * @param kind of the key; empty where the token does not show it or it is not verified with here
     * @param privateKey whether its private half was seen, which takes a login
     * @param certificate whether one lies beside it
     * @param uri names it
     */
    public record Listed(
            String label, String id, Optional<String> kind, boolean privateKey, boolean certificate, String uri) {}

    /**
     * A token.
     *
     * @param keys empty also where it was not asked
     */
    public record Token(String label, String serial, String model, long slot, boolean initialised, List<Listed> keys) {
        public Token {
            keys = List.copyOf(keys);
        }
    }

    /** Logs in, finds the key and its public half. */
    public Opened open(String reference) throws Failure {
        Pkcs11Uri uri = keyed(reference);
        return open(access(uri), uri);
    }

    private static Pkcs11Uri keyed(String reference) throws Failure {
        Pkcs11Uri uri = Pkcs11Uri.parse(reference);
        if (!uri.namesKey()) {
            throw Failure.of(
                    Kind.USAGE,
                    "the PKCS#11 URI does not say which key",
                    "add object=LABEL or id=%01; pratique keys list 'pkcs11:...' shows them");
        }
        return uri;
    }

    private Opened open(TokenAccess access, Pkcs11Uri uri) throws Failure {
        TokenSession session = access.login(uri, pins, false);
        return access.thread().call(PATIENCE, () -> opened(uri, access, session));
    }

    /** The public half alone, without a login where the token shows it so. */
    public VerificationKey publicKey(String reference) throws Failure {
        Pkcs11Uri uri = keyed(reference);
        TokenAccess access = access(uri);
        Optional<VerificationKey> shown = access.thread()
                .call(
                        PATIENCE,
                        () -> TokenSession.open(access.cryptoki(), access.token(), false)
                                .shownPublicKey(uri));
        return shown.isPresent() ? shown.get() : open(access, uri).key().publicKey();
    }

    private Opened opened(Pkcs11Uri uri, TokenAccess access, TokenSession session) throws Failure {
        TokenSession.Entry entry = session.privateKey(uri);
        if (session.isNot(entry, Attribute.SIGN)) {
            throw Failure.of(
                    Kind.FAILED,
                    "the token does not let the key " + entry.name() + " sign",
                    "it was made for something else (CKA_SIGN is false): choose another");
        }
        VerificationKey publicKey = session.publicKey(entry)
                .orElseThrow(() -> Failure.of(
                        Kind.FAILED,
                        "the token shows no public key for " + entry.name(),
                        "write it beside the private one, with the same id: pkcs11-tool --write-object pub.der --type pubkey"
                                + " --id ID"));
        boolean always = session.is(entry, Attribute.ALWAYS_AUTHENTICATE);
        TokenKey key = new TokenKey(
                access.thread(),
                session,
                entry,
                publicKey,
                () -> always ? Optional.of(access.pin(uri, pins, session.token())) : Optional.empty());
        Optional<String> warning = session.is(entry, Attribute.EXTRACTABLE) && session.isNot(entry, Attribute.SENSITIVE)
                ? Optional.of("the token gives the private key " + entry.name() + " away to whoever has the PIN")
                : Optional.empty();
        boolean ignore = environment.getOrDefault(IGNORE_CERTIFICATE, "").matches("1|t|T|TRUE|true|True");
        return new Opened(key, ignore ? List.of() : chain(session.certificates(), publicKey), warning);
    }

    private static List<byte[]> chain(List<Certificate> certificates, VerificationKey key) {
        List<byte[]> chain = new ArrayList<>();
        Optional<Certificate> next = certificates.stream()
                .filter(one -> Arrays.equals(one.spki(), key.spki()) && !one.isSelfIssued())
                .findFirst();
        while (next.isPresent() && chain.size() < LONGEST_CHAIN) {
            Certificate one = next.get();
            chain.add(one.der());
            next = one.isSelfIssued()
                    ? Optional.empty()
                    : certificates.stream()
                            .filter(other -> !other.equals(one) && one.isIssuedBy(other))
                            .findFirst();
        }
        return chain;
    }

    /** What is there: the tokens of a module, and the keys of the one that the URI names or that is the only one. */
    public List<Token> list(String reference) throws Failure {
        Pkcs11Uri uri = Pkcs11Uri.parse(reference);
        Path module = ModuleFile.of(uri, environment);
        ModuleThread thread = new ModuleThread(module.toString());
        Cryptoki cryptoki = thread.call(PATIENCE, () -> Cryptoki.load(module));
        List<TokenInfo> tokens = thread.call(PATIENCE, cryptoki::tokens).stream()
                .filter(token -> token.matches(uri) || !uri.namesToken() && !uri.namesKey())
                .toList();
        long usable = tokens.stream().filter(TokenInfo::initialised).count();
        List<Token> listed = new ArrayList<>();
        for (TokenInfo token : tokens) {
            List<Listed> keys = token.initialised() && usable == 1
                    ? new TokenListing(thread, cryptoki, module).of(uri, token, pins)
                    : List.of();
            listed.add(
                    new Token(token.label(), token.serial(), token.model(), token.slot(), token.initialised(), keys));
        }
        return listed;
    }

    /** Makes a key on a token. */
    public TokenKeyGeneration generation(String reference) throws Failure {
        Pkcs11Uri uri = Pkcs11Uri.parse(reference);
        return new TokenKeyGeneration(uri, access(uri), pins);
    }

    private TokenAccess access(Pkcs11Uri uri) throws Failure {
        Path module = ModuleFile.of(uri, environment);
        ModuleThread thread = new ModuleThread(module.toString());
        Cryptoki cryptoki = thread.call(PATIENCE, () -> Cryptoki.load(module));
        List<TokenInfo> tokens = thread.call(PATIENCE, cryptoki::tokens);
        List<TokenInfo> meant =
                tokens.stream().filter(token -> token.matches(uri)).toList();
        if (meant.size() == 1) {
            return new TokenAccess(thread, cryptoki, meant.get(0));
        }
        String there = tokens.stream()
                .filter(TokenInfo::initialised)
                .limit(8)
                .map(TokenInfo::line)
                .collect(Collectors.joining(", "));
        if (meant.isEmpty()) {
            throw Failure.of(
                    Kind.FAILED,
                    uri.namesToken() ? "the PKCS#11 module has no such token" : "the PKCS#11 module has no token",
                    there.isEmpty() ? "connect it, or initialise it with its own tool" : "it has " + there);
        }
        throw Failure.of(
                Kind.USAGE,
                "the PKCS#11 module has " + meant.size() + " such tokens: " + there,
                "say which: token=LABEL or serial=NUMBER; a slot-id changes when a token is plugged in elsewhere");
    }

    /** One token behind one module. */
    record TokenAccess(ModuleThread thread, Cryptoki cryptoki, TokenInfo token) {
        /** A session that may use private keys. */
        TokenSession login(Pkcs11Uri uri, TokenPin pins, boolean writing) throws Failure {
            TokenSession session = thread.call(PATIENCE, () -> TokenSession.open(cryptoki, token, writing));
            if (token.wantsLogin()) {
                Optional<TokenPin.Given> pin = pin(uri, pins, token);
                try {
                    thread.call(token.hasPinPad() ? TYPING : PATIENCE, () -> {
                        session.login(pin);
                        return session;
                    });
                } finally {
                    pin.ifPresent(TokenPin.Given::close);
                }
            }
            return session;
        }

        /** Empty where it is typed at the token. */
        Optional<TokenPin.Given> pin(Pkcs11Uri uri, TokenPin pins, TokenInfo asked) throws Failure {
            return asked.hasPinPad() ? Optional.empty() : Optional.of(pins.of(uri, asked));
        }
    }
}
