package dev.pratique.attestations.verify;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Holder;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.Signatory;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.verify.KeyProof.Made;
import dev.pratique.attestations.verify.VerifiedStatement.SignedBy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A signature that a trusted key made: for whom it counts, and for how long. For one thread. */
final class WitnessedKey {
    private final TrustRoots roots;
    private final Piece piece;
    private final Made made;
    private final List<Root> applicable;
    private final Instant now;
    private final Examination all;
    private final List<Heard> heard = new ArrayList<>();

    /** What one root's logs and authorities say. */
    private record Heard(Root root, Witnesses witnesses) {
        /** Until when it can be relied on. */
        Instant end() {
            return earlier(root.staleSince().orElse(Instant.MAX), witnesses.end());
        }
    }

    WitnessedKey(TrustRoots roots, Piece piece, Made made, List<Root> applicable, Instant now, Examination all) {
        this.roots = roots;
        this.piece = piece;
        this.made = made;
        this.applicable = applicable;
        this.now = now;
        this.all = all;
    }

    /**
     * A proof for each moment at which something that it rests on ends.
     *
     * @return empty where only roots that are too old say what the signers ask for
     * @throws UnprovenException where what came along contradicts it, or it counts for nobody because it is less than asked
     */
    List<Proof> prove() throws MalformedEvidenceException, UnprovenException {
        hear();
        List<Heard> fresh = heard.stream().filter(one -> !one.root.isStale(now)).toList();
        Witnesses witnesses =
                Witnesses.together(piece, fresh.stream().map(Heard::witnesses).toList());
        Map<Instant, List<Signatory>> counted = new TreeMap<>();
        List<UnprovenException> lacking = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (Holder holder : roots.holders(made.way())) {
            try {
                Optional<Instant> end = witnessed(holder);
                if (end.isPresent() && !isOpen(holder, fresh)) {
                    counted.computeIfAbsent(earlier(end.get(), timed(holder, fresh)), any -> new ArrayList<>())
                            .add(holder.signatory());
                }
            } catch (UnprovenException e) {
                lacking.add(e);
                all.lacks(holder.name(), e.rejection());
                findings.add(Finding.failed(Verification.check(e.rejection()), e.saw(), piece.where()));
            }
        }
        if (counted.isEmpty() && !lacking.isEmpty()) {
            throw lacking.get(0);
        }
        findings.addAll(0, findings(counted, witnesses));
        List<Proof> proofs = new ArrayList<>();
        counted.forEach((end, signatories) -> proofs.add(new Proof(
                new SignedBy(
                        made.way().key().id(),
                        made.way().key().id(),
                        "the key " + made.way().key().id().brief(),
                        signatories),
                Optional.empty(),
                witnesses,
                Optional.of(end).filter(moment -> moment.isBefore(Instant.MAX)),
                findings)));
        return proofs;
    }

    // Whom a stale root trusts may contradict; that it vouches for something is no longer enough.
    private void hear() throws MalformedEvidenceException, UnprovenException {
        Witnesses together = hear(applicable);
        for (Root root : applicable) {
            try {
                heard.add(new Heard(root, applicable.size() == 1 ? together : hear(List.of(root))));
            } catch (UnprovenException e) {
                // A log of which the one root has another key, or another time, than the one that it holds by: for this
                // root nobody knows of it. All of them together found no contradiction.
                if (e.rejection() == Rejection.LIMIT) {
                    throw e;
                }
            }
        }
    }

    private Witnesses hear(List<Root> some) throws MalformedEvidenceException, UnprovenException {
        // cosign logs the certificate where there is one, else the key. An entry that names a certificate of another
        // key is for whoever watches the log of another; and that somebody lays one of this key beside it takes nothing
        // from an entry that names the key.
        byte[] key = made.way().key().spki();
        Optional<byte[]> certificate = piece.material().certificates().stream()
                .limit(1)
                .filter(one -> Arrays.equals(one.spki(), key))
                .map(Certificate::der)
                .findFirst();
        // A root that nobody asks is not read for it.
        Stream<TrustedRoot> asked =
                piece.material().isWitnessed() ? some.stream().map(Root::material) : Stream.of();
        List<TrustedRoot> read = asked.toList();
        return Witnesses.hear(
                piece,
                made.signature(),
                key,
                certificate,
                read.stream().flatMap(root -> root.logs().stream()).toList(),
                read.stream()
                        .flatMap(root -> root.timestampAuthorities().stream())
                        .toList(),
                now,
                all);
    }

