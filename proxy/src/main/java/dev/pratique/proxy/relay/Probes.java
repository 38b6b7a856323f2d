package dev.pratique.proxy.relay;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.admission.PullRequest;
import dev.pratique.proxy.upstream.BlobSource;
import dev.pratique.proxy.upstream.Presence;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Asks upstreams whether they serve something, once for all who want to know at the same time. Thread safe. */
final class Probes {
    private record Key(Repository repository, Digest digest, boolean manifest) {}

    private final BlobSource source;
    private final ConcurrentHashMap<Key, CompletableFuture<Presence>> flights = new ConcurrentHashMap<>();

    Probes(BlobSource source) {
        this.source = source;
    }

    CompletionStage<Presence> ask(Admission admission) {
        boolean manifest = admission.kind() == PullRequest.Kind.MANIFEST;
        Key key = new Key(admission.repository(), admission.digest(), manifest);
        CompletableFuture<Presence> mine = new CompletableFuture<>();
        CompletableFuture<Presence> flight = flights.putIfAbsent(key, mine);
        if (flight != null) {
            return flight;
        }
        CompletionStage<Presence> asked = manifest
                ? source.manifestPresent(key.repository(), key.digest())
                : source.blobPresent(key.repository(), key.digest());
        var unused = asked.whenComplete((presence, bug) -> {
            flights.remove(key, mine);
            if (bug == null) {
                mine.complete(presence);
            } else {
                mine.completeExceptionally(bug);
            }
        });
        return mine;
    }
}
