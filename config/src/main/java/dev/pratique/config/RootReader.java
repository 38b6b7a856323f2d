package dev.pratique.config;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.trust.tuf.TufClient;
import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.config.RefreshedRoot.WhenStale;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One root of trust.yaml: who certifies, logs and stamps, and how much of it is asked. */
final class RootReader {
    static final Shape.Keys SHAPE = Shape.keys("builtIn", "trustedRoot")
            .with("tuf", Shape.keys("url", "root"))
            .with("offline", Shape.VALUE)
            .with("whenStale", Shape.VALUE)
            .with("certificates", Shape.VALUES)
            .with("repositories", Shape.VALUES)
            .with("logs", Shape.VALUE)
            .with("timestamps", Shape.VALUE)
            .with("certificateLogs", Shape.VALUE);

    /** As the public Sigstore is called where trust.yaml calls it nothing. */
    static final String PUBLIC = BuiltInRoot.NAME;
    /** Most certificates of one file. */
    static final int MOST_CERTIFICATES = 16;

    /** Where logs and timestamp authorities are from, and those who certify unless a file of one's own says who does. */
    private static final List<String> FORMS = List.of("builtIn", "trustedRoot", "tuf");
    /** What is said of a root that is refreshed. */
    private static final List<String> REFRESHING = List.of("offline", "whenStale");
    /** More than any root has logs. */
    private static final int MOST = 32;

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    /** Of a root that was never fetched: nobody is trusted, and it is not known who should be. */
    private static final TrustedRoot NOBODY = new TrustedRoot(List.of(), List.of(), List.of(), List.of());

    private final TrustFiles files;
    private final RepositoryPattern patterns;
    private final Optional<RefreshedRoots> refreshed;

    /** @param refreshed what updates left; empty where proxy.yaml, which says where that is, cannot be read */
    RootReader(TrustFiles files, RepositoryPattern patterns, Optional<RefreshedRoots> refreshed) {
        this.files = files;
        this.patterns = patterns;
        this.refreshed = refreshed;
    }

    /**
     * A root, as verification asks it and as people are shown it.
     *
     * @param configured that no signer rests on, yet
     */
    record ReadRoot(Root root, ConfiguredRoot configured) {}

    /** The public Sigstore, as it counts where nothing is said. */
    ReadRoot publicSigstore() {
        ConfiguredRoot configured = refreshed(RefreshedRoot.publicGood(PUBLIC));
        return new ReadRoot(
                new Root(PUBLIC, material(configured), List.of(), 1, 0, 1, staleSince(configured)), configured);
    }

    /** Empty where it cannot be used, which is complained about. */
    Optional<ReadRoot> read(String name, Section root) {
        List<Glob> repositories =
                root.values("repositories").stream().map(patterns::read).toList();
        Optional<ConfiguredRoot> configured = configured(name, root);
        int logs = root.number("logs", 0, MOST, FORMS.stream().anyMatch(root::has) ? 1 : 0);
        int timestamps = root.number("timestamps", 0, MOST, 0);
        // Authorities of one's own show nobody what they certify.
        int certificateLogs = root.number("certificateLogs", 0, MOST, root.has("certificates") ? 0 : 1);
        return configured.map(one -> {
            Root read = new Root(name, material(one), repositories, logs, timestamps, certificateLogs, staleSince(one));
            return new ReadRoot(read, one.material().isPresent() ? compared(one, read, root) : one);
        });
    }

    private static ConfiguredRoot compared(ConfiguredRoot configured, Root read, Section root) {
        List<RootShortage> shortages = RootShortage.of(read);
        if (configured.refreshed().isPresent()) {
            // What a repository takes away must not keep its withdrawal from being followed: nothing is admitted by
            // what is no longer there.
            return configured.lacking(shortages.stream().map(RootShortage::text).toList());
        }
        shortages.forEach(one -> one.refuse(root));
        return configured;
    }

    private static TrustedRoot material(ConfiguredRoot configured) {
        return configured.material().orElse(NOBODY);
    }

    // Without material nothing that rests on it can be decided at any time.
    private static Optional<Instant> staleSince(ConfiguredRoot configured) {
        if (configured.material().isEmpty()) {
            return Optional.of(Instant.EPOCH);
        }
        boolean doubted = configured
                .refreshed()
                .filter(one -> one.whenStale() == WhenStale.UNDECIDED)
                .isPresent();
        return doubted ? configured.standing().map(RootCache.Standing::expires) : Optional.empty();
    }

    private ConfiguredRoot refreshed(RefreshedRoot root) {
        return refreshed
                .map(kept -> kept.read(root, false))
                .orElseGet(() -> ConfiguredRoot.ofFiles(root.name(), "", BuiltInRoot.publicGood(), false));
    }

