package dev.pratique.attestations.testing;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.key.Validity;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/**
 * Certification authorities for tests, and certificates as Fulcio makes them, with every defect that a test asks for.
 * {@code Pki.root("acme").intermediate("acme-int").issue(Pki.fulcio(key))} is a good one.
 */
public final class Pki {
    /** When authorities begin and end. */
    public static final Instant BEGIN = Instant.parse("2020-01-01T00:00:00Z");

    public static final Instant END = Instant.parse("2040-01-01T00:00:00Z");
    /** When {@link #fulcio} leaves begin; they end ten minutes later. */
    public static final Instant SIGNED = Instant.parse("2026-03-01T12:00:00Z");

    public static final String ISSUER = "https://token.actions.githubusercontent.com";
    public static final String WORKFLOW = "https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main";

    public static final String KEY_USAGE = "2.5.29.15";
    public static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    public static final String BASIC_CONSTRAINTS = "2.5.29.19";
    public static final String NAME_CONSTRAINTS = "2.5.29.30";
    public static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    public static final String TIMESTAMP_LIST = "1.3.6.1.4.1.11129.2.4.2";
    public static final String POISON = "1.3.6.1.4.1.11129.2.4.3";

    private static final AtomicLong SERIAL = new AtomicLong(4096);

    private Pki() {}

    /** A self-signed root with a key on P-256. */
    public static Authority root(String name) {
        return root(authority(name, TestKey.p256()));
    }

    /** A root of this draft, signed by itself. */
    public static Authority root(Draft draft) {
        Certificate self = draft.signedBy(draft.subject, draft.key);
        return new Authority(draft.subject, draft.key, self, Optional.empty());
    }

    /** What an authority's certificate has in it, root or not. */
    public static Draft authority(String name, TestKey key) {
        return new Draft("CN=" + name + ",O=" + name + ".test", key, BEGIN, END)
                .with(BASIC_CONSTRAINTS, true, new BasicConstraints(true))
                .with(KEY_USAGE, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    }

    /** As Fulcio certifies a GitHub workflow. */
    public static Draft fulcio(TestKey key) {
        return fulcio(key, ISSUER, new GeneralName(GeneralName.uniformResourceIdentifier, WORKFLOW))
                .claiming(FulcioExtension.GITHUB_WORKFLOW_TRIGGER, "push")
                .claiming(FulcioExtension.BUILD_SIGNER_URI, WORKFLOW)
                .claiming(FulcioExtension.RUNNER_ENVIRONMENT, "github-hosted")
                .claiming(FulcioExtension.SOURCE_REPOSITORY_URI, "https://github.com/acme/app")
                .claiming(FulcioExtension.SOURCE_REPOSITORY_REF, "refs/heads/main")
                .claiming(FulcioExtension.BUILD_TRIGGER, "push");
    }

    /** As Fulcio certifies whom this issuer knows by these names. */
    public static Draft fulcio(TestKey key, String issuer, GeneralName... names) {
        return new Draft("", key, SIGNED, SIGNED.plusSeconds(600))
                .with(KEY_USAGE, true, new KeyUsage(KeyUsage.digitalSignature))
                .with(EXTENDED_KEY_USAGE, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning))
                .with(SUBJECT_ALTERNATIVE_NAME, true, new GeneralNames(names))
                .withRaw("1.3.6.1.4.1.57264.1.1", false, issuer.getBytes(StandardCharsets.UTF_8))
                .claiming(FulcioExtension.ISSUER, issuer);
    }

    /** The SubjectPublicKeyInfo of an RSA key that nobody has. */
    public static byte[] rsa(BigInteger modulus) {
        try {
            return new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                            new RSAPublicKey(modulus, BigInteger.valueOf(65537)))
                    .getEncoded("DER");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public static GeneralName email(String address) {
        return new GeneralName(GeneralName.rfc822Name, address);
    }

    public static GeneralName uri(String uri) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
    }

