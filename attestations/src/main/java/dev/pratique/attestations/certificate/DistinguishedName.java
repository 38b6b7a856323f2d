package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A Name (RFC 5280 section 4.1.2.4). Two are equal where their bytes are. Immutable. */
final class DistinguishedName {
    private static final int NUMERIC_STRING = 0x12;
    private static final int PRINTABLE_STRING = 0x13;
    private static final int IA5_STRING = 0x16;
    private static final int BMP_STRING = 0x1e;
    private static final String EMAIL_ADDRESS = "1.2.840.113549.1.9.1";
    private static final String ESCAPED = "\"+,;<>\\";

    /** RFC 4514 section 3, and the names that RFC 4519 and PKCS #9 give to others that certificates have. */
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("2.5.4.3", "CN"),
            Map.entry("2.5.4.4", "SN"),
            Map.entry("2.5.4.5", "serialNumber"),
            Map.entry("2.5.4.6", "C"),
            Map.entry("2.5.4.7", "L"),
            Map.entry("2.5.4.8", "ST"),
            Map.entry("2.5.4.9", "STREET"),
            Map.entry("2.5.4.10", "O"),
            Map.entry("2.5.4.11", "OU"),
            Map.entry("2.5.4.12", "title"),
            Map.entry("2.5.4.17", "postalCode"),
            Map.entry("2.5.4.42", "givenName"),
            Map.entry("2.5.4.97", "organizationIdentifier"),
            Map.entry("0.9.2342.19200300.100.1.1", "UID"),
            Map.entry("0.9.2342.19200300.100.1.25", "DC"),
            Map.entry(EMAIL_ADDRESS, "emailAddress"));

    private final byte[] der;
    private final List<List<Attribute>> parts;

    /** @param text where the value is of a type that has text; else null-free hexadecimal of the value, after a {@code #} */
    private record Attribute(String type, String text, boolean readable) {
        /** As RFC 5280 section 7.1 compares, but for its preparation of characters beyond ASCII. */
        String folded() {
            return type + "=" + text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
        }

        String line() {
            String name = TYPES.getOrDefault(type, type);
            return name + "=" + (readable ? escape(text) : text);
        }
    }

    private DistinguishedName(byte[] der, List<List<Attribute>> parts) {
        this.der = der;
        this.parts = parts;
    }

    /** @param der with its tag, a SEQUENCE */
    static DistinguishedName parse(byte[] der, String what) throws MalformedEvidenceException {
        Der outer = new Der(der, what);
        Der names = outer.enter(Der.SEQUENCE);
        outer.end();
        List<List<Attribute>> parts = new ArrayList<>();
        int count = 0;
        while (names.hasNext()) {
            Der set = names.enter(Der.SET);
            List<Attribute> part = new ArrayList<>();
            do {
                if (++count > CertificateLimits.MAX_NAME_ATTRIBUTES) {
                    throw names.malformed("has more than " + CertificateLimits.MAX_NAME_ATTRIBUTES + " attributes");
                }
                part.add(attribute(set.enter(Der.SEQUENCE)));
            } while (set.hasNext());
            parts.add(List.copyOf(part));
        }
        return new DistinguishedName(der, List.copyOf(parts));
    }

    private static Attribute attribute(Der pair) throws MalformedEvidenceException {
        String type = pair.identifier();
        int tag = pair.tag();
        byte[] whole = pair.element();
        pair.end();
        byte[] content = new Der(whole, "a name").content(tag);
        Charset charset = charset(tag);
        if (charset == null || content.length > CertificateLimits.MAX_TEXT_BYTES) {
            return new Attribute(type, "#" + HexFormat.of().formatHex(whole), false);
        }
        try {
            String text = charset.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            return new Attribute(type, text, true);
        } catch (CharacterCodingException e) {
            return new Attribute(type, "#" + HexFormat.of().formatHex(whole), false);
        }
    }

    @org.jspecify.annotations.Nullable
    private static Charset charset(int tag) {
        return switch (tag) {
            case Der.UTF8_STRING -> StandardCharsets.UTF_8;
            case NUMERIC_STRING, PRINTABLE_STRING, IA5_STRING -> StandardCharsets.US_ASCII;
            case BMP_STRING -> StandardCharsets.UTF_16BE;
            default -> null;
        };
    }

    /** Its bytes, as they stand in the certificate. */
    byte[] der() {
        return der;
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** Whether this begins as the other does (RFC 5280 section 4.2.1.10), as section 7.1 compares. */
    boolean isWithin(DistinguishedName base) {
        if (base.parts.size() > parts.size()) {
            return false;
        }
        for (int i = 0; i < base.parts.size(); i++) {
            if (!folded(base.parts.get(i)).equals(folded(parts.get(i)))) {
                return false;
            }
        }
        return true;
    }

    private static List<String> folded(List<Attribute> part) {
        return part.stream().map(Attribute::folded).sorted().toList();
    }

    /** Addresses that stand in it, as older certificates have them. */
    List<String> emailAddresses() {
        return parts.stream()
                .flatMap(List::stream)
                .filter(one -> one.type.equals(EMAIL_ADDRESS))
                .map(Attribute::text)
                .toList();
    }

    /** RFC 4514: the last part first, special characters and what is not printable escaped; one line. */
    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        for (List<Attribute> part : parts) {
            lines.add(part.stream().map(Attribute::line).collect(Collectors.joining("+")));
        }
        Collections.reverse(lines);
        return String.join(",", lines);
    }

    // RFC 4514 section 2.4; a control character as "\" and two hexadecimal digits for each of its bytes.
    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        int[] characters = text.codePoints().toArray();
        for (int i = 0; i < characters.length; i++) {
            String one = Character.toString(characters[i]);
            boolean atEdge =
                    i == 0 && (one.equals(" ") || one.equals("#")) || i == characters.length - 1 && one.equals(" ");
            if (atEdge || ESCAPED.contains(one)) {
                escaped.append('\\').append(one);
            } else if (isHidden(characters[i])) {
                for (byte octet : one.getBytes(StandardCharsets.UTF_8)) {
                    escaped.append('\\').append(HexFormat.of().toHexDigits(octet));
                }
            } else {
                escaped.append(one);
            }
        }
        return escaped.toString();
    }

    private static boolean isHidden(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DistinguishedName name && Arrays.equals(der, name.der);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(der);
    }
}
