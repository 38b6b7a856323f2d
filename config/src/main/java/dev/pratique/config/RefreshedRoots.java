package dev.pratique.config;

import dev.pratique.attestations.trust.tuf.AcceptedTarget;
import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What updates left, read among the files of one reading: an update is noticed as a change of the configuration is. */
final class RefreshedRoots {
    private final SourceFiles files;
    private final RootCache cache;

    RefreshedRoots(SourceFiles files, RootCache cache) {
        this.files = files;
        this.cache = cache;
    }

    ConfiguredRoot read(RefreshedRoot root, boolean inUse) {
        String from = (root.builtIn() ? "built in, refreshed from " : "refreshed from ") + root.repository();
        files.watch(cache.directory());
        try {
            Optional<RootCache.Standing> standing = cache.standing(root, this::kept);
            return ConfiguredRoot.refreshed(
                    root,
                    from,
                    standing.map(RootCache.Standing::material),
                    standing,
                    standing.flatMap(RootCache.Standing::trouble),
                    inUse);
        } catch (TufException e) {
            return ConfiguredRoot.refreshed(
                    root, from, Optional.empty(), Optional.empty(), Optional.of(e.getMessage()), inUse);
        }
    }

    private Optional<byte[]> kept(Path directory) throws TufException {
        Path file = directory.resolve(AcceptedTarget.NAME);
        try {
            return files.read(file);
        } catch (IOException e) {
            throw new TufException(Reason.STORE, file + " cannot be read", e);
        }
    }
}
