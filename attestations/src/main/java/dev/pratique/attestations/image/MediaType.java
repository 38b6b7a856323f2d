package dev.pratique.attestations.image;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The media types that Pratique acts on (image-spec media-types.md; Docker image manifest version 2, schema 2). */
public final class MediaType {
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String OCI_EMPTY = "application/vnd.oci.empty.v1+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
    /** Withdrawn before image-spec 1.1: nothing that follows the specification reads it. */
    public static final String ARTIFACT_MANIFEST = "application/vnd.oci.artifact.manifest.v1+json";

    public static final String SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json";
    public static final String SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    public static final String SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";
    public static final String DSSE_ENVELOPE = "application/vnd.dsse.envelope.v1+json";
    public static final String BUNDLE_V03 = "application/vnd.dev.sigstore.bundle.v0.3+json";
    public static final String IN_TOTO = "application/vnd.in-toto+json";
    public static final String COSIGN_ARTIFACT_SIG = "application/vnd.dev.cosign.artifact.sig.v1+json";

    /** A Notary signature in either of its envelopes. */
    public static final String JWS = "application/jose+json";

    public static final String COSE = "application/cose";

    public static final String SPDX_TAG_VALUE = "text/spdx";
    public static final String CYCLONEDX_XML = "application/vnd.cyclonedx+xml";

    /** The forms of SBOMs that are registered, and those that cosign attaches. */
    private static final Set<String> SBOMS = Set.of(
            SPDX_TAG_VALUE,
            "text/spdx+json",
            "application/spdx+json",
            CYCLONEDX_XML,
            "application/vnd.cyclonedx+json",
            "application/vnd.syft+json");

    private static final Pattern BUNDLE = Pattern.compile(
            "application/vnd\\.dev\\.sigstore\\.bundle(\\.v([0-9.]{1,8})\\+json|\\+json(; ?version=([0-9.]{1,8}))?)");
    private static final Set<String> MANIFESTS = Set.of(OCI_MANIFEST, DOCKER_MANIFEST);
    private static final Set<String> INDEXES = Set.of(OCI_INDEX, DOCKER_MANIFEST_LIST);
    private static final Set<String> CONFIGS = Set.of(OCI_CONFIG, DOCKER_CONFIG);
    private static final Set<String> SCHEMA1S = Set.of(SCHEMA1, SCHEMA1_SIGNED);

    /** What a client of ours sends as Accept for a manifest. */
    public static final String ACCEPT =
            String.join(", ", OCI_INDEX, OCI_MANIFEST, DOCKER_MANIFEST_LIST, DOCKER_MANIFEST);

    private MediaType() {}

    public static boolean isManifest(String type) {
        return MANIFESTS.contains(type);
    }

    public static boolean isIndex(String type) {
        return INDEXES.contains(type);
    }

    /** A configuration that a runtime can start. */
    public static boolean isRunnableConfig(String type) {
        return CONFIGS.contains(type);
    }

    public static boolean isSchema1(String type) {
        return SCHEMA1S.contains(type);
    }

    /** Both spellings of the Sigstore bundle's type, any version: {@code …bundle.v0.3+json}, {@code …bundle+json;version=0.3}. */
    public static boolean isBundle(String type) {
        return BUNDLE.matcher(type).matches();
    }

    /** Which version of the bundle such a type names; empty where it names none, and for every other type. */
    public static Optional<String> bundleVersion(String type) {
        Matcher matcher = BUNDLE.matcher(type);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.ofNullable(matcher.group(2)).or(() -> Optional.ofNullable(matcher.group(4)));
    }

    /** A layer of this type is evidence about an image and cannot be run. */
    public static boolean isEvidence(String type) {
        return type.equals(SIMPLE_SIGNING)
                || type.equals(DSSE_ENVELOPE)
                || type.equals(IN_TOTO)
                || isBundle(type)
                || type.equals(JWS)
                || type.equals(COSE)
                || SBOMS.contains(type);
    }

    /** The type without parameters, trimmed and in lower case, as a Content-Type header may carry it. */
    public static String bare(String contentType) {
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                .trim()
                .toLowerCase(java.util.Locale.ROOT);
    }
}
