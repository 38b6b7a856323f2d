package dev.pratique.config;

import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Policy;
import dev.pratique.config.Environments.Match;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The environments of policy.yaml. */
final class EnvironmentReader {
    static final Shape.Keys SHAPE = Shape.keys("listener", "clientCertificate", "user");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern LISTED = Pattern.compile("[!-~]{1,512}");
    private static final int MAX_WILDCARDS = 4;

    private final KnownNames names;
    private final List<Listener> listeners;

    /** @param proxy empty where it cannot be read; then no listener is complained about */
    EnvironmentReader(Optional<ProxySettings> proxy) {
        this.listeners = proxy.map(ProxySettings::listeners).orElse(List.of());
        this.names = proxy.isEmpty()
                ? KnownNames.unreadable("listener", "proxy.yaml")
                : KnownNames.of(
                        "listener",
                        "proxy.yaml",
                        listeners.stream().map(Listener::name).distinct().toList());
    }

    Environments read(Section environments) {
        List<Match> matches = new ArrayList<>();
        environments.named().forEach((name, environment) -> {
            checkName(name, environment);
            if (!environment.has("match")) {
                environment.refuse(environment.path() + " matches no client", "say match: {listener: NAME}");
            }
            environment.section("match").ifPresent(section -> {
                Match match = match(name, section);
                checkShadow(section, match, matches);
                matches.add(match);
            });
        });
        return new Environments(matches);
    }

    private static void checkName(String name, Section environment) {
        if (name.equals(Policy.DEFAULT_ENVIRONMENT)) {
            environment.refuse("default is the environment of clients that no other matches", "choose another name");
        } else if (!NAME.matcher(name).matches()) {
            environment.refuse(
                    "an environment's name is letters, digits, '.', '_' and '-'",
                    "it begins with a letter or digit and has at most 64 characters");
        }
    }

    private Match match(String environment, Section section) {
        Optional<Value> listener = section.find("listener");
        listener.ifPresent(names::check);
        Optional<Value> certificate = section.find("clientCertificate");
        Optional<Value> user = section.find("user");
        certificate.ifPresent(value -> checkAsked(
                value,
                listener,
                one -> one.asks().certificates(),
                "client certificates",
                "say clients: {certificates: CA.pem} for the listener"));
        // That no user of today fits is no mistake: to remove the last one must be possible.
        user.ifPresent(value -> checkAsked(
                value,
                listener,
                one -> one.asks().passwords(),
                "passwords",
                "say clients: {passwords: FILE} for the listener"));
        return new Match(
                environment,
                listener.map(Value::text),
                certificate.map(EnvironmentReader::glob),
                user.map(EnvironmentReader::glob));
    }

    private void checkAsked(Value value, Optional<Value> listener, Predicate<Listener> asks, String what, String hint) {
        boolean known = names.readable()
                && listener.map(one -> names.names().contains(one.text())).orElse(true);
        boolean asked = listeners.stream()
                .filter(one -> listener.map(Value::text).orElse(one.name()).equals(one.name()))
                .anyMatch(asks);
        if (known && !asked) {
            String where = listener.map(one -> "the listener " + one.quoted() + " asks")
                    .orElse("no listener asks");
            value.refuse(
                    value.path() + " can never match: " + where + (listener.isPresent() ? " for no " : " for ") + what,
                    hint);
        }
    }

    private static Glob glob(Value value) {
        Glob glob = new Glob(value.text());
        if (!LISTED.matcher(value.text()).matches() || glob.wildcards() > MAX_WILDCARDS) {
            value.refuse(
                    value.path() + " is no pattern over names",
                    "1 to 512 printable ASCII characters, at most " + MAX_WILDCARDS + " wildcards");
        }
        return glob;
    }

    private static void checkShadow(Section section, Match match, List<Match> before) {
        for (Match earlier : before) {
            if (earlier.covers(match)) {
                section.refuse(
                        section.path() + " can never decide: " + earlier.environment() + " matches all of it before",
                        "the first environment that matches decides: move this one up, or narrow the other");
                return;
            }
        }
    }
}
