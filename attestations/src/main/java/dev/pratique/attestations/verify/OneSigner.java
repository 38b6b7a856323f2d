package dev.pratique.attestations.verify;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.verify.VerifiedStatement.SignedBy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * SIG-20: who is one signer, under whatever names. A key is one whatever certificates it has and in whatever way it signs, an
 * identity is one whatever keys it has; who is the same as a third is the same.
 */
final class OneSigner {
    private final Map<Digest, Digest> sameAs = new HashMap<>();

    OneSigner(List<SignedBy> proved) {
        for (SignedBy one : proved) {
            Digest key = first(one.key());
            Digest signer = first(one.id());
            if (!key.equals(signer)) {
                sameAs.put(key, signer);
            }
        }
    }

    private Digest first(Digest id) {
        Digest at = id;
        while (sameAs.containsKey(at)) {
            at = sameAs.get(at);
        }
        return at;
    }

    /** One for each signer. */
    Digest idOf(SignedBy proved) {
        return first(proved.id());
    }
}
