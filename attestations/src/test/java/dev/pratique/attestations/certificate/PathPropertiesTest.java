package dev.pratique.attestations.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.testing.Generator;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Pki.Authority;
import dev.pratique.attestations.testing.TestKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds of every set of authorities, and of whatever comes with a certificate. */
class PathPropertiesTest {
    private static final int RUNS = 400;
    private static final List<Authority> ALL = authorities();
    private static final List<Certificate> LEAVES = leaves();

    /** Three roots, two of them of one name, and chains below; some that end early. */
    private static List<Authority> authorities() {
        List<Authority> all = new ArrayList<>();
        for (String name : List.of("one", "one", "two")) {
            Authority root = Pki.root(name);
            Authority first = root.intermediate("first");
            Authority second = first.intermediate("second");
            Authority ended =
                    root.intermediate(Pki.authority("ended", TestKey.p256()).valid(Pki.BEGIN, Pki.SIGNED));
            all.addAll(List.of(root, first, second, ended));
        }
        return List.copyOf(all);
    }

    private static List<Certificate> leaves() {
        List<Certificate> leaves = new ArrayList<>();
        for (Authority authority : ALL) {
            leaves.add(authority.issue(Pki.fulcio(TestKey.A)));
        }
        return List.copyOf(leaves);
    }

    private static boolean isProved(Certificate leaf, List<Certificate> offered, List<CertificateAuthority> trusted) {
        try {
            ProvedCertificate proved = CertificatePath.prove(leaf, offered, trusted, Pki.SIGNED.plusSeconds(1));
            assertThat(trusted).contains(proved.authority());
            return true;
        } catch (UnprovenException e) {
            return false;
        }
    }

    private static List<CertificateAuthority> trusted(Generator random) {
        List<CertificateAuthority> trusted = new ArrayList<>();
        for (Authority authority : random.someOf(ALL, 25)) {
            trusted.add(random.chance(70) ? authority.trustedPrivately() : authority.trusted());
        }
        return trusted;
    }

    /** The way up from the leaf, now and then with a step missing. */
    private static List<Certificate> offered(Generator random, int leaf) {
        List<Certificate> chain = ALL.get(leaf).chain();
        return random.chance(80) ? chain : random.someOf(chain, 60);
    }

    private static List<Certificate> shuffled(List<Certificate> certificates, Generator random) {
        List<Certificate> shuffled = new ArrayList<>(certificates);
        Collections.shuffle(shuffled, new Random(random.below(1 << 20)));
        return shuffled;
    }

    @Test
    void without_an_authority_nothing_is_proved_that_was_not_with_it() {
        int proved = 0;
        for (Generator random : Generator.runs("an authority less", RUNS)) {
            int leaf = random.below(LEAVES.size());
            List<Certificate> offered = offered(random, leaf);
            List<CertificateAuthority> trusted = trusted(random);
            List<CertificateAuthority> fewer = random.someOf(trusted, 60);
            boolean with = isProved(LEAVES.get(leaf), offered, trusted);
            boolean without = isProved(LEAVES.get(leaf), offered, fewer);
            assertThat(!without || with).as(random.toString()).isTrue();
            proved += with ? 1 : 0;
        }
        assertThat(proved).isBetween(RUNS / 20, RUNS * 19 / 20);
    }

    @Test
    void whatever_else_comes_with_it_what_was_proved_stays_proved() {
        int proved = 0;
        for (Generator random : Generator.runs("junk among the certificates", RUNS)) {
            int leaf = random.below(LEAVES.size());
            List<Certificate> offered = offered(random, leaf);
            List<CertificateAuthority> trusted = trusted(random);
            List<Certificate> more = new ArrayList<>(offered);
            for (Authority junk : random.someOf(ALL, 30)) {
                if (more.size() < CertificateLimits.MAX_OFFERED) {
                    more.add(junk.certificate());
                }
            }
            boolean without = isProved(LEAVES.get(leaf), offered, trusted);
            boolean with = isProved(LEAVES.get(leaf), shuffled(more, random), trusted);
            assertThat(!without || with).as(random.toString()).isTrue();
            proved += without ? 1 : 0;
        }
        assertThat(proved).isBetween(RUNS / 20, RUNS * 19 / 20);
    }

    @Test
    void without_any_authority_nothing_is_proved() {
        for (Generator random : Generator.runs("no authority", 50)) {
            int leaf = random.below(LEAVES.size());
            assertThat(isProved(LEAVES.get(leaf), offered(random, leaf), List.of()))
                    .as(random.toString())
                    .isFalse();
        }
    }
}
