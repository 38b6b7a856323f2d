package dev.pratique.attestations.transparency;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.transparency.Checkpoint.NoteSignature;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a log signs its checkpoints. Rekor v1 puts the number of a tree behind its name ({@code rekor.example - 42}) and names
 * its key by the hash of the key alone (rekor, pkg/util/signed_note.go); tile logs follow C2SP's signed-note.
 */
final class CheckpointSigner {
    private static final Pattern NUMBERED_TREE = Pattern.compile("(\\S{1,255}) - [0-9]{1,20}");
    private static final byte NEWLINE = 0x0A;
    private static final byte ED25519_TYPE = 0x01;
    private static final byte OTHER_TYPE = (byte) 0xFF;
    /** sigstore_trustroot.proto: for RSA "the signature type will be 0xFF with an appended identifier for the format". */
    private static final String RSA_FORMAT = "PKIX-RSA-PKCS#1v1.5";

    private static final int ED25519_KEY = 32;
    /** What a line of a checkpoint has of the key's hash. */
    static final int KEY_ID = 4;

    private final Optional<String> origin;
    private final byte[] numberedKeyId;
    private final byte[] keyId;

    CheckpointSigner(VerificationKey key, Optional<String> origin) {
        this.origin = origin;
        byte[] spki = key.spki();
        this.numberedKeyId = keyId(MerkleTree.sha256().digest(spki));
        this.keyId = origin.map(name -> keyId(noteKey(name, key.type(), spki))).orElse(numberedKeyId);
    }

    /** C2SP signed-note, "Signatures" and "Signature types"; sigstore_trustroot.proto has the same text. */
    private static byte[] noteKey(String name, VerificationKey.Type type, byte[] spki) {
        MessageDigest digest = MerkleTree.sha256();
        if (type == VerificationKey.Type.ED25519) {
            // "SHA-256(key name || 0x0A || 0x01 || 32-byte Ed25519 public key)[:4]"; it ends a SubjectPublicKeyInfo.
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(NEWLINE);
            digest.update(ED25519_TYPE);
            digest.update(spki, spki.length - ED25519_KEY, ED25519_KEY);
        } else if (type == VerificationKey.Type.RSA) {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(NEWLINE);
            digest.update(OTHER_TYPE);
            digest.update(RSA_FORMAT.getBytes(StandardCharsets.US_ASCII));
            digest.update(spki);
        } else {
            // ECDSA: "the key ID for these signatures is the truncated SHA-256 hash of the DER encoded public key in
            // SPKI format".
            digest.update(spki);
        }
        return digest.digest();
    }

    private static byte[] keyId(byte[] hash) {
        return Arrays.copyOf(hash, KEY_ID);
    }

    /** Whether a line of it says that it is this log's. */
    boolean isNamedBy(Checkpoint checkpoint) {
        return !signaturesOf(checkpoint).isEmpty();
    }

    private boolean ofTiles(Checkpoint checkpoint) {
        return origin.isPresent() && origin.get().equals(checkpoint.origin());
    }

    /** signed-note: "Verifiers MUST ignore signatures from unknown keys, even if they share a name or ID (but not both)". */
    private List<NoteSignature> signaturesOf(Checkpoint checkpoint) {
        if (ofTiles(checkpoint)) {
            return of(checkpoint, checkpoint.origin(), keyId);
        }
        Matcher numbered = NUMBERED_TREE.matcher(checkpoint.origin());
        return numbered.matches() ? of(checkpoint, numbered.group(1), numberedKeyId) : List.of();
    }

    private static List<NoteSignature> of(Checkpoint checkpoint, String name, byte[] id) {
        return checkpoint.signatures().stream()
                .filter(signature -> signature.isOf(name, id))
                .toList();
    }

    /**
     * That this log signed the checkpoint. Cosignatures of witnesses are of unknown keys, and are ignored.
     *
     * @return whether it is one of a tile log
     */
    boolean prove(Checkpoint checkpoint, TransparencyLog log) throws UnprovenException {
        List<NoteSignature> signatures = signaturesOf(checkpoint);
        if (signatures.isEmpty()) {
            // BND-09: origin and key must be this log's, whoever else may be trusted.
            throw unproven("a checkpoint of '" + checkpoint.origin() + "' without a signature of " + log.name());
        }
        // A key signs a note once; each further line with its name is work that a stranger asks for.
        if (signatures.size() > 1) {
            throw unproven("a checkpoint with " + signatures.size() + " signatures by one key of " + log.name());
        }
        // "If the key name and ID match a known key, verifiers MUST verify the signature. If a signature from a known
        // key fails to verify, clients SHOULD reject the whole note".
        if (!log.hasSigned(checkpoint.text(), signatures.get(0).signature())) {
            throw unproven("a checkpoint that " + log.name() + " did not sign");
        }
        return ofTiles(checkpoint);
    }

    private static UnprovenException unproven(String saw) {
        return new UnprovenException(Rejection.LOG_ENTRY_UNPROVEN, Printable.line(saw));
    }
}
