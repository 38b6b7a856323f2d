package dev.pratique.attestations.testing;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.transparency.TransparencyLog;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A certificate transparency log for tests (RFC 6962 section 3.2). */
public final class FakeCertificateLog {
    private static final byte[] NO_EXTENSIONS = {};

    private final String name;
    private final TestKey key;
    private final byte[] extensions;

    private FakeCertificateLog(String name, TestKey key, byte[] extensions) {
        this.name = name;
        this.key = key;
        this.extensions = extensions;
    }

    public static FakeCertificateLog named(String name) {
        return new FakeCertificateLog(name, TestKey.p256(), NO_EXTENSIONS);
    }

    public static FakeCertificateLog named(String name, TestKey key) {
        return new FakeCertificateLog(name, key, NO_EXTENSIONS);
    }

    /** The same log, with such extensions in its promises, as tiled logs have. */
    public FakeCertificateLog withExtensions(byte[] bytes) {
        return new FakeCertificateLog(name, key, bytes.clone());
    }

    public byte[] id() {
        return HexFormat.of().parseHex(Digest.sha256(key.spki()).hex());
    }

    public TransparencyLog trusted() {
        return trusted(Validity.ALWAYS);
    }

    public TransparencyLog trusted(Validity validity) {
        return new TransparencyLog(
                name, id(), key.trusted(), Set.of(key.trusted().defaultAlgorithm()), Optional.empty(), validity);
    }

    /** A promise about a certificate to be issued with this key. */
    public byte[] embedded(Instant at, byte[] issuerSpki, byte[] tbs) {
        byte[] issuer = HexFormat.of().parseHex(Digest.sha256(issuerSpki).hex());
        return timestamp(at, signature(at, 1, issuer, tbs));
    }

    /** A promise about this certificate, to be shown beside it. */
    public byte[] detached(Instant at, Certificate certificate) {
        return timestamp(at, signature(at, 0, new byte[0], certificate.der()));
    }

    /** The same as a log's answer (RFC 6962 section 4.1). */
    public String answer(Instant at, Certificate certificate) {
        Base64.Encoder base64 = Base64.getEncoder();
        return "{\"sct_version\":0,\"id\":\"" + base64.encodeToString(id()) + "\",\"timestamp\":" + at.toEpochMilli()
                + ",\"extensions\":\"" + base64.encodeToString(extensions) + "\",\"signature\":\""
                + base64.encodeToString(signature(at, 0, new byte[0], certificate.der())) + "\"}";
    }

    private byte[] signature(Instant at, int entryType, byte[] issuerKeyHash, byte[] entry) {
        byte[] signature = key.sign(write(out -> {
            out.writeByte(0);
            out.writeByte(0);
            out.writeLong(at.toEpochMilli());
            out.writeShort(entryType);
            out.write(issuerKeyHash);
            out.writeByte(entry.length >>> 16);
            out.writeShort(entry.length);
            out.write(entry);
            out.writeShort(extensions.length);
            out.write(extensions);
        }));
        return write(out -> {
            boolean ed25519 = key.algorithm().equals("Ed25519");
            out.writeByte(ed25519 ? 8 : 4);
            out.writeByte(ed25519 ? 7 : key.algorithm().endsWith("RSA") ? 1 : 3);
            out.writeShort(signature.length);
            out.write(signature);
        });
    }

    private byte[] timestamp(Instant at, byte[] signature) {
        return write(out -> {
            out.writeByte(0);
            out.write(id());
            out.writeLong(at.toEpochMilli());
            out.writeShort(extensions.length);
            out.write(extensions);
            out.write(signature);
        });
    }

    /** A list, as a certificate has it (RFC 6962 section 3.3). */
    public static byte[] list(List<byte[]> timestamps) {
        byte[] all = write(out -> {
            for (byte[] one : timestamps) {
                out.writeShort(one.length);
                out.write(one);
            }
        });
        return write(out -> {
            out.writeShort(all.length);
            out.write(all);
        });
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] write(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writing.to(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
