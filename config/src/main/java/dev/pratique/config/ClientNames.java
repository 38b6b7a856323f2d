package dev.pratique.config;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/**
 * What a client has proved to be called.
 *
 * @param user whose password it knows
 * @param uris of its certificate
 * @param hosts the other names of its certificate: DNS names in lower case; the common name only where the certificate
 *     has neither URI nor DNS name, because an authority that checks those may let anyone choose this one
 */
public record ClientNames(Optional<String> user, List<String> uris, List<String> hosts) {
    /** A client that has proved nothing. */
    public static final ClientNames NONE = new ClientNames(Optional.empty(), List.of(), List.of());

    /** RFC 5280 section 4.2.1.6, GeneralName. */
    private static final int DNS_NAME = 2;

    private static final int URI = 6;

    public ClientNames {
        uris = List.copyOf(uris);
        hosts = List.copyOf(hosts);
    }

    /**
     * The names in a certificate whose chain was verified.
     *
     * @throws CertificateParsingException where its names cannot be read
     */
    public static ClientNames of(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        List<String> uris = new ArrayList<>();
        List<String> hosts = new ArrayList<>();
        for (List<?> name : names == null ? List.<List<?>>of() : names) {
            int kind = (Integer) name.get(0);
            if (kind == URI) {
                uris.add((String) name.get(1));
            } else if (kind == DNS_NAME) {
                hosts.add(((String) name.get(1)).toLowerCase(Locale.ROOT));
            }
        }
        if (uris.isEmpty() && hosts.isEmpty()) {
            commonName(certificate).ifPresent(hosts::add);
        }
        return new ClientNames(Optional.empty(), uris, hosts);
    }

    private static Optional<String> commonName(X509Certificate certificate) {
        List<String> found = new ArrayList<>();
        for (RDN part : X500Name.getInstance(
                        certificate.getSubjectX500Principal().getEncoded())
                .getRDNs()) {
            for (AttributeTypeAndValue one : part.getTypesAndValues()) {
                if (one.getType().equals(BCStyle.CN)) {
                    found.add(IETFUtils.valueToString(one.getValue()));
                }
            }
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** The same, with the name of the user whose password it also knows. */
    public ClientNames withUser(String name) {
        return new ClientNames(Optional.of(name), uris, hosts);
    }

    /** The certificate's first name, for people; empty where there is no certificate, or no name in it. */
    public Optional<String> certificate() {
        return uris.stream().findFirst().or(() -> hosts.stream().findFirst());
    }
}
