package dev.pratique.proxy.admin;

import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.policy.PolicyRevision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether clients should be sent here, as somebody who watches the proxy sees it. Thread safe.
 */
public final class Readiness {
    private final Supplier<Optional<String>> disk;
    private volatile State state = new State(Optional.empty(), 0, false, List.of());

    /** @param disk what is wrong with the store's disk, one line */
    public Readiness(Supplier<Optional<String>> disk) {
        this.disk = disk;
    }

    private record State(Optional<PolicyRevision> revision, int upstreams, boolean draining, List<String> problems) {}

    /** A configuration is in force, and the last one read is this one. */
    public synchronized void inForce(PolicyRevision revision, int upstreams) {
        state = new State(Optional.of(revision), upstreams, state.draining(), List.of());
    }

    /** The configuration as it is now cannot be used; what was in force still is. */
    public synchronized void rejected(List<String> problems) {
        state = new State(state.revision(), state.upstreams(), state.draining(), List.copyOf(problems));
    }

    /** No more clients, please. */
    public synchronized void draining() {
        state = new State(state.revision(), state.upstreams(), true, state.problems());
    }

    /** Whether it is ready. */
    public boolean ready() {
        State now = state;
        return now.revision().isPresent() && !now.draining();
    }

    /** What is in force; empty before anything is. */
    public Optional<PolicyRevision> revision() {
        return state.revision();
    }

    /** What is wrong with the configuration as it is now, one line each; empty where it is in force. */
    public List<String> problems() {
        return state.problems();
    }

    byte[] json() {
        State now = state;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ready", now.revision().isPresent() && !now.draining());
        if (now.draining()) {
            json.put("draining", true);
        }
        now.revision().ifPresent(revision -> json.put("revision", revision.value()));
        json.put("upstreams", now.upstreams());
        if (!now.problems().isEmpty()) {
            json.put("note", "the configuration changed and cannot be used; the one before is in force");
            json.put("problems", now.problems());
        }
        // Still ready: what is fetched is passed on, and elsewhere there is no gate.
        disk.get().ifPresent(trouble -> json.put("storage", trouble));
        return JsonWriter.bytes(json);
    }
}
