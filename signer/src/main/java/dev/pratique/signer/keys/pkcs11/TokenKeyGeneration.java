package dev.pratique.signer.keys.pkcs11;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.keys.remote.ProvenSigner;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERPrintableString;

/** Makes a key on a token, which never leaves it, with a certificate of its own beside it. */
public final class TokenKeyGeneration {
    /** A smart card looks for the primes of an RSA key for minutes. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final int ID_BYTES = 8;
    private static final long CKM_RSA_PKCS_KEY_PAIR_GEN = 0;
    private static final long CKM_EC_KEY_PAIR_GEN = 0x1040;
    private static final long CKM_EC_EDWARDS_KEY_PAIR_GEN = 0x1055;
    private static final byte[] F4 = {1, 0, 1};

    private final Pkcs11Uri uri;
    private final TokenKeys.TokenAccess access;
    private final TokenPin pins;

    TokenKeyGeneration(Pkcs11Uri uri, TokenKeys.TokenAccess access, TokenPin pins) throws Failure {
        if (uri.object().isEmpty()) {
            throw Failure.of(
                    Kind.USAGE, "the new key on the token has no label", "add object=LABEL to the PKCS#11 URI");
        }
        this.uri = uri;
        this.access = access;
        this.pins = pins;
    }

    /**
     * What was made.
     *
     * @param spki DER of the public key
     * @param id the key's id on the token, hexadecimal
     */
    public record Made(byte[] spki, String label, String id) {}

    /**
     * A key pair of a kind.
     *
     * @param curve object identifier; empty for RSA and Ed25519
     * @param bits of an RSA key's modulus; 0 for others
     * @param now the certificate's first moment; it ends ten years later
     */
    public Made make(Optional<String> curve, int bits, Instant now, SecureRandom random) throws Failure {
        String label = uri.object().orElseThrow();
        byte[] id = uri.id().orElseGet(() -> {
            byte[] fresh = new byte[ID_BYTES];
            random.nextBytes(fresh);
            return fresh;
        });
        TokenSession session = access.login(uri, pins, true);
        return access.thread().call(PATIENCE, () -> {
            refuseExisting(session, label, id);
            TokenSession.Entry entry = generated(session, curve, bits, label, id);
            try {
                return certified(session, entry, now, random);
            } catch (Failure e) {
                session.remove(entry);
                throw e;
            }
        });
    }

    private static void refuseExisting(TokenSession session, String label, byte[] id) throws Failure {
        boolean there = !session.entries(
                        Attribute.PRIVATE_KEYS, entry -> entry.label().equals(label) || Arrays.equals(entry.id(), id))
                .isEmpty();
        if (there) {
            throw Failure.of(
                    Kind.FAILED,
                    "the token " + session.token().name() + " has a key with this label or id already, and no key is"
                            + " overwritten",
                    "choose another label");
        }
    }

    private static TokenSession.Entry generated(
            TokenSession session, Optional<String> curve, int bits, String label, byte[] id) throws Failure {
        byte[] name = label.getBytes(StandardCharsets.UTF_8);
        List<Attribute> publicHalf = new ArrayList<>(List.of(
                Attribute.of(Attribute.TOKEN, true),
                Attribute.of(Attribute.VERIFY, true),
                new Attribute(Attribute.LABEL, name),
                new Attribute(Attribute.ID, id)));
        List<Attribute> privateHalf = List.of(
                Attribute.of(Attribute.TOKEN, true),
                Attribute.of(Attribute.PRIVATE, true),
                Attribute.of(Attribute.SENSITIVE, true),
                Attribute.of(Attribute.EXTRACTABLE, false),
                Attribute.of(Attribute.SIGN, true),
                new Attribute(Attribute.LABEL, name),
                new Attribute(Attribute.ID, id));
        long mechanism;
        if (bits > 0) {
            mechanism = CKM_RSA_PKCS_KEY_PAIR_GEN;
            publicHalf.add(Attribute.of(Attribute.MODULUS_BITS, bits));
            publicHalf.add(new Attribute(Attribute.PUBLIC_EXPONENT, F4));
        } else if (curve.isPresent()) {
            mechanism = CKM_EC_KEY_PAIR_GEN;
            publicHalf.add(new Attribute(Attribute.EC_PARAMS, der(new ASN1ObjectIdentifier(curve.get()))));
        } else {
            mechanism = CKM_EC_EDWARDS_KEY_PAIR_GEN;
            publicHalf.add(new Attribute(Attribute.EC_PARAMS, der(new DERPrintableString("edwards25519"))));
        }
        return session.generate(mechanism, publicHalf, privateHalf);
    }

    // Java's own reader of tokens and others show a key only where a certificate lies beside it.
    private Made certified(TokenSession session, TokenSession.Entry entry, Instant now, SecureRandom random)
            throws Failure {
        VerificationKey key = session.publicKey(entry)
                .orElseThrow(
                        () -> Failure.of(
                                Kind.FAILED,
                                "the token does not show the public half of the new key",
                                "the key is there: see pratique keys list, and use it with its certificate or public key put on the token"));
        SelfSignedCertificate certificate = SelfSignedCertificate.of(
                entry.label(),
                key,
                now,
                now.atOffset(ZoneOffset.UTC).plusYears(10).toInstant(),
                new BigInteger(127, random).setBit(126),
                new ProvenSigner(new TokenKey(access.thread(), session, entry, key, Optional::empty)));
        session.write(List.of(
                Attribute.of(Attribute.CLASS, Attribute.CERTIFICATES),
                Attribute.of(Attribute.TOKEN, true),
                Attribute.of(Attribute.PRIVATE, false),
                Attribute.of(Attribute.CERTIFICATE_TYPE, 0L),
                new Attribute(Attribute.SUBJECT, certificate.subject()),
                new Attribute(Attribute.ISSUER, certificate.subject()),
                new Attribute(Attribute.SERIAL_NUMBER, certificate.serial()),
                new Attribute(Attribute.LABEL, entry.label().getBytes(StandardCharsets.UTF_8)),
                new Attribute(Attribute.ID, entry.id()),
                new Attribute(Attribute.VALUE, certificate.der())));
        return new Made(key.spki(), entry.label(), HexFormat.of().formatHex(entry.id()));
    }

    private static byte[] der(ASN1Encodable value) throws Failure {
        try {
            return value.toASN1Primitive().getEncoded("DER");
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the kind of the key cannot be written",
                            "use a whole JDK or JRE of Java 17 or newer, with the security providers that come with it")
                    .because(e);
        }
    }
}
