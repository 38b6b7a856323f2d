package dev.pratique.attestations.image;

import dev.pratique.attestations.MalformedEvidenceException;

/** A manifest of Docker's schema 1: well known, and acceptable to nobody here. */
public final class SchemaOneException extends MalformedEvidenceException {
    private static final long serialVersionUID = 1;

    SchemaOneException(String what) {
        super(what);
    }
}
