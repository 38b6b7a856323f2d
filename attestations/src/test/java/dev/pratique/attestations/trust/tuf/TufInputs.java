package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.Optional;

/** TUF's metadata, for fuzzing. */
public final class TufInputs {
    private static final int MAX = 1 << 20;

    private TufInputs() {}

    private interface Reader {
        void read(SignedMetadata metadata) throws MalformedEvidenceException;
    }

    /** By all roles, whatever it says that it is of. */
    public static void metadata(byte[] input) throws MalformedEvidenceException {
        SignedMetadata metadata = SignedMetadata.parse(input, "the metadata", MAX);
        Optional<MalformedEvidenceException> refused = Optional.empty();
        int read = 0;
        for (Reader role : new Reader[] {
            RootMetadata::of, TargetsMetadata::of, MetaFiles::timestamp, given -> MetaFiles.of(given, "snapshot")
        }) {
            try {
                role.read(metadata);
                read++;
            } catch (MalformedEvidenceException e) {
                refused = Optional.of(e);
            }
        }
        // "_type" says which it is of; nothing can be read as two.
        if (read > 1) {
            throw new AssertionError("metadata of two roles");
        }
        if (read == 0) {
            throw refused.orElseThrow();
        }
    }
}
