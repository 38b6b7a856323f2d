package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.sigstore.SigningConfig.Offer;
import dev.pratique.signer.sigstore.SigningConfig.Rule;
import dev.pratique.signer.sigstore.SigningConfig.Selection;
import dev.pratique.signer.sigstore.SigningConfig.Selector;
import dev.pratique.signer.sigstore.SigstoreSigner.Witnesses;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whom the user wants to take part: a configuration, and services by their addresses, which go before it.
 *
 * @param rekorVersion of {@code rekor}, 1 or 2
 * @param upload whether any log is to have the signature
 */
public record ServiceChoice(
        Optional<SigningConfig> config,
        Optional<String> fulcio,
        Optional<String> rekor,
        int rekorVersion,
        Optional<String> timestamps,
        boolean upload) {
    private static final String LOG = "transparency log";
    private static final String AUTHORITY = "certificate authority";
    private static final String TIMESTAMPS = "timestamp authority";

    /** The authority that certifies who signs. */
    public Fulcio fulcio(ServiceClient client, TrustedRoot root, InstantSource clock) throws Failure {
        if (fulcio.isPresent()) {
            return new Fulcio(Service.at(AUTHORITY, fulcio.get(), "--fulcio-url"), client, root, clock);
        }
        List<Offer> offers = config.map(SigningConfig::authorities).orElse(List.of());
        // The file has no rule for them: one is enough.
        Rule one = new Rule(Optional.of(Selector.ANY), 0);
        Selection selection = select(AUTHORITY, offers, one, Set.of(1L), clock);
        if (selection.needed() == 0) {
            throw Failure.of(
                    Kind.USAGE,
                    "there is no certificate authority to say who signs",
                    "say --fulcio-url or --signing-config, or sign with --key REF");
        }
        return new Fulcio(
                Service.at(AUTHORITY, selection.offers().get(0).url(), "an address in the signing config"),
                client,
                root,
                clock);
    }

    /**
     * Who sees what is signed.
     *
     * @param older whether it is stored in cosign's older form, which holds one entry of Rekor v1 and one timestamp
     */
    public Witnesses witnesses(ServiceClient client, TrustedRoot root, InstantSource clock, boolean older)
            throws Failure {
        Quorum<LogClient> logs = upload ? logs(client, root, clock, older) : Quorum.none();
        Quorum<TimestampClient> authorities = authorities(client, root, clock);
        if (older && (logs.needed() > 1 || authorities.needed() > 1)) {
            throw Failure.of(
                    Kind.USAGE,
                    "--format cosign has room for one log entry and one timestamp, and the signing config asks for more",
                    "use --format bundle, or name one service with --rekor-url and --timestamp-server-url");
        }
        return new Witnesses(logs, authorities, root, clock);
    }

    private Quorum<LogClient> logs(ServiceClient client, TrustedRoot root, InstantSource clock, boolean older)
            throws Failure {
        if (rekor.isPresent()) {
            if (older && rekorVersion == 2) {
                throw tooNew();
            }
            return new Quorum<>(List.of(log(rekor.get(), "--rekor-url", rekorVersion, client, root)), 1);
        }
        List<Offer> offers = config.map(SigningConfig::logs).orElse(List.of());
        if (older && !offers.isEmpty() && offers.stream().noneMatch(offer -> offer.majorApiVersion() == 1)) {
            throw tooNew();
        }
        Rule rule = config.map(SigningConfig::logRule).orElse(new Rule(Optional.empty(), 0));
        Selection selection = select(LOG, offers, rule, older ? Set.of(1L) : Set.of(1L, 2L), clock);
        List<LogClient> logs = new ArrayList<>();
        for (Offer offer : selection.offers()) {
            logs.add(log(offer.url(), "an address in the signing config", offer.majorApiVersion(), client, root));
        }
        return new Quorum<>(logs, selection.needed());
    }

    private static LogClient log(String address, String option, long version, ServiceClient client, TrustedRoot root)
            throws Failure {
        Service service = Service.at(LOG, address, option);
        return version == 2 ? new RekorV2(service, client, root.logs()) : new RekorV1(service, client, root.logs());
    }

    private static Failure tooNew() {
        return Failure.of(
                Kind.USAGE,
                "--format cosign has no place for an entry of Rekor v2",
                "use --format bundle, or name a Rekor v1 with --rekor-url");
    }

    private Quorum<TimestampClient> authorities(ServiceClient client, TrustedRoot root, InstantSource clock)
            throws Failure {
        List<Offer> offers = config.map(SigningConfig::timestampAuthorities).orElse(List.of());
        Rule rule = config.map(SigningConfig::timestampRule).orElse(new Rule(Optional.empty(), 0));
        List<TimestampClient> clients = new ArrayList<>();
        if (timestamps.isPresent()) {
            Service service = Service.at(TIMESTAMPS, timestamps.get(), "--timestamp-server-url");
            return new Quorum<>(List.of(new TimestampClient(service, client, root.timestampAuthorities())), 1);
        }
        Selection selection = select(TIMESTAMPS, offers, rule, Set.of(1L), clock);
        for (Offer offer : selection.offers()) {
            Service service = Service.at(TIMESTAMPS, offer.url(), "an address in the signing config");
            clients.add(new TimestampClient(service, client, root.timestampAuthorities()));
        }
        return new Quorum<>(clients, selection.needed());
    }

    private static Selection select(String what, List<Offer> offers, Rule rule, Set<Long> versions, InstantSource clock)
            throws Failure {
        try {
            return SigningConfig.select(what, offers, rule, versions, clock.instant());
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            String.valueOf(e.getMessage()),
                            "get a newer one, or name the service by its URL")
                    .because(e);
        }
    }
}
