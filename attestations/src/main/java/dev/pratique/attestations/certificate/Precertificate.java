package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import java.io.ByteArrayOutputStream;

/** What a log was shown before the certificate was made. */
final class Precertificate {
    private static final String WHAT = "the certificate";

    private Precertificate() {}

    /**
     * RFC 6962 section 3.2: "the DER-encoded TBSCertificate […] of the Precertificate – that is, without the signature and the
     * poison extension"; section 3.3: of a final certificate, "removing the SCT extension". All other bytes are as they are.
     */
    static byte[] tbsWithoutTimestamps(Certificate certificate) throws MalformedEvidenceException {
        Der tbs = new Der(certificate.signed, WHAT).enter(Der.SEQUENCE);
        ByteArrayOutputStream kept = new ByteArrayOutputStream(certificate.signed.length);
        while (tbs.hasNext()) {
            if (tbs.nextIs(TbsCertificate.EXTENSIONS)) {
                byte[] extensions =
                        withoutTimestamps(tbs.enter(TbsCertificate.EXTENSIONS).enter(Der.SEQUENCE));
                if (extensions.length > 0) {
                    write(kept, TbsCertificate.EXTENSIONS, wrap(Der.SEQUENCE, extensions));
                }
            } else {
                kept.writeBytes(tbs.element());
            }
        }
        return wrap(Der.SEQUENCE, kept.toByteArray());
    }

    private static byte[] withoutTimestamps(Der extensions) throws MalformedEvidenceException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        while (extensions.hasNext()) {
            byte[] extension = extensions.element(Der.SEQUENCE);
            if (!new Der(extension, WHAT).enter(Der.SEQUENCE).identifier().equals(Extension.TIMESTAMP_LIST)) {
                kept.writeBytes(extension);
            }
        }
        return kept.toByteArray();
    }

    /** A value in DER of this tag; of fewer than 2^16 bytes. */
    static byte[] wrap(int tag, byte[] content) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream(content.length + 4);
        write(whole, tag, content);
        return whole.toByteArray();
    }

    // X.690 section 10.1; certificates are shorter than 2^16 bytes.
    private static void write(ByteArrayOutputStream to, int tag, byte[] content) {
        int length = content.length;
        to.write(tag);
        if (length >= 0x100) {
            to.write(0x82);
            to.write(length >>> 8);
        } else if (length >= 0x80) {
            to.write(0x81);
        }
        to.write(length);
        to.writeBytes(content);
    }
}
