package dev.pratique.attestations.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DLSet;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;

/** A timestamp token in the making. Everything that it says can be said otherwise, and is signed as it is then. */
public final class FakeTimestamp {
    private static final int SEQUENCE = 0x30;
    private static final int GENERALIZED_TIME = 0x18;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private final KeyPair key;
    private X509CertificateHolder signer;
    private final Map<ASN1ObjectIdentifier, ASN1Encodable> attributes = new LinkedHashMap<>();
    private final List<byte[]> embedded = new ArrayList<>();
    private ASN1ObjectIdentifier imprintAlgorithm = NISTObjectIdentifiers.id_sha256;
    private byte[] imprint;
    private int version = 1;
    private String time;
    private List<ASN1Encodable> optional = List.of();
    private ASN1ObjectIdentifier contentType = PKCSObjectIdentifiers.id_ct_TSTInfo;
    private ASN1ObjectIdentifier digest = NISTObjectIdentifiers.id_sha256;
    private String digestName = "SHA-256";
    private ASN1ObjectIdentifier signatureAlgorithm = X9ObjectIdentifiers.ecdsa_with_SHA256;
    private String signing = "SHA256withECDSA";
    private boolean byKey;
    private boolean flipped;
    private int signers = 1;
    private int status;

    FakeTimestamp(byte[] message, Instant at, KeyPair key, byte[] certificate) {
        this.key = key;
        this.imprint = hash("SHA-256", message);
        this.time = TIME.format(at);
        this.signer = holder(certificate);
        namingCertificate(certificate);
    }

