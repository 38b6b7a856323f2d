package dev.pratique.config;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Names the content that answers follow from. */
final class RevisionDigest {
    private static final int HEX_DIGITS = 12;

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    private RevisionDigest add(String name, byte[] content) {
        // Lengths first, so that no content can look like the beginning of another part.
        text.writeBytes((name.length() + ":" + name + "=" + content.length + ":").getBytes(StandardCharsets.UTF_8));
        text.writeBytes(content);
        return this;
    }

    private RevisionDigest add(String name, String content) {
        return add(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** @param values of each file, variables and defaults in their places */
    RevisionDigest values(Map<String, String> values) {
        new TreeMap<>(values).forEach((name, value) -> add("values " + name, value));
        return this;
    }

    RevisionDigest files(Map<String, byte[]> contents) {
        new TreeMap<>(contents).forEach((name, content) -> add("file " + name, content));
        return this;
    }

    /** What the program knows beside the files: whom shorthands and publishers are. */
    RevisionDigest trust(TrustRoots trust) {
        for (NamedSigner signer : trust.signers()) {
            signer.identities()
                    .forEach(identity -> add("identity of " + signer.name(), String.join("\n", identity.lines())));
        }
        return this;
    }

    /** What of proxy.yaml an answer depends on; where it listens and stores is not among it. */
    RevisionDigest settings(ProxySettings proxy) {
        for (Listener listener : proxy.listeners()) {
            add("listener", listener.name() + "|" + listener.upstream());
        }
        for (String name : new TreeSet<>(proxy.upstreams().keySet())) {
            add("upstream", name + "|" + new TreeSet<>(missing(proxy, name)));
        }
        return add("tags", proxy.tags().toString())
                .add("evidence", proxy.evidence().toString());
    }

    private static Set<Integer> missing(ProxySettings proxy, String name) {
        return proxy.upstreams().get(name) instanceof Upstream.Registry registry ? registry.missing() : Set.of();
    }

    PolicyRevision revision() {
        return new PolicyRevision(Digest.sha256(text.toByteArray()).hex().substring(0, HEX_DIGITS));
    }
}
