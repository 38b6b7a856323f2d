package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.verify.VerifiedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is asked for of a signer.
 *
 * @param predicateType of a statement; empty for a signature
 * @param annotations that it must have
 * @param anyForm whether whatever the signer signed about it will do
 */
record AskedSignature(Optional<String> predicateType, Map<String, String> annotations, boolean anyForm) {

    boolean isFulfilledBy(VerifiedStatement proof) {
        boolean form = predicateType.isPresent()
                ? proof.statement().map(Statement::predicateType).equals(predicateType)
                : anyForm || proof.signatories().stream().anyMatch(proof::signsFor);
        return form && proof.annotations().entrySet().containsAll(annotations.entrySet());
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(predicateType.map(type -> "a statement of type " + type).orElse("a signature"));
        annotations.forEach((name, value) -> lines.add(Printable.line("that says " + name + "=" + value)));
        return lines;
    }

    /** Why what the signer did sign is not it. */
    String otherwise() {
        String form = predicateType.isPresent()
                ? "the signer made other statements, none of this type"
                : "the signer made statements, none of which is a signature";
        return annotations.isEmpty() ? form : form + ", or none with these annotations";
    }
}
