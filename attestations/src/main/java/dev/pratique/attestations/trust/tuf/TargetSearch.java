package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** "A pre-order depth-first search for metadata about the desired target" (section 5.6.7). */
final class TargetSearch {
    private final MetadataUpdate update;
    private final MetaFiles snapshot;
    private final Set<String> visited = new HashSet<>();
    private final Deque<Delegation> toVisit = new ArrayDeque<>();

    TargetSearch(MetadataUpdate update, MetaFiles snapshot) {
        this.update = update;
        this.snapshot = snapshot;
    }

    /** @throws TufException MISSING where no role that may speak about the target does */
    FileHashes find(String path) throws TufException {
        Optional<FileHashes> found = look(update.targets(snapshot), path);
        while (found.isEmpty() && !toVisit.isEmpty() && visited.size() < TufLimits.MAX_ROLES_VISITED) {
            Delegation next = toVisit.pop();
            if (visited.add(next.name())) {
                found = look(update.delegated(next, snapshot), path);
            }
        }
        return found.orElseThrow(() ->
                new TufException(Reason.MISSING, "the repository names no target " + RepositoryNames.printable(path)));
    }

    private Optional<FileHashes> look(TargetsMetadata role, String path) {
        FileHashes target = role.targets().get(path);
        if (target != null) {
            return Optional.of(target);
        }
        List<Delegation> asked = new ArrayList<>();
        for (Delegation delegation : role.delegations()) {
            if (delegation.covers(path)) {
                asked.add(delegation);
                if (delegation.terminating()) {
                    // Section 4.5: nobody behind it is asked, here or further up.
                    toVisit.clear();
                    break;
                }
            }
        }
        Collections.reverse(asked);
        asked.forEach(toVisit::push);
        return Optional.empty();
    }
}
