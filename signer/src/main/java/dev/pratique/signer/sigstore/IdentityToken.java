package dev.pratique.signer.sigstore;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.certificate.CertificateIdentity;
import dev.pratique.attestations.certificate.SubjectName;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An OpenID Connect ID token, which proves to a certificate authority who signs. It is looked into only to say whose it is,
 * and to find what the authority would refuse before anything is sent; the authority verifies it. Never shown.
 */
public final class IdentityToken {
    /** GitHub's have 2 KiB; those with a person's groups may have many more. */
    static final int MAX_CHARACTERS = 32 << 10;
    /** Clocks differ by seconds. */
    private static final Duration LEEWAY = Duration.ofMinutes(1);

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

    private final String raw;
    private final String issuer;
    private final String subject;
    private final Optional<String> email;
    private final List<String> workflows;
    private final Optional<String> connector;
    private final Instant end;

    private IdentityToken(
            String raw,
            String issuer,
            String subject,
            Optional<String> email,
            List<String> workflows,
            Optional<String> connector,
            Instant end) {
        this.raw = raw;
        this.issuer = issuer;
        this.subject = subject;
        this.email = email;
        this.workflows = workflows;
        this.connector = connector;
        this.end = end;
    }

    /** Whether it has the form of a signed token, whatever it says. */
    static boolean looksLike(String text) {
        return text.startsWith("ey") && FORM.matcher(text).matches();
    }

    /**
     * Reads a token that must count now.
     *
     * @param source where it is from, for people
     * @param audience for whom it must be
     * @throws Failure where the authority would refuse it
     */
    static IdentityToken parse(String raw, String source, String audience, Instant now) throws Failure {
        if (raw.length() > MAX_CHARACTERS || !FORM.matcher(raw).matches()) {
            throw none(source);
        }
        try {
            JWTClaimsSet claims = SignedJWT.parse(raw).getJWTClaimsSet();
            IdentityToken token = read(raw, source, claims);
            token.requireTime(claims, now);
            token.requireAudience(claims.getAudience(), audience);
            return token;
        } catch (ParseException e) {
            throw none(source).because(e);
        }
    }

    private static IdentityToken read(String raw, String source, JWTClaimsSet claims) throws Failure, ParseException {
        String issuer = claims.getIssuer();
        String subject = claims.getSubject();
        if (issuer == null || subject == null || claims.getExpirationTime() == null) {
            throw unusable(source + " does not say who issued it, for whom, and until when");
        }
        Optional<String> email = text(claims, "email");
        // sigstore, oauthflow: an address that the issuer has not verified is nobody's; some issuers write the word.
        if (email.isPresent() && !"true".equals(String.valueOf(claims.getClaim("email_verified")))) {
            throw unusable("the issuer of " + source + " has not verified the address " + Printable.line(email.get()));
        }
        List<String> workflows = List.of("job_workflow_ref", "ci_config_ref_uri").stream()
                .flatMap(name -> text(claims, name).stream())
                .toList();
        // Dex, which the public Sigstore has before Google, GitHub and Microsoft, names whom it asked.
        Object federated = claims.getClaim("federated_claims");
        Optional<String> connector = federated instanceof Map<?, ?> map && map.get("connector_id") instanceof String id
                ? Optional.of(id)
                : Optional.empty();
        return new IdentityToken(
                raw,
                issuer,
                subject,
                email,
                workflows,
                connector,
                claims.getExpirationTime().toInstant());
    }

    private static Optional<String> text(JWTClaimsSet claims, String name) {
        return claims.getClaim(name) instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
    }

    private void requireTime(JWTClaimsSet claims, Instant now) throws Failure {
        String clock = "this machine's clock says " + now.truncatedTo(ChronoUnit.SECONDS);
        if (!now.isBefore(end)) {
            throw Failure.of(
                    Kind.NOT_AUTHORISED,
                    "the identity token of " + this + " expired at " + end + ", " + ago(end, now) + " ago",
                    "get a new one and sign at once; if it is new, set the clock: " + clock);
        }
        Instant start = now;
        for (Date said : new Date[] {claims.getNotBeforeTime(), claims.getIssueTime()}) {
            start = said != null && said.toInstant().isAfter(start) ? said.toInstant() : start;
        }
        if (start.isAfter(now.plus(LEEWAY))) {
            throw Failure.of(
                    Kind.NOT_AUTHORISED,
                    "the identity token of " + this + " is of " + start + ", " + ago(now, start) + " from now",
                    "set the clock: " + clock);
        }
    }

    private static String ago(Instant from, Instant to) {
        Duration between = Duration.between(from, to);
        return between.toMinutes() < 2 ? between.toSeconds() + " seconds" : between.toMinutes() + " minutes";
    }

    private void requireAudience(List<String> audiences, String wanted) throws Failure {
        if (!audiences.contains(wanted)) {
            throw Failure.of(
                    Kind.NOT_AUTHORISED,
                    "the identity token of " + this + " is for "
                            + Printable.line(audiences.isEmpty() ? "nobody" : String.join(", ", audiences))
                            + ", not for "
                            + wanted,
                    "ask for one with the audience " + wanted + ", or say --oidc-client-id as the certificate authority"
                            + " wants it");
        }
    }

    private static Failure none(String source) {
        return unusable(source + " is not an identity token");
    }

    private static Failure unusable(String what) {
        return Failure.of(
                Kind.NOT_AUTHORISED,
                what,
                "it is three parts of base64url with dots between them, as an OpenID Connect issuer gives it (id_token)");
    }

    /** The header that shows it. */
    String authorization() {
        return "Bearer " + raw;
    }

    /**
     * What a certificate authority wants signed to see that the key is at hand (fulcio.proto, proof_of_possession: "the subject
     * of the OIDC identity token": the address where there is one).
     */
    String proofSubject() {
        return email.orElse(subject);
    }

    /**
     * Whether a certificate of this identity may be of this token. Which name an authority makes of a token depends on the
     * issuer; where that is not known here, it is the issuer that is compared.
     */
    boolean matches(CertificateIdentity identity) {
        boolean vouched = identity.issuer()
                .filter(by -> by.equals(issuer) || connector.filter(by::equals).isPresent())
                .isPresent();
        if (!vouched) {
            return false;
        }
        List<String> names =
                identity.subjects().stream().map(SubjectName::value).toList();
        if (email.isPresent()) {
            return names.contains(email.get());
        }
        if (!workflows.isEmpty()) {
            return names.stream().anyMatch(name -> workflows.stream().anyMatch(name::endsWith));
        }
        boolean uri = subject.matches("(spiffe|https?)://.*");
        return !uri || names.contains(subject);
    }

    /** The same text without the token. */
    String redact(String text) {
        String clean = text.replace(raw, "(token)");
        for (String part : raw.split("\\.", -1)) {
            clean = clean.replace(part, "(token)");
        }
        return clean;
    }

    /** From when on it no longer counts. */
    Instant end() {
        return end;
    }

    /** Who issued it. */
    public String issuer() {
        return issuer;
    }

    /** Whose it is, for people, unverified. */
    @Override
    public String toString() {
        return Printable.line(proofSubject() + " (" + issuer + ")");
    }
}
