package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.RefusalReason;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Proof that content may be relayed to whoever asked: only the {@link Gatekeeper} makes one, and the relay takes nothing
 * else.
 */
public final class Admission {
    private final Repository repository;
    private final Digest digest;
    private final PullRequest.Kind kind;
    private final String mediaType;
    private final OptionalLong size;
    private final List<String> warnings;
    private final Optional<RefusalReason> wouldRefuse;
    private final Confirmation confirmation;
    private final Runnable confirmed;
    private final Runnable gone;

    /** Whether the upstream has answered 200 for this digest in this repository with the credential in use. */
    public enum Confirmation {
        /** Within {@code authorisation.ttl}. */
        CURRENT,
        /** Once, longer ago: good while the upstream cannot be asked. */
        STALE,
        NONE
    }

    Admission(
            Repository repository,
            Digest digest,
            PullRequest.Kind kind,
            String mediaType,
            OptionalLong size,
            List<String> warnings,
            Optional<RefusalReason> wouldRefuse,
            Confirmation confirmation,
            Runnable confirmed,
            Runnable gone) {
        this.repository = repository;
        this.digest = digest;
        this.kind = kind;
        this.mediaType = mediaType;
        this.size = size;
        this.warnings = List.copyOf(warnings);
        this.wouldRefuse = wouldRefuse;
        this.confirmation = confirmation;
        this.confirmed = confirmed;
        this.gone = gone;
    }

    public Repository repository() {
        return repository;
    }

    public Digest digest() {
        return digest;
    }

    public PullRequest.Kind kind() {
        return kind;
    }

    /** The manifest's type, or application/octet-stream. */
    public String mediaType() {
        return mediaType;
    }

    /** Bytes, where a manifest says so. */
    public OptionalLong size() {
        return size;
    }

    /** For the client, one line each. */
    public List<String> warnings() {
        return warnings;
    }

    /** In warn mode, what enforcing would say. */
    public Optional<RefusalReason> wouldRefuse() {
        return wouldRefuse;
    }

    public Confirmation confirmation() {
        return confirmation;
    }

    /** The relay says that the upstream has just answered 200 for this digest in this repository. Any thread; never blocks. */
    public void confirmed() {
        confirmed.run();
    }

    /** The relay says that the content is no longer stored: who asks next is to be judged again. Any thread; never blocks. */
    public void gone() {
        gone.run();
    }
}
