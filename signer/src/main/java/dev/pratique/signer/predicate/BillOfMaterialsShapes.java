package dev.pratique.signer.predicate;

import static dev.pratique.signer.predicate.Shape.ANY;
import static dev.pratique.signer.predicate.Shape.COUNT;
import static dev.pratique.signer.predicate.Shape.NOT_EMPTY;
import static dev.pratique.signer.predicate.Shape.OBJECT;
import static dev.pratique.signer.predicate.Shape.TIMESTAMP;
import static dev.pratique.signer.predicate.Shape.URI_TEXT;
import static dev.pratique.signer.predicate.Shape.arrayOf;
import static dev.pratique.signer.predicate.Shape.matching;
import static dev.pratique.signer.predicate.Shape.object;
import static dev.pratique.signer.predicate.Shape.oneOf;

import dev.pratique.attestations.json.JsonObject;

/** What is in an image, in the two formats that everybody reads. */
final class BillOfMaterialsShapes {
    private static final Shape SPDX_ID = matching("SPDXRef-[A-Za-z0-9.-]+", "an identifier as SPDXRef-DOCUMENT");

    /** SPDX 2.3, chapters 6 to 8. */
    private static final Shape SPDX_2 = object().required(
                    "spdxVersion", matching("SPDX-2\\.[0-9]", "SPDX-2.2 or SPDX-2.3"))
            .required("dataLicense", oneOf("CC0-1.0"))
            .required("SPDXID", oneOf("SPDXRef-DOCUMENT"))
            .required("name", NOT_EMPTY)
            .required("documentNamespace", URI_TEXT)
            .required(
                    "creationInfo", object().required("created", TIMESTAMP).required("creators", arrayOf(1, NOT_EMPTY)))
            .optional(
                    "packages",
                    arrayOf(object().required("SPDXID", SPDX_ID)
                            .required("name", NOT_EMPTY)
                            .required("downloadLocation", NOT_EMPTY)))
            .optional("files", arrayOf(object().required("SPDXID", SPDX_ID).required("fileName", NOT_EMPTY)))
            .optional(
                    "relationships",
                    arrayOf(object().required("spdxElementId", NOT_EMPTY)
                            .required("relationshipType", NOT_EMPTY)
                            .required("relatedSpdxElement", NOT_EMPTY)));

    /** SPDX 3.0, "JSON-LD serialisation". */
    private static final Shape SPDX_3 =
            object().required("@context", ANY).required("@graph", arrayOf(1, object().required("type", NOT_EMPTY)));

    /** Either of the two that are about. */
    static final Shape SPDX = (value, place, complaints) -> {
        boolean third = value instanceof JsonObject object && object.members().containsKey("@graph");
        (third ? SPDX_3 : SPDX_2).check(value, place, complaints);
    };

    /** CycloneDX 1.2 to 1.7, JSON. */
    static final Shape CYCLONE_DX = object().required("bomFormat", oneOf("CycloneDX"))
            .required("specVersion", matching("1\\.[0-9]{1,2}", "a version as 1.6"))
            .optional(
                    "serialNumber",
                    matching("urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "urn:uuid: and a UUID"))
            .optional("version", COUNT)
            .optional("metadata", OBJECT)
            .optional("components", arrayOf(object().required("type", NOT_EMPTY).required("name", NOT_EMPTY)))
            .optional("dependencies", arrayOf(object().required("ref", NOT_EMPTY)));

    private BillOfMaterialsShapes() {}
}