    private static X509CertificateHolder holder(byte[] certificate) {
        try {
            return new X509CertificateHolder(certificate);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Claims to be signed by the key of this certificate. */
    public FakeTimestamp signerOf(byte[] certificate) {
        signer = holder(certificate);
        return namingCertificate(certificate);
    }

    /** With certificates, in this order. */
    public FakeTimestamp embedding(byte[]... certificates) {
        embedded.addAll(List.of(certificates));
        return this;
    }

    /** Over the message's hash of another kind. */
    public FakeTimestamp over(String algorithm, ASN1ObjectIdentifier name, byte[] message) {
        imprintAlgorithm = name;
        imprint = hash(algorithm, message);
        return this;
    }

    public FakeTimestamp overSha1(byte[] message) {
        return over("SHA-1", OIWObjectIdentifiers.idSHA1, message);
    }

    public FakeTimestamp version(int other) {
        version = other;
        return this;
    }

    /** What genTime says, literally. */
    public FakeTimestamp time(String literal) {
        time = literal;
        return this;
    }

    /** What follows genTime: accuracy, ordering, nonce, tsa, extensions. */
    public FakeTimestamp followedBy(ASN1Encodable... elements) {
        optional = List.of(elements);
        return this;
    }

    public FakeTimestamp contentType(ASN1ObjectIdentifier other) {
        contentType = other;
        return this;
    }

    /** Digested, and signed, with other algorithms. */
    public FakeTimestamp signedWith(
            String digestAlgorithm, ASN1ObjectIdentifier digestId, String jdk, ASN1ObjectIdentifier signatureId) {
        digestName = digestAlgorithm;
        digest = digestId;
        signing = jdk;
        signatureAlgorithm = signatureId;
        return this;
    }

    /** A signed attribute; {@code null} leaves it out. */
    public FakeTimestamp attribute(ASN1ObjectIdentifier type, @org.jspecify.annotations.Nullable ASN1Encodable value) {
        if (value == null) {
            attributes.remove(type);
        } else {
            attributes.put(type, value);
        }
        return this;
    }

    /** Names this certificate in the attribute signing-certificate-v2. */
    public FakeTimestamp namingCertificate(byte[] certificate) {
        return attribute(
                PKCSObjectIdentifiers.id_aa_signingCertificateV2,
                new DERSequence(new DERSequence(new DERSequence(
                        new ASN1Encodable[] {new DEROctetString(hash("SHA-256", certificate)), issuerSerial()}))));
    }

    /** Names the certificate in the older attribute signing-certificate, by SHA-1 over these bytes, instead. */
    public FakeTimestamp namingCertificateBySha1(byte[] certificate) {
        attribute(PKCSObjectIdentifiers.id_aa_signingCertificateV2, null);
        return attribute(
                PKCSObjectIdentifiers.id_aa_signingCertificate,
                new DERSequence(new DERSequence(new DERSequence(new DEROctetString(hash("SHA-1", certificate))))));
    }

    public ASN1Encodable issuerSerial() {
        return issuerSerial(signer.getSerialNumber());
    }

    public ASN1Encodable issuerSerial(BigInteger serial) {
        return new DERSequence(
                new ASN1Encodable[] {new DERSequence(new GeneralName(signer.getIssuer())), new ASN1Integer(serial)});
    }

    /** The signer says which certificate is its own by the key identifier. */
    public FakeTimestamp byKeyIdentifier() {
        byKey = true;
        return this;
    }

    public FakeTimestamp withFlippedSignature() {
        flipped = true;
        return this;
    }

    public FakeTimestamp signers(int number) {
        signers = number;
        return this;
    }

    public FakeTimestamp status(int other) {
        status = other;
        return this;
    }

    /** The TimeStampResp. */
    public byte[] response() {
        return der(sequence(sequence(new ASN1Integer(status)), contentInfo()));
    }

    /** The bare token. */
    public byte[] token() {
        return der(contentInfo());
    }

    private ASN1Sequence contentInfo() {
        byte[] info = tstInfo();
        ASN1EncodableVector data = new ASN1EncodableVector();
        data.add(new ASN1Integer(3));
        data.add(new DERSet(sequence(digest)));
        data.add(sequence(contentType, new DERTaggedObject(true, 0, new DEROctetString(info))));
        if (!embedded.isEmpty()) {
            ASN1Encodable[] all = embedded.stream().map(FakeTimestamp::read).toArray(ASN1Encodable[]::new);
            data.add(new DERTaggedObject(false, 0, new DLSet(all)));
        }
        ASN1Encodable[] infos = new ASN1Encodable[signers];
        for (int i = 0; i < signers; i++) {
            infos[i] = signerInfo(info);
        }
        data.add(new DLSet(infos));
        return sequence(CMSObjectIdentifiers.signedData, new DERTaggedObject(true, 0, new DERSequence(data)));
    }

    private byte[] tstInfo() {
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        info.writeBytes(der(new ASN1Integer(version)));
        info.writeBytes(der(new ASN1ObjectIdentifier("1.2.3.4")));
        info.writeBytes(der(sequence(sequence(imprintAlgorithm), new DEROctetString(imprint))));
        info.writeBytes(der(new ASN1Integer(77)));
        info.writeBytes(tagged(GENERALIZED_TIME, time.getBytes(StandardCharsets.US_ASCII)));
        optional.forEach(element -> info.writeBytes(der(element)));
        return tagged(SEQUENCE, info.toByteArray());
    }

    /** Any content under any tag: the library would mend what is wrong on purpose. */
    private static byte[] tagged(int tag, byte[] content) {
        byte[] bytes = der(new DEROctetString(content));
        bytes[0] = (byte) tag;
        return bytes;
    }

    private ASN1Encodable signerInfo(byte[] info) {
        Map<ASN1ObjectIdentifier, ASN1Encodable> all = new LinkedHashMap<>();
        all.put(CMSAttributes.contentType, contentType);
        all.put(CMSAttributes.messageDigest, new DEROctetString(hash(digestName, info)));
        all.putAll(attributes);
        ASN1EncodableVector set = new ASN1EncodableVector();
        all.forEach((type, value) -> set.add(sequence(type, new DERSet(value))));
        DERSet signed = new DERSet(set);
        byte[] signature = TestKey.sign(signing, key.getPrivate(), der(signed));
        if (flipped) {
            signature[signature.length - 1] ^= 1;
        }
        ASN1Encodable id = byKey
                ? new DERTaggedObject(false, 0, new DEROctetString(keyIdentifier()))
                : sequence(signer.getIssuer(), new ASN1Integer(signer.getSerialNumber()));
        return sequence(
                new ASN1Integer(byKey ? 3 : 1),
                id,
                sequence(digest),
                new DERTaggedObject(false, 0, signed),
                sequence(signatureAlgorithm),
                new DEROctetString(signature));
    }

    private byte[] keyIdentifier() {
        return org.bouncycastle.asn1.x509.SubjectKeyIdentifier.fromExtensions(signer.getExtensions())
                .getKeyIdentifier();
    }

    private static ASN1Sequence sequence(ASN1Encodable... elements) {
        return new DERSequence(elements);
    }

    private static ASN1Primitive read(byte[] der) {
        try {
            return ASN1Primitive.fromByteArray(der);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] der(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded("DL");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] hash(String algorithm, byte[] message) {
        try {
            return MessageDigest.getInstance(algorithm).digest(message);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