    private Optional<ConfiguredRoot> configured(String name, Section root) {
        List<String> forms = FORMS.stream().filter(root::has).toList();
        boolean ofOnesOwn = root.has("certificates");
        if (forms.size() > 1 || forms.isEmpty() && !ofOnesOwn) {
            root.refuse(
                    root.path()
                            + (forms.isEmpty()
                                    ? " does not say where it is from"
                                    : " says where it is from more than once"),
                    "say one of builtIn: public-good, trustedRoot: FILE, tuf: {url, root}, certificates: [FILE];"
                            + " certificates may also stand beside one of the others");
            return Optional.empty();
        }
        boolean refreshes = root.has("builtIn") || root.has("tuf");
        REFRESHING.stream()
                .filter(said -> !refreshes && root.has(said))
                .forEach(said -> root.refuse(
                        said,
                        Section.join(root.path(), said)
                                + " is said of a root that is refreshed, and this is what its files say",
                        "remove it"));
        boolean offline = root.flag("offline");
        WhenStale whenStale = root.oneOf("whenStale", List.of("use", "undecided"))
                .map(word -> word.equals("use") ? WhenStale.USE : WhenStale.UNDECIDED)
                .orElse(WhenStale.USE);
        if (forms.isEmpty()) {
            return authorities(name, root)
                    .map(own -> ConfiguredRoot.ofFiles(
                            name,
                            "authorities of one's own",
                            new TrustedRoot(own, List.of(), List.of(), List.of()),
                            false));
        }
        Optional<ConfiguredRoot> whole = switch (forms.get(0)) {
            case "builtIn" ->
                root.oneOf("builtIn", List.of("public-good"))
                        .map(word -> refreshed(RefreshedRoot.publicGood(name, offline, whenStale)));
            case "tuf" ->
                root.section("tuf")
                        .flatMap(tuf -> repository(name, tuf, offline, whenStale))
                        .map(this::refreshed);
            default -> root.find("trustedRoot").flatMap(file -> trustedRoot(name, file));
        };
        return ofOnesOwn ? authorities(name, root).flatMap(own -> whole.map(one -> one.certifiedBy(own))) : whole;
    }

    private Optional<RefreshedRoot> repository(String name, Section tuf, boolean offline, WhenStale whenStale) {
        Optional<URI> url = tuf.require("url").flatMap(RootReader::url);
        Optional<byte[]> pinned = tuf.require("root").flatMap(this::pinned);
        return url.flatMap(uri -> pinned.map(bytes -> new RefreshedRoot(name, uri, bytes, false, offline, whenStale)));
    }

    // Never shows the value: people put user:password into URLs.
    private static Optional<URI> url(Value value) {
        Optional<URI> uri = Optional.empty();
        try {
            uri = Optional.of(new URI(value.text()).parseServerAuthority())
                    .filter(one -> one.getHost() != null && one.getUserInfo() == null)
                    .filter(one -> one.getQuery() == null && one.getFragment() == null)
                    .filter(one -> "https".equals(one.getScheme())
                            || "http".equals(one.getScheme()) && LOOPBACK.contains(one.getHost()));
        } catch (URISyntaxException e) {
            uri = Optional.empty();
        }
        if (uri.isEmpty()) {
            value.refuse(
                    value.path() + " is not an https URL without user, query and fragment",
                    "write it as https://tuf.example");
        }
        return uri;
    }

    private Optional<byte[]> pinned(Value file) {
        return files.bytes(file).flatMap(bytes -> {
            try {
                TufClient.pinned(bytes);
                return Optional.of(bytes);
            } catch (TufException e) {
                file.refuse(
                        "the file " + file.quoted() + " cannot be what trust begins with: " + e.getMessage(),
                        "it is a root.json of that repository, which you have by a way that you trust");
                return Optional.empty();
            }
        });
    }

    private Optional<ConfiguredRoot> trustedRoot(String name, Value file) {
        return files.bytes(file).flatMap(bytes -> {
            try {
                TrustedRoot material = TrustedRoot.parse(bytes);
                return Optional.of(ConfiguredRoot.ofFiles(name, "the file " + file.text(), material, false));
            } catch (MalformedEvidenceException e) {
                file.refuse(
                        "the file " + file.quoted() + " is no trusted root: " + e.getMessage(),
                        "it is the trusted_root.json of a Sigstore; authorities of your own are certificates: [FILE]");
                return Optional.empty();
            }
        });
    }

    private Optional<List<CertificateAuthority>> authorities(String name, Section root) {
        List<CertificateAuthority> authorities = new ArrayList<>();
        for (Value file : root.values("certificates")) {
            files.text(file)
                    .map(pem -> certificates(file, pem))
                    .filter(chain -> !chain.isEmpty())
                    .ifPresent(chain -> authorities.addAll(authorities(name, file, chain)));
        }
        return authorities.isEmpty() ? Optional.empty() : Optional.of(authorities);
    }

    private static List<Certificate> certificates(Value file, String pem) {
        try {
            return Certificate.parsePem(pem, MOST_CERTIFICATES);
        } catch (MalformedEvidenceException e) {
            file.refuse(
                    "the file " + file.quoted() + " cannot be used: " + e.getMessage(),
                    "it is one PEM block CERTIFICATE, or several");
            return List.of();
        }
    }

    private static List<CertificateAuthority> authorities(String name, Value file, List<Certificate> chain) {
        if (chain.stream().allMatch(Certificate::isSelfIssued)) {
            return chain.stream()
                    .map(one -> new CertificateAuthority(name, List.of(one), Validity.ALWAYS, true))
                    .toList();
        }
        long roots = chain.stream().filter(Certificate::isSelfIssued).count();
        if (roots != 1 || !chain.get(chain.size() - 1).isSelfIssued()) {
            file.refuse(
                    "the certificates of " + file.quoted() + " do not end in one root",
                    "write roots alone, or one chain with what is nearest the signer's certificate first and the root"
                            + " last");
            return List.of();
        }
        return List.of(new CertificateAuthority(name, chain, Validity.ALWAYS, true));
    }
}
