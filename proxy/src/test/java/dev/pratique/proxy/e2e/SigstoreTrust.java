package dev.pratique.proxy.e2e;

import dev.pratique.proxy.e2e.rig.PrivateSigstore;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.TrustedRootFile;
import dev.pratique.proxy.e2e.rig.TrustedRootFile.Part;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Signers of a private Sigstore in trust.yaml, each with the one root that may speak for it, and a rule for each. */
final class SigstoreTrust {
    static final String RELEASE = "release";
    /** The same signer, with a root that asks for a timestamp and no log. */
    static final String RELEASE_STAMPED = "release-stamped";
    /** … that asks for both. */
    static final String RELEASE_BOTH = "release-both";
    /** … that knows Rekor v2 and not v1. */
    static final String RELEASE_WITHOUT_REKOR1 = "release-without-rekor1";
    /** … that has no certificate transparency log and asks for none. */
    static final String RELEASE_WITHOUT_CT = "release-without-ct";
    /** The rule asks for provenance by this signer, too. */
    static final String BUILT = "built";
    /** … and for the provenance that {@code pratique} itself writes of a run. */
    static final String PIPELINE = "pipeline";
    /** The same of a job of GitLab's. */
    static final String JOB = "job";
    /** Who signs in a workflow that others call. */
    static final String CALLED = "called";

    static final String GITLAB = "gitlab";
    static final String PERSON = "person";
    /** Of a private authority, in logs all the same. */
    static final String OWN = "own";
    /** Of a private authority that is trusted for its certificates alone. */
    static final String OWN_PLAIN = "own-plain";
    /** By a certificate instead of a key. */
    static final String PINNED = "pinned";

    static final String KEYED = "keyed";

    static final String CALLED_WORKFLOW = "acme/builders/.github/workflows/build.yml@refs/tags/v2.0.0";

    private final PrivateSigstore sigstore;
    private final ProxyConfig config;
    private final StringBuilder signers = new StringBuilder();
    private final StringBuilder roots = new StringBuilder("roots:\n");
    private final StringBuilder rules = new StringBuilder("rules:\n");

    private SigstoreTrust(PrivateSigstore sigstore, ProxyConfig config) {
        this.sigstore = sigstore;
        this.config = config;
    }

    /** The signer whose root has everything, and this part of it ended long ago. */
    static String releaseEnded(Part part) {
        return "release-ended-" + part.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @param key of {@link #KEYED}, in PEM */
    static void write(PrivateSigstore sigstore, ProxyConfig config, String key) {
        new SigstoreTrust(sigstore, config).all(key);
    }

    private void all(String key) {
        String whole = sigstore.trustedRoot("trusted_root.json");
        release(
                RELEASE,
                whole,
                "logs: 1, timestamps: 0, certificateLogs: 1",
                BUILT,
                CALLED,
                GITLAB,
                PERSON,
                PIPELINE,
                JOB);
        release(RELEASE_STAMPED, whole, "logs: 0, timestamps: 1, certificateLogs: 1");
        release(RELEASE_BOTH, whole, "logs: 1, timestamps: 1");
        release(RELEASE_WITHOUT_REKOR1, sigstore.trustedRoot("trusted_root.rekor2.json"), "logs: 1");
        release(RELEASE_WITHOUT_CT, sigstore.trustedRoot("trusted_root.noct.json"), "logs: 1, certificateLogs: 0");
        for (Part part : Part.values()) {
            release(releaseEnded(part), TrustedRootFile.ended(whole, part), "logs: 1");
        }
        signer(
                BUILT,
                github(RELEASE),
                "signedBy: {any: [built]}, provenance: {builders: ['https://ci.example/builder@v1'],"
                        + " sources: ['https://git.example/acme/*']}");
        signer(
                PIPELINE,
                github(RELEASE),
                "signedBy: {any: [pipeline]}, provenance: {builders: [github-hosted],"
                        + " sources: ['https://github.com/acme/*'], refs: [refs/heads/main]}");
        signer(
                JOB,
                gitlab(),
                "signedBy: {any: [job]}, provenance: {builders: ['https://gitlab.com/acme/app/-/runners/*'],"
                        + " sources: ['https://gitlab.com/acme/*'], refs: [refs/heads/main]}");
        signer(CALLED, github(RELEASE, CALLED_WORKFLOW));
        signer(GITLAB, gitlab());
        signer(
                PERSON,
                "{identities: [{issuer: '" + PrivateSigstore.issuer("email")
                        + "', subject: dev@example.test}], roots: [release]}");
        root(OWN, "trustedRoot: own.json", "logs: 1, timestamps: 0, certificateLogs: 0");
        config.write("own.json", sigstore.trustedRoot("trusted_root.byo.json"));

        root(OWN_PLAIN, "certificates: [own.pem]", "logs: 0, timestamps: 0, certificateLogs: 0", PINNED);
        config.write("own.pem", sigstore.ownAuthority());
        signer(OWN_PLAIN, "{identities: [{subject: release@acme.test}], roots: [own-plain]}");
        config.write("pinned.pem", sigstore.ownCertificate());
        // A name without an issuer counts of plain certificates alone.
        signer(OWN, "{certificate: pinned.pem, roots: [own]}");
        signer(PINNED, "{certificate: pinned.pem, roots: [own-plain]}");
        config.write("keyed.pub", key);
        signer(KEYED, "{key: keyed.pub}");
        config.trust(signers.toString() + roots).policy(rules.toString());
    }

    private void release(String name, String trustedRoot, String asked, String... signers) {
        config.write(name + ".json", trustedRoot);
        root(name, "trustedRoot: " + name + ".json", asked, signers);
        signer(name, github(name));
    }

    private static String gitlab() {
        return "{gitlab: {project: acme/app, refs: [refs/heads/main], issuer: '" + PrivateSigstore.issuer("gitlab")
                + "'}, roots: [release]}";
    }

    private static String github(String root) {
        return github(root, "release.yml");
    }

    private static String github(String root, String workflow) {
        return "{github: {owner: acme, repository: app, workflow: '%s', refs: [refs/heads/main], issuer: '%s'}, roots: [%s]}"
                .formatted(workflow, PrivateSigstore.issuer("gh"), root);
    }

    /** @param signers the names of those for whose images alone it may speak */
    private void root(String name, String material, String asked, String... signers) {
        String repositories = Stream.concat(Stream.of(name), Stream.of(signers))
                .map(signer -> "'upstream.test/" + signer + "/**'")
                .collect(Collectors.joining(", "));
        roots.append("  %s: {%s, %s, repositories: [%s]}\n".formatted(name, material, asked, repositories));
    }

    private void signer(String name, String who) {
        signer(name, who, "signedBy: {any: [" + name + "]}");
    }

    private void signer(String name, String who, String asks) {
        signers.append("  %s: %s\n".formatted(name, who));
        rules.append("  - {name: %s, repositories: ['upstream.test/%s/**'], %s}\n".formatted(name, name, asks));
    }
}
