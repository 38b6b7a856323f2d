package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.certificate.CertificateIdentity;
import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.certificate.ProvedCertificate;
import dev.pratique.attestations.certificate.SubjectName;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.timestamp.VerifiedTimestamp;
import dev.pratique.attestations.transparency.LoggedEntry;
import dev.pratique.attestations.verify.VerifiedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One proof that somebody signed what was asked for, for people and for programs: who, and who vouches for what. */
record ProofReport(VerifiedStatement proof) {

    /** The first says what it is, the others what was seen. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("proof:     " + title());
        proof.certificate().ifPresent(certificate -> {
            certificate.identity().lines().forEach(line -> lines.add("  identity: " + line));
            lines.add(Printable.line(
                    "  vouched:  by the authority " + certificate.authority().name()));
        });
        for (LoggedEntry entry : proof.logEntries()) {
            String time = entry.integratedTime().map(taken -> ", at " + taken).orElse("");
            lines.add(Printable.line(
                    "  logged:   entry " + entry.index() + " of " + entry.log().name() + time));
        }
        for (VerifiedTimestamp timestamp : proof.timestamps()) {
            lines.add(Printable.line("  stamped:  " + timestamp.time() + " by " + timestamp.authority()));
        }
        new TreeMap<>(proof.annotations())
                .forEach((name, value) -> lines.add(Printable.line("  says:     " + name + "=" + value)));
        return lines;
    }

    private String title() {
        String says = predicateType().map(type -> "a statement, " + type).orElse("a signature");
        String who = proof.certificate()
                .map(certificate -> who(certificate.identity()))
                .orElse(proof.signerLabel());
        String when = proof.signedTimes().isEmpty()
                ? ""
                : ", signed " + proof.signedTimes().get(0);
        return Printable.line(says + " by " + who + when) + " [" + proof.where() + "]";
    }

    private static String who(CertificateIdentity identity) {
        String name = identity.subjects().isEmpty()
                ? identity.subjectDn()
                : String.join(
                        ", ",
                        identity.subjects().stream().map(SubjectName::value).toList());
        return name + identity.issuer().map(issuer -> ", issuer " + issuer).orElse("");
    }

    private Optional<String> predicateType() {
        return proof.statement().map(Statement::predicateType);
    }

    Map<String, Object> row() {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("predicateType", predicateType().orElse(null));
        row.put("annotations", new TreeMap<>(proof.annotations()));
        row.put("signer", proof.signerLabel());
        row.put("signerId", proof.signerId().toString());
        row.put("certificate", proof.certificate().map(ProofReport::row).orElse(null));
        row.put("logEntries", proof.logEntries().stream().map(ProofReport::row).toList());
        row.put("timestamps", proof.timestamps().stream().map(ProofReport::row).toList());
        row.put(
                "signedTimes",
                proof.signedTimes().stream().map(Instant::toString).toList());
        row.put("where", proof.where());
        return row;
    }

    private static Map<String, Object> row(ProvedCertificate certificate) {
        CertificateIdentity identity = certificate.identity();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("issuer", identity.issuer().orElse(null));
        List<Object> subjects = new ArrayList<>();
        identity.subjects().forEach(subject -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("kind", subject.kind().name().toLowerCase(Locale.ROOT));
            one.put("value", subject.value());
            subjects.add(one);
        });
        row.put("subjects", subjects);
        row.put("subjectName", identity.subjectDn().isEmpty() ? null : identity.subjectDn());
        Map<String, Object> claims = new LinkedHashMap<>();
        for (FulcioExtension extension : FulcioExtension.values()) {
            if (extension != FulcioExtension.ISSUER) {
                identity.extension(extension).ifPresent(value -> claims.put(extension.fieldName(), value));
            }
        }
        row.put("claims", claims);
        row.put("key", certificate.key().id().toString());
        row.put("authority", certificate.authority().name());
        return row;
    }

    private static Map<String, Object> row(LoggedEntry entry) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("log", entry.log().name());
        row.put("index", entry.index());
        row.put("integratedTime", entry.integratedTime().map(Instant::toString).orElse(null));
        return row;
    }

    private static Map<String, Object> row(VerifiedTimestamp timestamp) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("authority", timestamp.authority());
        row.put("time", timestamp.time().toString());
        row.put("accuracyMillis", timestamp.accuracy().map(Duration::toMillis).orElse(null));
        return row;
    }
}
