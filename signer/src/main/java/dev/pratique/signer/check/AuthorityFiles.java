package dev.pratique.signer.check;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the files of a command line that say whom to trust. */
public final class AuthorityFiles {
    private static final int MAX_BYTES = TrustedRoot.MAX_BYTES;
    /** In one file. */
    private static final int MAX_CERTIFICATES = 64;

    /** Sigstore's trusted_root.json. */
    public TrustedRoot trustedRoot(Path file) throws Failure {
        try {
            return TrustedRoot.parse(read(file));
        } catch (MalformedEvidenceException e) {
            throw unusable(
                    file,
                    "is no trusted root",
                    e,
                    "it is the trusted_root.json of a Sigstore; CA certificates are --ca-roots FILE");
        }
    }

    /** CA certificates from the signer's issuer to a root. */
    public CertificateAuthority chain(Path file) throws Failure {
        List<Certificate> chain = certificates(file);
        return new CertificateAuthority(file.toString(), chain, Validity.ALWAYS, true);
    }

    /** One authority for each root; any of the intermediates may be on the way to it. */
    public List<CertificateAuthority> authorities(Path roots, Optional<Path> intermediates) throws Failure {
        List<Certificate> between = intermediates.isPresent() ? certificates(intermediates.get()) : List.of();
        List<CertificateAuthority> authorities = new ArrayList<>();
        for (Certificate root : certificates(roots)) {
            authorities.add(new CertificateAuthority(roots.toString(), List.of(root), Validity.ALWAYS, true));
            for (Certificate one : between) {
                authorities.add(new CertificateAuthority(roots.toString(), List.of(one, root), Validity.ALWAYS, true));
            }
        }
        return authorities;
    }

    /** A signer's own certificate, and behind it what the signer has of its path; also in base64, as cosign writes it. */
    public List<Certificate> signer(Path file) throws Failure {
        return certificates(file, EvidenceFiles.fromBase64(read(file)));
    }

    private List<Certificate> certificates(Path file) throws Failure {
        return certificates(file, read(file));
    }

    private static List<Certificate> certificates(Path file, byte[] pem) throws Failure {
        try {
            return Certificate.parsePem(new String(pem, StandardCharsets.UTF_8), MAX_CERTIFICATES);
        } catch (MalformedEvidenceException e) {
            throw unusable(file, "cannot be used for certificates", e, "it is one PEM block CERTIFICATE, or several");
        }
    }

    private static Failure unusable(Path file, String what, MalformedEvidenceException why, String hint) {
        return Failure.of(Kind.FAILED, file + " " + what + ": " + why.getMessage(), hint)
                .because(why);
    }

    private static byte[] read(Path file) throws Failure {
        return LocalFile.read(file, MAX_BYTES);
    }
}
