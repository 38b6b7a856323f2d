package dev.pratique.attestations.testing;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.timestamp.TimestampAuthority;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A timestamp authority for tests: a root that is valid from 2020 to 2040, and under it a signer's certificate. Tokens with
 * defects come from {@link #token}.
 */
public final class FakeTimestampAuthority {
    public static final Instant BEGIN = Instant.parse("2020-01-01T00:00:00Z");
    public static final Instant END = Instant.parse("2040-01-01T00:00:00Z");
    private static final AtomicLong SERIAL = new AtomicLong(1000);

    private final String name;
    private final KeyPair rootKey;
    private final byte[] root;
    private final KeyPair key;
    private final byte[] certificate;

    /**
     * What the signer's certificate is like.
     *
     * @param purposes of its extended key usage; empty: it has none
     * @param authority whether it is a certification authority itself
     */
    public record Profile(
            Instant from,
            Instant until,
            KeyPair key,
            List<KeyPurposeId> purposes,
            boolean critical,
            boolean authority,
            int usage) {

        /** As RFC 3161 section 2.3 wants it. */
        public static Profile usual() {
            return new Profile(
                    BEGIN,
                    END,
                    TestKey.pair("EC", 256),
                    List.of(KeyPurposeId.id_kp_timeStamping),
                    true,
                    false,
                    KeyUsage.digitalSignature);
        }

        public Profile validFrom(Instant first, Instant last) {
            return new Profile(first, last, key, purposes, critical, authority, usage);
        }

        public Profile withKey(KeyPair other) {
            return new Profile(from, until, other, purposes, critical, authority, usage);
        }

        public Profile withPurposes(KeyPurposeId... others) {
            return new Profile(from, until, key, List.of(others), critical, authority, usage);
        }

        public Profile withPurposesNotCritical() {
            return new Profile(from, until, key, purposes, false, authority, usage);
        }

        public Profile asAuthority() {
            return new Profile(
                    from, until, key, purposes, critical, true, KeyUsage.digitalSignature | KeyUsage.keyCertSign);
        }

        public Profile withUsage(int other) {
            return new Profile(from, until, key, purposes, critical, authority, other);
        }
    }

    private FakeTimestampAuthority(String name, KeyPair rootKey, byte[] root, Profile profile) {
        this.name = name;
        this.rootKey = rootKey;
        this.root = root;
        this.key = profile.key();
        this.certificate = certificate("CN=" + name + " signer", profile, "CN=" + name + " root", rootKey);
    }

    /** An authority of its own, whose signer has a key on P-256. */
    public static FakeTimestampAuthority named(String name) {
        return named(name, Profile.usual());
    }

    public static FakeTimestampAuthority named(String name, Profile profile) {
        KeyPair rootKey = TestKey.pair("EC", 384);
        Profile asRoot = Profile.usual().withKey(rootKey).withPurposes().asAuthority();
        byte[] root = certificate("CN=" + name + " root", asRoot, "CN=" + name + " root", rootKey);
        return new FakeTimestampAuthority(name, rootKey, root, profile);
    }

    /** Another signer under the same root. */
    public FakeTimestampAuthority another(Profile profile) {
        return new FakeTimestampAuthority(name, rootKey, root, profile);
    }

    private static byte[] certificate(String subject, Profile profile, String issuer, KeyPair issuerKey) {
        try {
            SubjectPublicKeyInfo spki =
                    SubjectPublicKeyInfo.getInstance(profile.key().getPublic().getEncoded());
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                    new X500Name(issuer),
                    BigInteger.valueOf(SERIAL.incrementAndGet()),
                    Date.from(profile.from()),
                    Date.from(profile.until()),
                    new X500Name(subject),
                    spki);
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(profile.usage()));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(spki));
            if (profile.authority()) {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            } else {
                // A name that is in no syntax: nobody compares those of timestamp authorities.
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, "tsa.corp.example.")));
            }
            if (!profile.purposes().isEmpty()) {
                builder.addExtension(
                        Extension.extendedKeyUsage,
                        profile.critical(),
                        new ExtendedKeyUsage(profile.purposes().toArray(new KeyPurposeId[0])));
            }
            X509CertificateHolder holder =
                    builder.build(new JcaContentSignerBuilder("SHA384withECDSA").build(issuerKey.getPrivate()));
            return holder.getEncoded();
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A response with a token over these bytes, at a time, without certificates: as Sigstore's bundles have it. */
    public byte[] stamp(byte[] message, Instant at) {
        return token(message, at).response();
    }

    /** A token over these bytes, to be spoilt. */
    public FakeTimestamp token(byte[] message, Instant at) {
        return new FakeTimestamp(message, at, key, certificate);
    }

    /** The authority with its signer's certificate, for ever. */
    public TimestampAuthority authority() {
        return authority(Validity.ALWAYS);
    }

    public TimestampAuthority authority(Validity validity) {
        return new TimestampAuthority(name, List.of(parsed(certificate), parsed(root)), validity);
    }

    /** The authority by its root alone: the signer's certificate comes with the token. */
    public TimestampAuthority rootOnly() {
        return new TimestampAuthority(name, List.of(parsed(root)), Validity.ALWAYS);
    }

    /** DER of the signer's certificate. */
    public byte[] certificate() {
        return certificate.clone();
    }

    /** DER of the root's certificate. */
    public byte[] root() {
        return root.clone();
    }

    private static Certificate parsed(byte[] der) {
        try {
            return Certificate.parse(der);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }
}
