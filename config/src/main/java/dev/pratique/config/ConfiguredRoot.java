package dev.pratique.config;

import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.trust.TrustedRoot;
import java.util.List;
import java.util.Optional;

/**
 * A root of trust.yaml, for those who show it or refresh it.
 *
 * @param from where it is from, a few words for people
 * @param material what it is trusted for; empty where it was never fetched
 * @param refreshed how it is refreshed; empty for one that is what the operator's files say
 * @param standing what the last update left; empty for one that is not refreshed, or was never fetched
 * @param trouble why what is kept of it cannot be used
 * @param inUse whether a signer rests on it: what nobody rests on is not asked for
 */
public record ConfiguredRoot(
        String name,
        String from,
        Optional<TrustedRoot> material,
        Optional<RefreshedRoot> refreshed,
        Optional<RootCache.Standing> standing,
        Optional<String> trouble,
        boolean inUse) {

    /** The same, with whether a signer rests on it. */
    ConfiguredRoot inUse(boolean now) {
        return new ConfiguredRoot(name, from, material, refreshed, standing, trouble, now);
    }

    /** The same, of whose authorities none counts but these. */
    ConfiguredRoot certifiedBy(List<CertificateAuthority> authorities) {
        return new ConfiguredRoot(
                name,
                from + "; who certifies: authorities of one's own",
                material.map(one -> one.certifiedBy(authorities)),
                refreshed,
                standing,
                trouble,
                inUse);
    }

    /** One of the operator's own files. */
    static ConfiguredRoot ofFiles(String name, String from, TrustedRoot material, boolean inUse) {
        return new ConfiguredRoot(
                name, from, Optional.of(material), Optional.empty(), Optional.empty(), Optional.empty(), inUse);
    }
}
