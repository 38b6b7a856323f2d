package dev.pratique.config;

import java.util.Optional;

/**
 * A port on which clients pull.
 *
 * @param name as policy.yaml's environments name it
 * @param upstream canonical name of the upstream for requests that name none; one of {@link ProxySettings#upstreams}
 * @param anonymous whether anybody who reaches it may pull with the upstreams' credentials
 * @param environment of its clients, from policy.yaml
 */
public record Listener(
        String name, ListenAddress address, Optional<String> upstream, boolean anonymous, String environment) {}
