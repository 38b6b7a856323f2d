package dev.pratique.attestations.trust;

import dev.pratique.attestations.certificate.CertificateIdentity;
import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.certificate.SubjectName;
import dev.pratique.attestations.pattern.TextPattern;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whom a proved certificate may name. All that the rule says must hold: its issuer is the issuer, one of the certificate's
 * names is the subject, each extension says what the pattern does. A certificate that does not have what the rule asks for
 * does not match. Immutable.
 *
 * @param issuer empty for authorities of one's own alone, which know no issuers
 * @param subject over any of the alternative names
 * @param extensions never {@link FulcioExtension#ISSUER}, which has its own place
 */
public record IdentityRule(
        Optional<TextPattern> issuer, Optional<TextPattern> subject, Map<FulcioExtension, TextPattern> extensions) {

    /**
     * Claims that say who or what is meant. The others (trigger, ref, runner …) anybody's certificate may have alike; so it is
     * with a commit, which whoever can read it can push to a repository of their own.
     */
    private static final Set<FulcioExtension> NAMING = Collections.unmodifiableSet(EnumSet.of(
            FulcioExtension.BUILD_SIGNER_URI,
            FulcioExtension.SOURCE_REPOSITORY_URI,
            FulcioExtension.SOURCE_REPOSITORY_IDENTIFIER,
            FulcioExtension.SOURCE_REPOSITORY_OWNER_URI,
            FulcioExtension.SOURCE_REPOSITORY_OWNER_IDENTIFIER,
            FulcioExtension.BUILD_CONFIG_URI,
            FulcioExtension.RUN_INVOCATION_URI,
            FulcioExtension.TOKEN_SUBJECT,
            FulcioExtension.GITHUB_WORKFLOW_REPOSITORY));

    /** As an address, a user name or a host does; a workflow that was called by its commit does not. */
    private static final Pattern ENDS_AS_ANOTHER =
            Pattern.compile("[@!=:](?!(?:[0-9a-f]{40}|[0-9a-f]{64})$)[A-Za-z0-9_.-]*$");

    /** Takes every certificate; for who is told by a pinned one. */
    static final IdentityRule WHATEVER = new IdentityRule(Optional.empty(), Optional.empty(), Map.of());

    public IdentityRule {
        EnumMap<FulcioExtension, TextPattern> ordered = new EnumMap<>(FulcioExtension.class);
        ordered.putAll(extensions);
        extensions = Collections.unmodifiableMap(ordered);
    }

    /** Exactly this issuer and this subject. */
    static IdentityRule exactly(String issuer, String subject) {
        return new IdentityRule(
                Optional.of(new TextPattern.Exact(issuer)), Optional.of(new TextPattern.Exact(subject)), Map.of());
    }

    /** A service account of Google Cloud, by its address. */
    public static IdentityRule googleServiceAccount(String address) {
        return exactly("https://accounts.google.com", address);
    }

    public boolean matches(CertificateIdentity identity) {
        return matches(Claims.of(identity));
    }

    boolean matches(Claims claims) {
        return fits(issuer, claims.issuer().stream())
                && (subject.isEmpty() || claims.subjects().stream().anyMatch(name -> means(subject.get(), name)))
                && extensions.entrySet().stream()
                        .allMatch(one -> fits(Optional.of(one.getValue()), claims.extension(one.getKey()).stream()));
    }

    private static boolean fits(Optional<TextPattern> pattern, Stream<String> values) {
        return pattern.isEmpty() || values.anyMatch(pattern.get()::matches);
    }

    // Whoever writes *@acme.example means addresses, neither mailto:dev@acme.example nor CN=dev@acme.example:
    // constraints above a certificate are on each form apart. So what only a scheme or an attribute tells from an
    // address, a user or a host is meant by a pattern that says which.
    private static boolean means(TextPattern pattern, SubjectName name) {
        return pattern.matches(name.value()) && unlabelled(name).noneMatch(pattern::matches);
    }

    /** Without the label and with another; empty where a name is told from others by more than that. */
    private static Stream<String> unlabelled(SubjectName name) {
        int label = switch (name.kind()) {
            case URI -> name.value().indexOf(':');
            case DIRECTORY_NAME -> name.value().indexOf('=');
            case EMAIL, DNS, IP, OTHER_NAME -> -1;
        };
        return label >= 0 && ENDS_AS_ANOTHER.matcher(name.value()).find()
                ? Stream.of(
                        name.value().substring(label),
                        new StringBuilder(name.value()).insert(label, 'x').toString())
                : Stream.of();
    }

    /**
     * Why it names nobody, in one clause: it has too little, or a stranger fits. Whoever can have any certificate of a root
     * would then be the signer.
     */
    public Optional<String> fault() {
        if (issuer.filter(Strangers::areIssuers).isPresent()) {
            return Optional.of("takes any issuer, so it names nobody");
        }
        if (subject.filter(Strangers::areSubjects).isPresent()) {
            return Optional.of("takes any subject, so it names nobody");
        }
        EnumMap<FulcioExtension, TextPattern> naming = new EnumMap<>(FulcioExtension.class);
        naming.putAll(extensions);
        naming.keySet().retainAll(NAMING);
        if (subject.isEmpty() && naming.isEmpty()) {
            return Optional.of("names nobody");
        }
        IdentityRule who = new IdentityRule(issuer, subject, naming);
        return Stream.concat(Strangers.KNOWN.stream(), Strangers.likening(who))
                .filter(who::matches)
                .findFirst()
                .map(stranger -> "takes any subject of " + stranger.issuer().orElse("") + ", so it names nobody");
    }

    /** All that it asks, a line each, for people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        issuer.ifPresent(pattern -> lines.add("issuer: " + pattern));
        subject.ifPresent(pattern -> lines.add("subject: " + pattern));
        extensions.forEach((extension, pattern) -> lines.add(extension.fieldName() + ": " + pattern));
        return List.copyOf(lines);
    }

    /**
     * What a rule is compared with.
     *
     * @param named claims as the certificate has them
     */
    record Claims(Optional<String> issuer, List<SubjectName> subjects, Map<FulcioExtension, String> named) {
        static Claims of(CertificateIdentity identity) {
            EnumMap<FulcioExtension, String> named = new EnumMap<>(FulcioExtension.class);
            for (FulcioExtension one : FulcioExtension.values()) {
                identity.extension(one).ifPresent(value -> named.put(one, value));
            }
            return new Claims(identity.issuer(), identity.subjects(), named);
        }

        /** What the extension says; where an old certificate does not have it, what its deprecated ones say of the same. */
        Optional<String> extension(FulcioExtension extension) {
            String value = named.get(extension);
            return value != null ? Optional.of(value) : DeprecatedClaims.inPlaceOf(extension, this);
        }
    }
}