    /**
     * Until when a root that the signer names says what it asks.
     *
     * @return empty where only one that is too old does, or might: a fresh one could know of what is strange to it
     * @throws UnprovenException where none does
     */
    private Optional<Instant> witnessed(Holder holder) throws UnprovenException {
        if (holder.key().roots().isEmpty()) {
            return Optional.of(Instant.MAX);
        }
        Optional<Instant> end = Optional.empty();
        List<Root> open = new ArrayList<>();
        UnprovenException nearest = unheard(holder);
        for (Heard one : heard) {
            if (!holder.key().roots().contains(one.root.name())) {
                continue;
            }
            if (one.root.isNeverFetched()) {
                open.add(one.root);
                continue;
            }
            try {
                one.witnesses.requireEnough(one.root);
                if (one.root.isStale(now)) {
                    open.add(one.root);
                } else {
                    end = Optional.of(end.isEmpty() || end.get().isBefore(one.end()) ? one.end() : end.get());
                }
            } catch (UnprovenException e) {
                if (one.root.isStale(now) && one.witnesses.couldSuffice(one.root)) {
                    open.add(one.root);
                }
                nearest = new UnprovenException(
                        e.rejection(),
                        Printable.line("signed by the key of " + holder.name() + ", who asks for more: " + e.saw()));
            }
        }
        if (end.isEmpty() && open.isEmpty()) {
            throw nearest;
        }
        if (end.isEmpty()) {
            open.forEach(all::unread);
        }
        return end;
    }

    private UnprovenException unheard(Holder holder) {
        boolean logs =
                roots.roots().stream().anyMatch(root -> holder.key().roots().contains(root.name()) && root.logs() > 0);
        return new UnprovenException(
                logs ? Rejection.NOT_LOGGED : Rejection.NOT_STAMPED,
                Printable.line("signed by the key of " + holder.name() + ", and "
                        + (logs ? "no log" : "no timestamp authority") + " of its roots ("
                        + String.join(", ", new TreeSet<>(holder.key().roots())) + ") that counts for this repository "
                        + (logs ? "has it" : "stamped it")));
    }

    /**
     * Whether a root that is too old says of the moment of signing what changes the answer, or a fresh one might: neither then
     * counts. It is among what could not be read.
     */
    private boolean isOpen(Holder holder, List<Heard> fresh) {
        boolean says = counts(holder, heard) != counts(holder, fresh);
        // No time that is still strange lies in the future.
        boolean mightSay = times(heard).isEmpty() && holder.key().validity().at(now) == Validity.State.ENDED;
        List<Root> open = heard.stream()
                .filter(one -> one.root.isStale(now))
                .filter(one -> says && !one.witnesses.times().isEmpty() || mightSay && one.witnesses.hasStrangers())
                .map(Heard::root)
                .toList();
        open.forEach(all::unread);
        return !open.isEmpty();
    }

    private boolean counts(Holder holder, List<Heard> some) {
        List<Instant> times = times(some);
        return (times.isEmpty() ? List.of(now) : times)
                .stream().allMatch(time -> holder.key().validity().at(time) == Validity.State.VALID);
    }

    private List<Instant> times(List<Heard> some) {
        return Witnesses.together(piece, some.stream().map(Heard::witnesses).toList())
                .times();
    }

    // A key that always counts needs nobody's word for when it signed. Another one's times are judged as long as
    // anybody vouches for one of them.
    private static Instant timed(Holder holder, List<Heard> fresh) {
        if (holder.key().validity().isAlways()) {
            return Instant.MAX;
        }
        return fresh.stream()
                .filter(one -> !one.witnesses.times().isEmpty())
                .map(Heard::end)
                .max(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private List<Finding> findings(Map<Instant, List<Signatory>> counted, Witnesses witnesses) {
        List<Finding> findings = new ArrayList<>();
        findings.add(signedBy(counted));
        findings.addAll(witnesses.findings(piece.where()));
        findings.addAll(witnesses.strangers(piece.where()));
        return findings;
    }

    private Finding signedBy(Map<Instant, List<Signatory>> counted) {
        TreeSet<String> names = new TreeSet<>();
        counted.values().forEach(some -> some.forEach(signatory -> names.add(signatory.name())));
        boolean usual = made.way().algorithm().equals(made.way().key().defaultAlgorithm());
        return Finding.passed(
                Check.IDENTITY,
                "signed by " + String.join(", ", names) + " ("
                        + made.way().key().type().label() + " key "
                        + made.way().key().id().brief()
                        + (usual ? "" : ", " + made.way().algorithm()) + ")",
                piece.where());
    }
}
