package dev.pratique.attestations.key;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERSequence;

/** Signatures of every length, some of them damaged where it matters; and what BouncyCastle's reader says of them. */
final class DerSamples {
    private DerSamples() {}

    static byte[] next(SplittableRandom random) throws IOException {
        ASN1EncodableVector numbers = new ASN1EncodableVector();
        int count = random.nextInt(20) == 0 ? random.nextInt(4) : 2;
        for (int i = 0; i < count; i++) {
            byte[] number = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 90 : 67)];
            random.nextBytes(number);
            numbers.add(new ASN1Integer(new BigInteger(number)));
        }
        byte[] der = new DERSequence(numbers).getEncoded("DER");
        return switch (random.nextInt(5)) {
            case 0 -> der;
            case 1 -> Arrays.copyOf(der, Math.max(1, der.length + random.nextInt(5) - 2));
            default -> damaged(der, random);
        };
    }

    /** Mostly in the first bytes, where tags and lengths are. */
    private static byte[] damaged(byte[] der, SplittableRandom random) {
        int at = random.nextInt(random.nextBoolean() ? Math.min(der.length, 8) : der.length);
        der[at] = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> (byte) 0xff;
            case 2 -> (byte) (der[at] + 1);
            default -> (byte) random.nextInt();
        };
        return der;
    }

    /** Also false for what is taken for another kind of signature before it is read. */
    static boolean isStrict(byte[] der) {
        boolean ofAnotherKind = der.length > 200 || der[0] != 0x30;
        if (ofAnotherKind) {
            return false;
        }
        try {
            return ASN1Primitive.fromByteArray(der) instanceof ASN1Sequence sequence
                    && sequence.size() == 2
                    && sequence.getObjectAt(0) instanceof ASN1Integer
                    && sequence.getObjectAt(1) instanceof ASN1Integer
                    && Arrays.equals(sequence.getEncoded("DER"), der);
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            return false;
        }
    }
}
