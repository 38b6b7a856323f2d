package dev.pratique.proxy.e2e.rig;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Digest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A registry with real Debian images in it, and those who sign for it. Made once per run of the tests; each test puts
 * its own images there, under names that no other test uses.
 */
public final class Stock {
    /** trust.yaml knows this one, and rules name it. */
    public static final String ACME = "acme";
    /** trust.yaml knows this one. */
    public static final String GUEST = "guest";

    private static final Map<Registry.Kind, Stock> STOCKS = new EnumMap<>(Registry.Kind.class);
    private static final Map<String, Cosign> SIGNERS = new java.util.HashMap<>();

    private final Registry registry;
    private final Images images;
    private final Image current;
    private final Image old;
    private final Image dead;
    private final Image stranger;

    private Stock(Registry.Kind kind) {
        registry = Registry.start(kind);
        images = new Images(registry);
        current = images.oci("debian/base", "12", DebianLayer.of("base-files", "netbase", "tzdata"));
        old = images.oci("debian/base", "11", DebianLayer.of("base-files", "netbase"));
        dead = images.docker("debian/base", "10", DebianLayer.of("base-files", "media-types"));
        stranger = images.docker("debian/other", "1", DebianLayer.of("base-files", "libc6"));
    }

    public static synchronized Stock of(Registry.Kind kind) {
        return STOCKS.computeIfAbsent(kind, Stock::new);
    }

    /** The signer of this name, with the same key for all tests. */
    public static synchronized Cosign signer(String name) {
        return SIGNERS.computeIfAbsent(name, key -> Cosign.withNewKey());
    }

    public Registry registry() {
        return registry;
    }

    public Images images() {
        return images;
    }

    /** An approved base. */
    public Image current() {
        return current;
    }

    /** A deprecated base. */
    public Image old() {
        return old;
    }

    /** A base past its end of life. */
    public Image dead() {
        return dead;
    }

    /** A base that the catalog does not have. */
    public Image stranger() {
        return stranger;
    }

    /** A new application on this base; no two are the same. */
    public Image app(Image base, String repository) {
        Path layer = TarLayer.of("app.txt", repository + " " + UUID.randomUUID());
        return images.on(base, repository, "1.0", layer);
    }

    /** As {@link #app}, on the approved base and signed. */
    public Image signedApp(String repository) {
        Image app = app(current, repository);
        signer(ACME).sign(Cosign.Layout.BUNDLE, app.pinned(registry.host()));
        return app;
    }

    /** Signers and catalog for a proxy before this registry. */
    public ProxyConfig config() {
        return new ProxyConfig()
                .signer(ACME, signer(ACME).publicKey())
                .signer(GUEST, signer(GUEST).publicKey())
                .catalog(catalog());
    }

    /** catalog.yaml. */
    public String catalog() {
        return "version: 1\nbases:\n"
                + entry(current, "approved: 2024-01-01")
                + entry(old, "deprecated: 2025-01-01, endOfLife: 2125-01-01")
                + entry(dead, "endOfLife: 2025-01-01");
    }

    /** @param dates in flow style */
    public String entry(Image base, String dates) {
        List<Digest> diffIds = new ArrayList<>();
        try {
            for (String diffId : images.diffIds(base)) {
                diffIds.add(Digest.parse(diffId));
            }
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
        List<ChainId> chain = ChainId.chain(diffIds);
        return "  - {name: %s, version: '%s', owner: platform, %s, platforms: {linux/amd64: {chainId: '%s', layers: %d}}}\n"
                .formatted(base.repository(), base.tag(), dates, chain.get(chain.size() - 1), chain.size());
    }
}