    /** An authority, its key, and what certifies it. */
    public static final class Authority {
        private final String name;
        private final TestKey key;
        private final Certificate certificate;
        private final Optional<Authority> parent;

        private Authority(String name, TestKey key, Certificate certificate, Optional<Authority> parent) {
            this.name = name;
            this.key = key;
            this.certificate = certificate;
            this.parent = parent;
        }

        /** One below this, for code signing, with a key on P-256. */
        public Authority intermediate(String below) {
            return intermediate(authority(below, TestKey.p256())
                    .with(EXTENDED_KEY_USAGE, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning)));
        }

        public Authority intermediate(Draft draft) {
            return new Authority(draft.subject, draft.key, issue(draft), Optional.of(this));
        }

        /** A certificate by this authority. */
        public Certificate issue(Draft draft) {
            return draft.signedBy(name, key);
        }

        /** A certificate by this authority in which these logs promise, each at this time, to show it. */
        public Certificate issue(Draft draft, Instant at, FakeCertificateLog... logs) {
            byte[] tbs = draft.tbs(name, key);
            List<byte[]> timestamps = new ArrayList<>();
            for (FakeCertificateLog log : logs) {
                timestamps.add(log.embedded(at, spki(), tbs));
            }
            return issue(draft.logged(FakeCertificateLog.list(timestamps)));
        }

        /** What a log is shown before this authority issues. */
        public byte[] tbs(Draft draft) {
            return draft.tbs(name, key);
        }

        public byte[] spki() {
            return key.spki();
        }

        public TestKey key() {
            return key;
        }

        public Certificate certificate() {
            return certificate;
        }

        /** This one's certificate first, the root's last. */
        public List<Certificate> chain() {
            List<Certificate> chain = new ArrayList<>(List.of(certificate));
            parent.ifPresent(above -> chain.addAll(above.chain()));
            return chain;
        }

        /** Trusted with its whole chain, always, as Sigstore's are. */
        public CertificateAuthority trusted() {
            return trusted(Validity.ALWAYS);
        }

        public CertificateAuthority trusted(Validity validity) {
            return new CertificateAuthority(name, chain(), validity, false);
        }

