package dev.pratique.signer.keys.pkcs11;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.signer.Failure;
import dev.pratique.signer.keys.pkcs11.TokenKeys.Listed;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of one token. Without a PIN those that show themselves to everybody: public keys and certificates. */
final class TokenListing {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ModuleThread thread;
    private final Cryptoki cryptoki;
    private final Path module;

    TokenListing(ModuleThread thread, Cryptoki cryptoki, Path module) {
        this.thread = thread;
        this.cryptoki = cryptoki;
        this.module = module;
    }

    List<Listed> of(Pkcs11Uri uri, TokenInfo token, TokenPin pins) throws Failure {
        Optional<TokenPin.Given> pin = token.hasPinPad() ? Optional.empty() : pins.ifAny(uri, token);
        try {
            return thread.call(PATIENCE, () -> {
                TokenSession session = TokenSession.open(cryptoki, token, false);
                if (pin.isPresent()) {
                    session.login(pin);
                }
                return keys(session);
            });
        } finally {
            pin.ifPresent(TokenPin.Given::close);
        }
    }

    private List<Listed> keys(TokenSession session) throws Failure {
        Map<String, TokenSession.Entry> entries = new LinkedHashMap<>();
        Map<String, Boolean> isPrivate = new LinkedHashMap<>();
        List<String> certified = new ArrayList<>();
        for (long kind : new long[] {Attribute.PRIVATE_KEYS, Attribute.PUBLIC_KEYS, Attribute.CERTIFICATES}) {
            for (TokenSession.Entry entry : session.entries(kind, any -> true)) {
                // Halves belong together by their id; what has none stands by its label.
                String belongs =
                        entry.id().length > 0 ? HexFormat.of().formatHex(entry.id()) : "label " + entry.label();
                // Two private keys with one id are two keys, and ambiguous.
                String name = kind == Attribute.PRIVATE_KEYS && entries.containsKey(belongs)
                        ? belongs + " " + entry.handle()
                        : belongs;
                entries.putIfAbsent(name, entry);
                isPrivate.merge(name, kind == Attribute.PRIVATE_KEYS, Boolean::logicalOr);
                if (kind == Attribute.CERTIFICATES) {
                    certified.add(name);
                }
            }
        }
        List<Listed> listed = new ArrayList<>();
        for (Map.Entry<String, TokenSession.Entry> one : entries.entrySet()) {
            TokenSession.Entry entry = one.getValue();
            listed.add(new Listed(
                    entry.label(),
                    HexFormat.of().formatHex(entry.id()),
                    kind(session, entry),
                    Boolean.TRUE.equals(isPrivate.get(one.getKey())),
                    certified.contains(one.getKey()),
                    uri(session.token(), entry)));
        }
        return listed;
    }

    private static Optional<String> kind(TokenSession session, TokenSession.Entry entry) throws Failure {
        try {
            return session.publicKey(entry).map(VerificationKey::type).map(VerificationKey.Type::label);
        } catch (Failure notVerifiedWith) {
            return Optional.empty();
        }
    }

    private String uri(TokenInfo token, TokenSession.Entry entry) {
        StringBuilder id = new StringBuilder();
        for (byte one : entry.id()) {
            id.append('%').append(HexFormat.of().toHexDigits(one));
        }
        return "pkcs11:token=" + encoded(token.label())
                + (entry.label().isEmpty() ? "" : ";object=" + encoded(entry.label()))
                + (id.isEmpty() ? "" : ";id=" + id) + "?module-path=" + module;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }
}
