package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * What every role's metadata has.
 *
 * @param version at least 1
 * @param expires from then on nothing rests on it
 */
record MetadataHead(long version, Instant expires) {

    /** @param type that {@code _type} must be: a signature of one role's key must not count for another's file */
    static MetadataHead of(JsonObject signed, String type) throws MalformedEvidenceException {
        if (!signed.getString("_type").equals(type)) {
            throw new MalformedEvidenceException("'_type' is not " + type);
        }
        // Section 4.3: "clients MUST verify that spec_version matches the expected version number"; a minor change is
        // compatible. Sigstore writes 1.0.
        if (!signed.getString("spec_version").matches("1\\.[0-9]{1,6}(\\.[0-9]{1,6})?")) {
            throw new MalformedEvidenceException("'spec_version' is not 1");
        }
        long version = signed.get("version").asSize("'version'");
        if (version < 1) {
            throw new MalformedEvidenceException("'version' is 0");
        }
        return new MetadataHead(version, date(signed.getString("expires")));
    }

    // Section 4.2.3 has whole seconds and Z; Sigstore's first roots have fractions, and one an offset.
    private static Instant date(String text) throws MalformedEvidenceException {
        if (text.length() > TufLimits.MAX_DATE) {
            throw new MalformedEvidenceException("'expires' is not a date");
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new MalformedEvidenceException("'expires' is not a date", e);
        }
    }

    /**
     * Sections 5.3.10, 5.4.4, 5.5.6 and 5.6.5: "MUST be higher than the fixed update start time".
     *
     * @throws TufException EXPIRED
     */
    void notExpired(Instant now, String what) throws TufException {
        if (!expires.isAfter(now)) {
            throw new TufException(Reason.EXPIRED, what + " version " + version + " expired on " + expires);
        }
    }
}
