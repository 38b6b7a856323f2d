package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whom and what an authority vouches for. Only {@link CertificatePath} makes one, of a certificate that it has proved.
 * Immutable.
 */
public final class CertificateIdentity {
    private final List<SubjectName> subjects;
    private final Map<FulcioExtension, String> extensions;
    private final String subjectDn;
    private final Digest id;

    private CertificateIdentity(List<SubjectName> subjects, Map<FulcioExtension, String> extensions, String subjectDn) {
        this.subjects = List.copyOf(subjects);
        this.extensions = Collections.unmodifiableMap(extensions);
        this.subjectDn = subjectDn;
        this.id = digest();
    }

    /** @throws MalformedEvidenceException where a name or claim cannot be read, or in two ways */
    static CertificateIdentity of(Certificate certificate) throws MalformedEvidenceException {
        List<SubjectName> subjects = new ArrayList<>();
        Extension names = certificate.extensions.get(Extension.SUBJECT_ALTERNATIVE_NAME);
        if (names != null) {
            for (GeneralName name : GeneralName.parseAll(names)) {
                name.subject().ifPresent(subjects::add);
            }
        }
        Map<FulcioExtension, String> claims = new EnumMap<>(FulcioExtension.class);
        for (FulcioExtension one : FulcioExtension.values()) {
            Extension extension = certificate.extensions.get(one.oid());
            if (extension != null) {
                claims.put(one, one.isRaw() ? raw(extension, one.fieldName()) : text(extension, one.fieldName()));
            }
        }
        Extension rawIssuer = certificate.extensions.get(FulcioExtension.RAW_ISSUER);
        if (rawIssuer != null) {
            String issuer = raw(rawIssuer, FulcioExtension.ISSUER.fieldName());
            // Some verifiers read one form and some the other: both say the same, or each reader has its own truth.
            if (!issuer.equals(claims.getOrDefault(FulcioExtension.ISSUER, issuer))) {
                throw new MalformedEvidenceException("the certificate names two issuers of the identity");
            }
            claims.put(FulcioExtension.ISSUER, issuer);
        }
        return new CertificateIdentity(subjects, claims, certificate.subject.toString());
    }

    /** By its subject alone: its other names are not read, and may be anything. */
    static CertificateIdentity bySubject(Certificate certificate) {
        return new CertificateIdentity(List.of(), new EnumMap<>(FulcioExtension.class), certificate.subject.toString());
    }

    private static String raw(Extension extension, String name) throws MalformedEvidenceException {
        return Der.text(extension.value(), "the certificate's " + name);
    }

    // oid-info.md: "formatted as DER-encoded strings; the ASN.1 tag is UTF8String (0x0C) and the tag class is
    // universal".
    private static String text(Extension extension, String name) throws MalformedEvidenceException {
        Der value = extension.read("the certificate's " + name);
        byte[] utf8 = value.content(Der.UTF8_STRING);
        value.end();
        return Der.text(utf8, "the certificate's " + name);
    }

    /** Who vouched for the identity to the authority: the token's issuer; of Fulcio's certificates only. */
    public Optional<String> issuer() {
        return extension(FulcioExtension.ISSUER);
    }

    /** Its alternative names, in order; none where it has only a {@link #subjectDn}, or names that are not compared. */
    public List<SubjectName> subjects() {
        return subjects;
    }

    /** What the extension says; a certificate may say the empty text, which is not the same as saying nothing. */
    public Optional<String> extension(FulcioExtension extension) {
        return Optional.ofNullable(extensions.get(extension));
    }

    /** The subject as RFC 4514 writes it, for example {@code CN=signer,O=acme}; empty in Fulcio's certificates. */
    public String subjectDn() {
        return subjectDn;
    }

    /** One identity has one, whatever its certificates, keys and claims: of its issuer and names. */
    public Digest id() {
        return id;
    }

    private Digest digest() {
        List<String> parts = new ArrayList<>();
        for (SubjectName name : subjects) {
            parts.add(name.kind() + " " + name.value());
        }
        Collections.sort(parts);
        if (parts.isEmpty()) {
            parts.add("DN " + subjectDn);
        }
        parts.add(0, issuer().orElse(""));
        // No part has a control character in it, so lines cannot be mistaken.
        return Digest.sha256(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * All of it for people, a line each, what is deprecated last; text of a stranger whom the authority certified, cut and
     * made printable.
     */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (SubjectName name : subjects) {
            lines.add("subject: " + name);
        }
        if (!subjectDn.isEmpty()) {
            lines.add("subject name: " + subjectDn);
        }
        extensions.entrySet().stream()
                .sorted(Comparator.comparing(claim -> claim.getKey().isDeprecated()))
                .forEach(claim -> lines.add(claim.getKey().fieldName() + ": " + claim.getValue()));
        return lines.stream().map(Printable::line).toList();
    }

    @Override
    public String toString() {
        String who = subjects.isEmpty()
                ? subjectDn
                : String.join(", ", subjects.stream().map(SubjectName::value).toList());
        return Printable.line(issuer().map(issuer -> who + " by " + issuer).orElse(who));
    }
}
