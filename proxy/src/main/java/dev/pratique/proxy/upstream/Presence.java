package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.Fetched;
import java.util.OptionalLong;

/** Whether an upstream serves something in a repository now. */
public sealed interface Presence {

    /**
     * It does.
     *
     * @param size in bytes, where the upstream said so
     */
    record Present(OptionalLong size) implements Presence {}

    /**
     * It does not, or nobody can say.
     *
     * @param why Missing, Denied, Wrong or Unread
     */
    record Absent(Fetched why) implements Presence {}
}
