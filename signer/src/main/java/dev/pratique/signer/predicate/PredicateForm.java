package dev.pratique.signer.predicate;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.statement.Provenance;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The form of the predicates that are known here. What is signed is read by programs that trust it: a predicate in which
 * they would not find what its type promises is refused before it is signed.
 *
 * @param types the URIs that mean it
 * @param name as people call it
 * @param specification where its form is written down
 */
public record PredicateForm(Pattern types, String name, String specification, Shape shape) {
    private static final List<PredicateForm> KNOWN = List.of(
            form(
                    Pattern.quote(Provenance.V1),
                    "SLSA provenance v1",
                    "slsa.dev/spec/v1.0/provenance",
                    SlsaShapes.PROVENANCE_V1),
            form(
                    Pattern.quote(Provenance.V02),
                    "SLSA provenance v0.2",
                    "slsa.dev/provenance/v0.2",
                    SlsaShapes.PROVENANCE_V02),
            form(
                    "https://slsa\\.dev/verification_summary/v1",
                    "verification summary",
                    "slsa.dev/spec/v1.0/verification_summary",
                    SlsaShapes.SUMMARY),
            form(
                    "https://spdx\\.dev/Document(/v[0-9.]+)?",
                    "SPDX document",
                    "spdx.dev/specifications",
                    BillOfMaterialsShapes.SPDX),
            form(
                    "https://cyclonedx\\.org/bom(/v[0-9.]+)?",
                    "CycloneDX document",
                    "cyclonedx.org/specification/overview",
                    BillOfMaterialsShapes.CYCLONE_DX),
            form(
                    "https://cosign\\.sigstore\\.dev/attestation/vuln/v1",
                    "vulnerability scan as cosign has it",
                    "github.com/sigstore/cosign, specs/COSIGN_VULN_ATTESTATION_SPEC.md",
                    VulnerabilityShapes.SCAN),
            form(
                    "https://openvex\\.dev/ns(/v[0-9.]+)?",
                    "OpenVEX document",
                    "github.com/openvex/spec",
                    VulnerabilityShapes.OPENVEX));

    private static PredicateForm form(String types, String name, String specification, Shape shape) {
        return new PredicateForm(Pattern.compile(types), name, specification, shape);
    }

    /** The form of a type's predicates; empty for a type that is not known here, of which any object will do. */
    public static Optional<PredicateForm> of(String predicateType) {
        return KNOWN.stream()
                .filter(form -> form.types.matcher(predicateType).matches())
                .findFirst();
    }

    /** Everything in which a predicate is not of this form, each with its place; empty where it is. */
    public List<String> complaints(JsonObject predicate) {
        Shape.Complaints complaints = new Shape.Complaints();
        shape.check(predicate, "", complaints);
        return complaints.lines();
    }

    /**
     * @param from what the user calls the predicate
     * @throws Failure where it is not of this form
     */
    public void require(JsonObject predicate, String from) throws Failure {
        List<String> complaints = complaints(predicate);
        if (!complaints.isEmpty()) {
            throw Failure.of(
                    Kind.FAILED,
                    from + " is no " + name + ": " + String.join("; ", complaints),
                    specification + " says what belongs in it");
        }
    }
}
