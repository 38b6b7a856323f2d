package dev.pratique.attestations.trust;

import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.trust.IdentityRule.Claims;
import java.util.Optional;

/**
 * What certificates of GitHub's workflows said before Fulcio had extensions for every provider (1.3.6.1.4.1.57264.1.8 and
 * above, of 2023): "GitHub Workflow specific OID extensions have been deprecated in favor of provider generic extensions"
 * (sigstore/fulcio, docs/oid-info.md). Images of that time are still pulled. Nothing said which kind of runner it was.
 */
final class DeprecatedClaims {
    /** Whose tokens had the deprecated claims; an enterprise's own issuer is below it. */
    private static final String GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

    private static final String GITHUB = "https://github.com/";

    private DeprecatedClaims() {}

    /** What an old certificate says where a new one would have this extension; empty where it says nothing of it. */
    static Optional<String> inPlaceOf(FulcioExtension extension, Claims claims) {
        boolean github = claims.issuer()
                .filter(issuer -> issuer.equals(GITHUB_ISSUER) || issuer.startsWith(GITHUB_ISSUER + "/"))
                .isPresent();
        if (!github) {
            return Optional.empty();
        }
        return switch (extension) {
            case BUILD_TRIGGER -> said(claims, FulcioExtension.GITHUB_WORKFLOW_TRIGGER);
            case SOURCE_REPOSITORY_REF -> said(claims, FulcioExtension.GITHUB_WORKFLOW_REF);
            case SOURCE_REPOSITORY_DIGEST -> said(claims, FulcioExtension.GITHUB_WORKFLOW_SHA);
            case SOURCE_REPOSITORY_URI ->
                said(claims, FulcioExtension.GITHUB_WORKFLOW_REPOSITORY).map(GITHUB::concat);
            case SOURCE_REPOSITORY_OWNER_URI ->
                said(claims, FulcioExtension.GITHUB_WORKFLOW_REPOSITORY)
                        .map(repository -> GITHUB + repository.split("/", 2)[0]);
            // The subject was the workflow that ran from the beginning; Fulcio gives one.
            case BUILD_SIGNER_URI ->
                claims.subjects().size() == 1
                        ? Optional.of(claims.subjects().get(0).value())
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<String> said(Claims claims, FulcioExtension deprecated) {
        return Optional.ofNullable(claims.named().get(deprecated));
    }
}
