package dev.pratique.config;

import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.trust.TrustedRoot;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A root of trust.yaml, for those who show it or refresh it.
 *
 * @param from where it is from, a few words for people
 * @param material what it is trusted for; empty where it was never fetched
 * @param own authorities of the operator's own, which alone certify; empty where those of the material do
 * @param refreshed how it is refreshed; empty for one that is what the operator's files say
 * @param standing what the last update left; empty for one that is not refreshed, or was never fetched
 * @param trouble why what is kept of it cannot be used
 * @param lacking where it is refreshed: what trust.yaml asks of it and it does not have now, a sentence each
 * @param inUse whether a signer rests on it: what nobody rests on is not asked for
 */
public record ConfiguredRoot(
        String name,
        String from,
        Optional<TrustedRoot> material,
        List<CertificateAuthority> own,
        Optional<RefreshedRoot> refreshed,
        Optional<RootCache.Standing> standing,
        Optional<String> trouble,
        List<String> lacking,
        boolean inUse) {
    public ConfiguredRoot {
        own = List.copyOf(own);
        lacking = List.copyOf(lacking);
    }

    /** One that is refreshed. */
    public static ConfiguredRoot refreshed(
            RefreshedRoot root,
            String from,
            Optional<TrustedRoot> material,
            Optional<RootCache.Standing> standing,
            Optional<String> trouble,
            boolean inUse) {
        return new ConfiguredRoot(
                root.name(), from, material, List.of(), Optional.of(root), standing, trouble, List.of(), inUse);
    }

    /** One of the operator's own files. */
    static ConfiguredRoot ofFiles(String name, String from, TrustedRoot material, boolean inUse) {
        return new ConfiguredRoot(
                name,
                from,
                Optional.of(material),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                inUse);
    }

    /** The same, with whether a signer rests on it. */
    ConfiguredRoot inUse(boolean now) {
        return new ConfiguredRoot(name, from, material, own, refreshed, standing, trouble, lacking, now);
    }

    /** The same, with what it does not have. */
    ConfiguredRoot lacking(List<String> now) {
        return new ConfiguredRoot(name, from, material, own, refreshed, standing, trouble, now, inUse);
    }

    /** The same, of whose authorities none counts but these. */
    ConfiguredRoot certifiedBy(List<CertificateAuthority> authorities) {
        return new ConfiguredRoot(
                name,
                from + "; who certifies: authorities of one's own",
                material.map(one -> one.certifiedBy(authorities)),
                authorities,
                refreshed,
                standing,
                trouble,
                lacking,
                inUse);
    }

    /** Who certifies, as far as that is known. */
    Stream<CertificateAuthority> authorities() {
        return own.isEmpty() ? material.stream().flatMap(one -> one.authorities().stream()) : own.stream();
    }
}
