package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import dev.pratique.attestations.key.VerificationKey;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** How a certificate is signed. Each algorithm has one spelling in DER, so it is known by its bytes; SHA-1 and MD5 are not there. */
record SignatureIdentifier(Scheme scheme, Hash hash) {
    private static final Map<String, SignatureIdentifier> KNOWN = Map.ofEntries(
            // RFC 5758 section 3.2: "the encoding MUST omit the parameters field".
            known("300a06082a8648ce3d040302", Scheme.ECDSA, Hash.SHA_256),
            known("300a06082a8648ce3d040303", Scheme.ECDSA, Hash.SHA_384),
            known("300a06082a8648ce3d040304", Scheme.ECDSA, Hash.SHA_512),
            // RFC 4055 section 5: "the parameters MUST be NULL".
            known("300d06092a864886f70d01010b0500", Scheme.RSA_PKCS1, Hash.SHA_256),
            known("300d06092a864886f70d01010c0500", Scheme.RSA_PKCS1, Hash.SHA_384),
            known("300d06092a864886f70d01010d0500", Scheme.RSA_PKCS1, Hash.SHA_512),
            // RFC 4055 section 3.1, with the same hash in MGF1 and a salt as long as the hash.
            known(pss("0201", "20"), Scheme.RSA_PSS, Hash.SHA_256),
            known(pss("0202", "30"), Scheme.RSA_PSS, Hash.SHA_384),
            known(pss("0203", "40"), Scheme.RSA_PSS, Hash.SHA_512),
            // RFC 8410 section 3: "the parameters MUST be absent".
            known("300506032b6570", Scheme.ED25519, Hash.SHA_512));

    private static Map.Entry<String, SignatureIdentifier> known(String der, Scheme scheme, Hash hash) {
        return Map.entry(der, new SignatureIdentifier(scheme, hash));
    }

    private static String pss(String hash, String salt) {
        String digest = "300d060960864801650304" + hash + "0500";
        return "304106092a864886f70d01010a3034a00f" + digest + "a11c301a06092a864886f70d010108" + digest + "a2030201"
                + salt;
    }

    /** @param der an AlgorithmIdentifier (RFC 5280 section 4.1.1.2); empty for one that is not verified */
    static Optional<SignatureIdentifier> of(byte[] der) {
        return Optional.ofNullable(KNOWN.get(HexFormat.of().formatHex(der)));
    }

    /** Whether this key made this signature over these bytes in this way. */
    boolean isBy(VerificationKey key, byte[] message, byte[] signature) {
        for (SignatureAlgorithm algorithm : key.algorithms()) {
            if (algorithm.scheme() == scheme && algorithm.hash() == hash) {
                try {
                    return key.verify(algorithm, message, signature) == VerificationKey.Verified.BY_THIS_KEY;
                } catch (MalformedEvidenceException e) {
                    return false;
                }
            }
        }
        return false;
    }
}
