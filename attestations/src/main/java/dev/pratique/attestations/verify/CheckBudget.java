package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;

/**
 * How many signatures are still checked for one image. Whoever can put evidence beside an image can put much of it there, in
 * manifests of their own: each manifest has its share, and in it each piece, so that none takes from those behind it. What one
 * does not use goes to those behind it. For one thread.
 */
final class CheckBudget {
    private int left = EvidenceLimits.MAX_SIGNATURE_CHECKS;
    private int ofManifest = left;
    private int ofPiece = left;
    private boolean cutShort;
    private boolean exhausted;

    /** @param manifests that are left, the one that begins included; at least one */
    void beginManifest(int manifests) {
        ofManifest = left / manifests;
    }

    /**
     * @param pieces of the manifest that are left, the one that begins included; at least one
     * @param least what it may take however much is left: then what all take together is as much as these allow
     */
    void beginPiece(int pieces, int least) {
        ofPiece = Math.max(ofManifest / pieces, least);
        cutShort = false;
    }

    /**
     * Takes as many checks as if they were of P-256 signatures.
     *
     * @return false where the piece's share has not so many; nothing more of it is then looked at
     */
    boolean maySpend(int checks) {
        if (checks > ofPiece) {
            cutShort = true;
            exhausted = true;
            ofPiece = 0;
            return false;
        }
        ofPiece -= checks;
        ofManifest = Math.max(0, ofManifest - checks);
        left = Math.max(0, left - checks);
        return true;
    }

    /** Whether the piece that was begun last was not looked at to its end. */
    boolean cutShort() {
        return cutShort;
    }

    /** Whether any piece was not looked at to its end. */
    boolean exhausted() {
        return exhausted;
    }
}
