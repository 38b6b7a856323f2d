package dev.pratique.attestations.transparency;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.StrictBase64;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a log says of its tree, in a signed note (C2SP tlog-checkpoint and signed-note). Read, not verified.
 *
 * @param origin the first line: who says so
 * @param size leaves of the tree
 * @param root of the tree of that size
 * @param text what is signed: all lines, each with its newline
 * @param signatures in order; at least one, most of them of strangers
 */
record Checkpoint(String origin, long size, byte[] root, byte[] text, List<NoteSignature> signatures) {
    private static final String SEPARATOR = "\n\n";
    private static final String EM_DASH = "\u2014 ";
    private static final int KEY_ID = 4;

    /**
     * A line under a note.
     *
     * @param name of the key
     * @param keyId four bytes that the key is found by, no proof of anything
     * @param signature what follows them
     */
    record NoteSignature(String name, byte[] keyId, byte[] signature) {
        boolean isOf(String key, byte[] id) {
            return name.equals(key) && Arrays.equals(keyId, id);
        }
    }

    static Checkpoint parse(String note) throws MalformedEvidenceException {
        if (note.length() > LogLimits.MAX_CHECKPOINT_BYTES) {
            throw malformed("is larger than " + LogLimits.MAX_CHECKPOINT_BYTES + " bytes");
        }
        // signed-note: "MUST NOT contain any ASCII control characters (those below U+0020) other than newline".
        if (note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
            throw malformed("has control characters");
        }
        // "the text is separated from the signatures by the last empty line in the note"; "The note text includes the
        // final newline but not the separating blank line".
        int end = note.lastIndexOf(SEPARATOR);
        if (end < 0) {
            throw malformed("has no blank line before its signatures");
        }
        String text = note.substring(0, end + 1);
        List<NoteSignature> signatures = readSignatures(note.substring(end + SEPARATOR.length()));
        // tlog-checkpoint: "a sequence of at least three non-empty lines, separated by newlines".
        String[] lines = text.substring(0, end).split("\n", -1);
        if (lines.length < 3 || lines.length > 3 + LogLimits.MAX_EXTENSION_LINES) {
            throw malformed("has " + lines.length + " lines");
        }
        for (String line : lines) {
            if (line.isEmpty()) {
                throw malformed("has an empty line");
            }
        }
        byte[] root = StrictBase64.decode(lines[2], "the checkpoint's root hash");
        if (root.length != LogLimits.HASH_BYTES) {
            throw malformed("has a root hash that is not " + LogLimits.HASH_BYTES + " bytes long");
        }
        return new Checkpoint(lines[0], readSize(lines[1]), root, text.getBytes(StandardCharsets.UTF_8), signatures);
    }

    /** tlog-checkpoint: "the ASCII decimal representation of the number of leaves in the tree, with no leading zeroes". */
    private static long readSize(String line) throws MalformedEvidenceException {
        // Nineteen digits may be beyond 2^63 - 1, which no index of these formats can reach.
        if (!line.matches("0|[1-9][0-9]{0,17}")) {
            throw malformed("does not say its tree's size in its second line");
        }
        return Long.parseLong(line);
    }

    /** signed-note: "em dash (U+2014), space (U+0020), key name, space, base64-encoded signature, newline". */
    private static List<NoteSignature> readSignatures(String block) throws MalformedEvidenceException {
        if (block.isEmpty() || !block.endsWith("\n")) {
            throw malformed(block.isEmpty() ? "has no signatures" : "does not end with a newline");
        }
        if (block.chars().filter(c -> c == '\n').count() > LogLimits.MAX_NOTE_SIGNATURES) {
            throw malformed("has more than " + LogLimits.MAX_NOTE_SIGNATURES + " signatures");
        }
        List<NoteSignature> signatures = new ArrayList<>();
        for (String line : block.substring(0, block.length() - 1).split("\n", -1)) {
            signatures.add(readSignature(line));
        }
        return List.copyOf(signatures);
    }

    private static NoteSignature readSignature(String line) throws MalformedEvidenceException {
        int space = line.lastIndexOf(' ');
        if (!line.startsWith(EM_DASH) || space < EM_DASH.length()) {
            throw malformed("has a signature line that is none");
        }
        String name = line.substring(EM_DASH.length(), space);
        // "Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus (U+002B) characters".
        if (name.isEmpty() || name.codePoints().anyMatch(c -> c == '+' || isSpace(c))) {
            throw malformed("has a signature with an impossible key name");
        }
        // "Signatures are the base64 encoding of 4+n bytes. The first four bytes in the signature are the uint32 key
        // ID".
        byte[] bytes = StrictBase64.decode(line.substring(space + 1), "a signature of the checkpoint");
        if (bytes.length <= KEY_ID) {
            throw malformed("has a signature that is too short");
        }
        return new NoteSignature(name, Arrays.copyOf(bytes, KEY_ID), Arrays.copyOfRange(bytes, KEY_ID, bytes.length));
    }

    // Unicode's White_Space, which Java asks in two ways; U+0085 is a control character for both.
    private static boolean isSpace(int c) {
        return Character.isSpaceChar(c) || Character.isWhitespace(c) || c == 0x85;
    }

    private static MalformedEvidenceException malformed(String what) {
        return new MalformedEvidenceException("the checkpoint " + what);
    }
}
