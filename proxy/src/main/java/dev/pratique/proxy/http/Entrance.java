package dev.pratique.proxy.http;

import dev.pratique.config.ClientNames;
import dev.pratique.config.Listener;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whom one listener lets in. Where it asks for certificates and for passwords, each suffices, and a client that shows both
 * goes by both names. Thread safe.
 */
public final class Entrance {
    /** Nobody is asked who they are. */
    public static final Entrance OPEN = new Entrance(Optional.empty(), Optional.empty(), InstantSource.system());

    private final Optional<ClientCertificates> certificates;
    private final Optional<Passwords> passwords;
    private final InstantSource clock;

    private Entrance(Optional<ClientCertificates> certificates, Optional<Passwords> passwords, InstantSource clock) {
        this.certificates = certificates;
        this.passwords = passwords;
        this.clock = clock;
    }

    /**
     * As the configuration says.
     *
     * @param slow runs what takes long; may refuse to, and then the client is told to come again
     */
    public static Entrance of(Listener.Clients clients, Executor slow, InstantSource clock) {
        if (!clients.known()) {
            return OPEN;
        }
        List<X509Certificate> authorities = clients.authorities();
        return new Entrance(
                authorities.isEmpty() ? Optional.empty() : Optional.of(new ClientCertificates(authorities)),
                clients.passwords().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Passwords(clients.passwords(), slow, new SecureRandom())),
                clock);
    }

    /** What became of a client. */
    enum Outcome {
        WELCOME,
        /** It has not shown who it is. */
        UNKNOWN,
        /** Too many are being looked at. */
        BUSY
    }

    /**
     * Who stands before the entrance.
     *
     * @param names what it has proved to be called; none unless it is welcome
     * @param why it is not let in; empty where it is
     */
    record Found(Outcome outcome, ClientNames names, String why) {}

    /** Whether nobody is asked. */
    boolean open() {
        return certificates.isEmpty() && passwords.isEmpty();
    }

    /** Whether a password would help. */
    boolean asksPasswords() {
        return passwords.isPresent();
    }

    /**
     * Finds out who the client of one request is. Never blocks.
     *
     * @param visitor the request's connection
     * @param authorization the header's value, or null
     * @param loop the connection's, runs the answer where it is not known at once
     */
    void meet(Visitor visitor, @Nullable String authorization, Executor loop, Consumer<Found> answer) {
        ClientCertificates.Judged certificate = visitor.certificateAt(this);
        if (passwords.isEmpty() || authorization == null) {
            answer.accept(byCertificate(certificate, "it showed no password"));
            return;
        }
        passwords
                .get()
                .check(
                        authorization,
                        visitor.address(),
                        loop,
                        checked -> answer.accept(
                                switch (checked.result()) {
                                    case PROVEN ->
                                        new Found(
                                                Outcome.WELCOME,
                                                certificate.names().withUser(checked.user()),
                                                "");
                                    case WRONG ->
                                        byCertificate(certificate, "its user name and password are not known");
                                    case BUSY ->
                                        new Found(
                                                Outcome.BUSY, ClientNames.NONE, "too many passwords are being checked");
                                }));
    }

    private Found byCertificate(ClientCertificates.Judged certificate, String noPassword) {
        if (certificate.wrong().isEmpty()) {
            return new Found(Outcome.WELCOME, certificate.names(), "");
        }
        String why = certificates.isEmpty()
                ? noPassword
                : certificate.wrong() + (passwords.isEmpty() ? "" : ", and " + noPassword);
        return new Found(Outcome.UNKNOWN, ClientNames.NONE, "the client is not known: " + why);
    }

    /** @param chain as the client sent it; empty where it sent none */
    ClientCertificates.Judged judge(Certificate[] chain) {
        if (certificates.isEmpty() || chain.length == 0) {
            return ClientCertificates.Judged.nothing("it showed no certificate");
        }
        return certificates.get().judge(chain, clock.instant());
    }

    /** Whether a judgement still holds. */
    boolean stillHolds(ClientCertificates.Judged judged) {
        return clock.instant().isBefore(judged.until());
    }
}