        /** Trusted as a private one: what is between comes with the evidence. */
        public CertificateAuthority trustedPrivately() {
            return new CertificateAuthority(name, chain(), Validity.ALWAYS, true);
        }
    }

    /** A certificate before it is signed. Changed in place; draw up a new one for each certificate. */
    public static final class Draft {
        private final Map<String, ASN1Encodable> extensions = new LinkedHashMap<>();
        private final List<ASN1Encodable> further = new ArrayList<>();
        private String subject;
        private TestKey key;
        private byte[] spki;
        private Instant from;
        private Instant until;
        private int version = 2;
        private BigInteger serial = BigInteger.valueOf(SERIAL.incrementAndGet());
        private Optional<AlgorithmIdentifier> inner = Optional.empty();

        private Draft(String subject, TestKey key, Instant from, Instant until) {
            this.subject = subject;
            this.key = key;
            this.spki = key.spki();
            this.from = from;
            this.until = until;
        }

        public Draft named(String distinguishedName) {
            this.subject = distinguishedName;
            return this;
        }

        public Draft valid(Instant first, Instant last) {
            this.from = first;
            this.until = last;
            return this;
        }

        /** With a key that nobody has to have. */
        public Draft withSpki(byte[] other) {
            this.spki = other.clone();
            return this;
        }

        public Draft serial(BigInteger number) {
            this.serial = number;
            return this;
        }

        /** 0 to 2 for X.509 versions 1 to 3. */
        public Draft version(int number) {
            this.version = number;
            return this;
        }

        /** Within what is signed, another algorithm than outside. */
        public Draft saying(String algorithm) {
            this.inner = Optional.of(identifier(algorithm));
            return this;
        }

        /** This extension, in the place of one with the same identifier. */
        public Draft with(String oid, boolean critical, ASN1Encodable value) {
            return withRaw(oid, critical, encoded(value));
        }

        public Draft withRaw(String oid, boolean critical, byte[] value) {
            extensions.put(oid, extension(oid, critical, value));
            return this;
        }

        /** One more, whether there is one with the same identifier or not. */
        public Draft twice(String oid, boolean critical, byte[] value) {
            further.add(extension(oid, critical, value));
            return this;
        }

        /** Something else in the place of an extension. */
        public Draft withInsteadOfExtension(ASN1Encodable whole) {
            further.add(whole);
            return this;
        }

        public Draft without(String oid) {
            extensions.remove(oid);
            return this;
        }

        public Draft usage(int bits) {
            return with(KEY_USAGE, true, new KeyUsage(bits));
        }

        public Draft purposes(boolean critical, KeyPurposeId... purposes) {
            return with(EXTENDED_KEY_USAGE, critical, new ExtendedKeyUsage(purposes));
        }

        public Draft names(GeneralName... names) {
            return with(SUBJECT_ALTERNATIVE_NAME, true, new GeneralNames(names));
        }

        /** In the form that Fulcio gives to this claim. */
        public Draft claiming(FulcioExtension claim, String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            boolean raw = claim.name().startsWith("GITHUB_WORKFLOW");
            return withRaw(claim.oid(), false, raw ? utf8 : encoded(new DERUTF8String(text)));
        }

        /** With this list of timestamps. */
        public Draft logged(byte[] list) {
            return with(TIMESTAMP_LIST, false, new DEROctetString(list));
        }

        private byte[] tbs(String issuer, TestKey by) {
            ASN1EncodableVector parts = new ASN1EncodableVector();
            if (version > 0) {
                parts.add(new DERTaggedObject(true, 0, new ASN1Integer(version)));
            }
            parts.add(new ASN1Integer(serial));
            parts.add(inner.orElseGet(() -> identifier(by.algorithm())));
            parts.add(new X500Name(issuer));
            parts.add(new DERSequence(new ASN1Encodable[] {time(from), time(until)}));
            parts.add(new X500Name(subject));
            parts.add(decoded(spki));
            ASN1EncodableVector all = new ASN1EncodableVector();
            extensions.values().forEach(all::add);
            further.forEach(all::add);
            if (version == 2) {
                parts.add(new DERTaggedObject(true, 3, new DERSequence(all)));
            }
            return encoded(new DERSequence(parts));
        }

        /** By whom else; for certificates that cannot be read. */
        public byte[] derBy(Authority authority) {
            return der(authority.name, authority.key);
        }

        private byte[] der(String issuer, TestKey by) {
            byte[] tbs = tbs(issuer, by);
            return encoded(new DERSequence(
                    new ASN1Encodable[] {decoded(tbs), identifier(by.algorithm()), new DERBitString(by.sign(tbs))}));
        }

        private Certificate signedBy(String issuer, TestKey by) {
            try {
                return Certificate.parse(der(issuer, by));
            } catch (MalformedEvidenceException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static ASN1Encodable extension(String oid, boolean critical, byte[] value) {
        ASN1EncodableVector parts = new ASN1EncodableVector();
        parts.add(new ASN1ObjectIdentifier(oid));
        if (critical) {
            parts.add(ASN1Boolean.TRUE);
        }
        parts.add(new DEROctetString(value));
        return new DERSequence(parts);
    }

    private static Time time(Instant instant) {
        return new Time(Date.from(instant));
    }

    private static AlgorithmIdentifier identifier(String algorithm) {
        return new DefaultSignatureAlgorithmIdentifierFinder().find(algorithm);
    }

    static byte[] encoded(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded("DER");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ASN1Primitive decoded(byte[] der) {
        try {
            return ASN1Primitive.fromByteArray(der);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
