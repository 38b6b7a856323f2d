package dev.pratique.signer.cli;

import dev.pratique.attestations.statement.Provenance;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The short names of predicate types, as cosign has them ({@code vsa} is ours). */
final class PredicateType {
    static final String CUSTOM = "https://cosign.sigstore.dev/attestation/v1";

    private static final Map<String, String> SHORT = new LinkedHashMap<>();

    static {
        SHORT.put("slsaprovenance1", Provenance.V1);
        SHORT.put("slsaprovenance02", Provenance.V02);
        SHORT.put("slsaprovenance", Provenance.V02);
        SHORT.put("spdxjson", "https://spdx.dev/Document");
        SHORT.put("cyclonedx", "https://cyclonedx.org/bom");
        SHORT.put("vuln", "https://cosign.sigstore.dev/attestation/vuln/v1");
        SHORT.put("openvex", "https://openvex.dev/ns");
        SHORT.put("vsa", "https://slsa.dev/verification_summary/v1");
        SHORT.put("link", "https://in-toto.io/Link/v1");
        SHORT.put("custom", CUSTOM);
    }

    private PredicateType() {}

    /** The URI that {@code --type} means. */
    static String parse(String text) throws Failure {
        String known = SHORT.get(text);
        if (known != null) {
            return known;
        }
        if (text.equals("spdx")) {
            throw Failure.of(
                    Kind.USAGE,
                    "spdx is SPDX as tags and values, which is no JSON and no predicate",
                    "write the document as JSON and say --type spdxjson");
        }
        try {
            if (new URI(text).isAbsolute() && text.indexOf(':') < text.length() - 1) {
                return text;
            }
        } catch (URISyntaxException e) {
            throw unknown(text).because(e);
        }
        throw unknown(text);
    }

    private static Failure unknown(String text) {
        return Failure.of(
                Kind.USAGE,
                "'" + text + "' is no predicate type",
                "one of " + String.join(", ", SHORT.keySet()) + ", or a URI");
    }
}
