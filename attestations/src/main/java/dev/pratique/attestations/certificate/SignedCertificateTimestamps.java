package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.transparency.TransparencyLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Certificate transparency (RFC 6962): that logs which are trusted know of a certificate. */
public final class SignedCertificateTimestamps {
    private SignedCertificateTimestamps() {}

    /**
     * What trusted logs promised of this certificate, one promise of each log, however many it made.
     *
     * @param detached of the evidence, beside the certificate: the TLS structure, or JSON as a log answers
     * @param logs whose promises count
     * @return at least one
     * @throws UnprovenException CERTIFICATE_NOT_LOGGED where no promise holds, with the reason; MALFORMED where the promises
     *     cannot be read
     */
    public static List<ProvedSct> prove(
            ProvedCertificate certificate, Optional<byte[]> detached, List<TransparencyLog> logs)
            throws UnprovenException {
        try {
            Search search = new Search(certificate, logs);
            Extension embedded = certificate.certificate().extensions.get(Extension.TIMESTAMP_LIST);
            if (embedded != null) {
                search.lookAtEmbedded(embedded);
            }
            if (detached.isPresent()) {
                search.lookAtDetached(detached.get());
            }
            return search.found();
        } catch (MalformedEvidenceException e) {
            throw new UnprovenException(Rejection.MALFORMED, e.getMessage());
        }
    }

    /**
     * Whether there are promises of which none of these logs would have to know.
     *
     * @param detached as {@link #prove} has it
     */
    public static boolean areOfStrangers(
            Certificate certificate, Optional<byte[]> detached, List<TransparencyLog> logs) {
        try {
            List<SignedCertificateTimestamp> all = new ArrayList<>();
            Extension embedded = certificate.extensions.get(Extension.TIMESTAMP_LIST);
            if (embedded != null) {
                all.addAll(parse(embedded));
            }
            if (detached.isPresent()) {
                SignedCertificateTimestamp.parseDetached(detached.get()).ifPresent(all::add);
            }
            return all.stream().anyMatch(one -> logs.stream().noneMatch(log -> Arrays.equals(log.id(), one.logId())));
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }

    private static List<SignedCertificateTimestamp> parse(Extension embedded) throws MalformedEvidenceException {
        Der value = embedded.read("the list of signed certificate timestamps");
        byte[] list = value.content(Der.OCTET_STRING);
        value.end();
        return SignedCertificateTimestamp.parseList(list);
    }

    private static final class Search {
        private final ProvedCertificate proved;
        private final Certificate certificate;
        private final List<TransparencyLog> logs;
        private final Map<TransparencyLog, ProvedSct> found = new LinkedHashMap<>();
        private String why = "its certificate has no signed certificate timestamp";

        Search(ProvedCertificate proved, List<TransparencyLog> logs) {
            this.proved = proved;
            this.certificate = proved.certificate();
            this.logs = logs;
        }

        void lookAtEmbedded(Extension embedded) throws MalformedEvidenceException {
            List<SignedCertificateTimestamp> list = parse(embedded);
            byte[] tbs = Precertificate.tbsWithoutTimestamps(certificate);
            // RFC 6962 section 3.2: "issuer_key_hash is the SHA-256 hash of the certificate issuer's public key,
            // calculated over the DER encoding of the key represented as SubjectPublicKeyInfo"; so no other issuer's
            // certificate of the same name can be meant.
            byte[] issuerKeyHash = HexFormat.of()
                    .parseHex(Digest.sha256(proved.issuer().spki()).hex());
            for (SignedCertificateTimestamp one : list) {
                lookAt(one, one.signedOver(issuerKeyHash, tbs));
            }
        }

        void lookAtDetached(byte[] detached) throws MalformedEvidenceException {
            Optional<SignedCertificateTimestamp> one = SignedCertificateTimestamp.parseDetached(detached);
            if (one.isPresent()) {
                lookAt(one.get(), one.get().signedOver(certificate.der()));
            }
        }

        private void lookAt(SignedCertificateTimestamp one, byte[] signed) {
            List<TransparencyLog> named = logs.stream()
                    .filter(log -> Arrays.equals(log.id(), one.logId()))
                    .toList();
            Optional<Instant> time = one.instant();
            if (named.isEmpty() || time.isEmpty()) {
                why = "its certificate's timestamp is of log " + HexFormat.of().formatHex(one.logId())
                        + ", which is not trusted here";
                return;
            }
            for (TransparencyLog log : named) {
                if (!found.containsKey(log) && holds(one, signed, log, time.get())) {
                    found.put(log, new ProvedSct(log, time.get()));
                }
            }
        }

        private boolean holds(SignedCertificateTimestamp one, byte[] signed, TransparencyLog log, Instant time) {
            String name = Printable.line(log.name());
            if (log.validity().at(time) != Validity.State.VALID) {
                why = "its certificate's timestamp is of " + time + ", when the key of " + name + " was not valid";
                return false;
            }
            // RFC 6962 compares it with nothing. Of a time before the certificate's first moment it may well be:
            // the authority takes that from its own clock, and asks the log before it issues the certificate. A
            // promise of a certificate that has ended is nobody's honest one.
            if (time.isAfter(certificate.notAfter)) {
                why = "its certificate's timestamp is of " + time + ", when the certificate had ended";
                return false;
            }
            if (!one.isFor(log.key()) || !log.hasSigned(signed, one.signature())) {
                why = "its certificate's timestamp is not what " + name + " signed of this certificate and its issuer";
                return false;
            }
            return true;
        }

        List<ProvedSct> found() throws UnprovenException {
            if (found.isEmpty()) {
                throw new UnprovenException(Rejection.CERTIFICATE_NOT_LOGGED, why);
            }
            return new ArrayList<>(found.values());
        }
    }
}
