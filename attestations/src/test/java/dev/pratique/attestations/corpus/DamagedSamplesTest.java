package dev.pratique.attestations.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.testing.Damage;
import dev.pratique.attestations.testing.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Of every shape in which real cosign stored evidence, copies with one thing changed: none passes where the original does,
 * but for what is listed here with the reason why it says nothing.
 */
class DamagedSamplesTest {
    /** Bits flipped in each longer value of each sample; another seed flips others. */
    private static final int FLIPS = Integer.getInteger("pratique.flips", 3);
    /** With so many others each sample changes parts. */
    private static final int OTHERS = 3;

    /**
     * What may change in evidence that still passes.
     *
     * @param what a pattern over the whole of what was changed, after the sample's name
     * @param why it proves nothing, or something else proves it as well
     */
    private record Harmless(String what, String why) {
        boolean is(String changed) {
            return Pattern.compile(what).matcher(changed).matches();
        }
    }

    private static final List<Harmless> HARMLESS = List.of(
            new Harmless(
                    "keyed\\S* \\S+: >verificationMaterial\\.publicKey\\b.*",
                    "the signer calls the key so; every trusted key is tried"),
            new Harmless(
                    "keyed(\\+time)? \\S+: (>verificationMaterial\\.tlogEntries(\\[0])? (removed|null)"
                            + "|@dev\\.sigstore\\.cosign/bundle (removed|empty))",
                    "a trusted key is enough where nobody asks for a log"),
            new Harmless(
                    "keyed(\\+log)? \\S+: (>verificationMaterial\\.timestampVerificationData"
                            + "(\\.rfc3161Timestamps)?(\\[0])? (removed|null)"
                            + "|@dev\\.sigstore\\.cosign/rfc3161timestamp (removed|empty))",
                    "the same of timestamps"),
            new Harmless(
                    "keyed \\S+: >verificationMaterial of the other, which is \\S+ without witnesses",
                    "the same, and the other's hint"),
            new Harmless(
                    "keyed(\\+time)? \\S+: (>verificationMaterial\\.tlogEntries\\[0]\\.logId\\.keyId"
                            + "|@dev\\.sigstore\\.cosign/bundle>Payload\\.logID) with a .*",
                    "an entry of a log that is not trusted counts for nothing where nobody asks for one"),
            new Harmless(
                    "((keyed(\\+log)? \\S+|keyless kl-bundle-rekor1-tsa/0): >verificationMaterial\\.timestampVerificationData\\."
                            + "rfc3161Timestamps\\[0]\\.signedTimestamp"
                            + "|keyed(\\+log)? \\S+: @dev\\.sigstore\\.cosign/rfc3161timestamp>SignedRFC3161Timestamp)"
                            + " with a bit of byte [0-9]+ flipped",
                    "a token that names another signer is a stranger's and counts for nothing; nobody asked for one"),
            new Harmless(
                    "(keyless|keyed\\S*) \\S+: >verificationMaterial\\.timestampVerificationData\\."
                            + "rfc3161Timestamps\\[0]\\.signedTimestamp with a bit of byte (8|234) flipped",
                    "nobody signs the answer's status, granted with or without changes, nor what an empty list would be of"),
            new Harmless(
                    "\\S+ \\S+: >\\S*(tlogEntries|rfc3161Timestamps|signatures)\\[0] twice",
                    "one log, authority or key counts once"),
            new Harmless(
                    "keyless kl-bundle-rekor1-tsa/0: >verificationMaterial\\.timestampVerificationData"
                            + "(\\.rfc3161Timestamps)?(\\[0])? (removed|null)",
                    "the log's promise says when, and its root asks for no timestamp"),
            new Harmless(
                    "(keyed\\S* \\S+|keyless kl-bundle-rekor1-tsa/0): >verificationMaterial\\.tlogEntries\\[0]\\.inclusionPromise"
                            + "(\\.signedEntryTimestamp)? (removed|null|empty)",
                    "the inclusion proof proves the entry as well, and a timestamp or nobody says when"),
            new Harmless(
                    "\\S+ \\S+: >verificationMaterial\\.tlogEntries\\[0]\\.integratedTime of the other, .*",
                    "BND-02: without a promise nobody signed it, and it is no time"),
            new Harmless(
                    "\\S+ att-\\S+: @(dev\\.cosignproject\\.cosign/signature|predicateType) .*",
                    "an envelope has its signature and its type inside"),
            new Harmless(
                    "keyed\\S* \\S+: >@dev\\.sigstore\\.cosign/(certificate|chain) of the other, .*",
                    "a trusted key is enough; a certificate beside it is not looked at"),
            new Harmless(
                    "keyless kl-legacy-\\S+: >?@dev\\.sigstore\\.cosign/chain (removed|of the other, .*)",
                    "the certificates above Fulcio's are the root's"),
            new Harmless(
                    "keyless kl-legacy-\\S+: @dev\\.sigstore\\.cosign/(certificate|chain) with a letter more",
                    "RFC 7468 section 2: what stands around a certificate's text is not read"));

    @TestFactory
    Stream<DynamicTest> no_damaged_copy_passes() {
        List<SignedSample> samples = SignedSample.ofEachShape();
        assertThat(samples).hasSizeGreaterThan(10);
        return samples.stream()
                .map(sample -> dynamicTest(sample.name(), () -> {
                    Generator generator = Generator.runs("damaged " + sample.name(), 1)
                            .iterator()
                            .next();
                    TreeSet<String> passed = new TreeSet<>();
                    AtomicInteger copies = new AtomicInteger();
                    new Damage(generator, FLIPS).each(sample.evidence(), (what, copy) -> {
                        copies.incrementAndGet();
                        if (sample.admits(copy)) {
                            passed.add(sample.kind() + " " + sample.name() + ": " + what);
                        }
                    });
                    System.out.println(
                            "[damaged] " + sample.name() + ": " + copies + " copies, " + passed.size() + " harmless");
                    assertThat(copies).hasValueGreaterThan(50);
                    assertThat(unexplained(passed)).as(generator.toString()).isEmpty();
                }));
    }

    @Test
    void nothing_of_one_image_makes_that_of_another_pass() {
        List<SignedSample> samples = SignedSample.all();
        TreeSet<String> passed = new TreeSet<>();
        int swaps = 0;
        for (SignedSample one : samples) {
            for (SignedSample other : othersAfter(one, samples)) {
                List<Map.Entry<String, EvidenceBytes>> copies = new ArrayList<>();
                Damage.eachSwap(one.evidence(), other.evidence(), (what, copy) -> copies.add(Map.entry(what, copy)));
                copies.add(Map.entry("all", other.evidence()));
                for (Map.Entry<String, EvidenceBytes> copy : copies) {
                    swaps++;
                    if (one.admits(copy.getValue())) {
                        passed.add(one.kind() + " " + one.name() + ": >" + copy.getKey() + ", which is " + other.name()
                                + (other.hasWitnesses() ? "" : " without witnesses"));
                    }
                }
            }
        }
        System.out.println(
                "[damaged] " + samples.size() + " samples, " + swaps + " swaps, " + passed.size() + " harmless");
        assertThat(swaps).isGreaterThan(500);
        assertThat(unexplained(passed)).isEmpty();
    }

    /** The next ones about other images, in the order of their names, that are stored in the same form. */
    private static List<SignedSample> othersAfter(SignedSample one, List<SignedSample> samples) {
        List<SignedSample> inOrder = new ArrayList<>(samples.subList(samples.indexOf(one) + 1, samples.size()));
        inOrder.addAll(samples);
        return inOrder.stream()
                .filter(other -> !other.subject().equals(one.subject()))
                .filter(other -> other.evidence().kind() == one.evidence().kind())
                .limit(OTHERS)
                .toList();
    }

    private static Set<String> unexplained(Set<String> passed) {
        Set<String> unexplained = new TreeSet<>(passed);
        unexplained.removeIf(what -> HARMLESS.stream().anyMatch(harmless -> harmless.is(what)));
        return unexplained;
    }
}
