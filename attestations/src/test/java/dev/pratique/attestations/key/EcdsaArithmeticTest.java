package dev.pratique.attestations.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.testing.TestKey;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who computes decides how fast an answer comes, never which. */
class EcdsaArithmeticTest {
    private static final List<TestKey> KEYS = List.of(TestKey.A, TestKey.P384, TestKey.P521);

    static List<Arithmetics> all() {
        return Arithmetics.all();
    }

    @Test
    void nothing_native_is_loaded_where_no_program_brings_a_provider() {
        assertThat(VerificationKey.computedBy()).isEqualTo("Java");
    }

    @Test
    void the_provider_is_used_without_being_installed() {
        assertThat(Arithmetics.NATIVE.arithmetic().name()).startsWith("AmazonCorrettoCryptoProvider 2.5");
        assertThat(Security.getProviders()).doesNotContain(AmazonCorrettoCryptoProvider.INSTANCE);
    }

    @Test
    void a_provider_without_these_algorithms_or_with_wrong_answers_is_not_taken() {
        assertThat(ProviderEcdsa.by(Security.getProvider("SUN"))).isEmpty();
        assertThat(ProviderEcdsa.by(new Answering("true"))).isEmpty();
        assertThat(ProviderEcdsa.by(new Answering("false"))).isEmpty();
        assertThat(ProviderEcdsa.by(new Answering("throws"))).isEmpty();
        assertThat(ProviderEcdsa.by(Security.getProvider("SunEC"))).isPresent();
    }

    /** One that reads keys as the JDK does and has one answer to every signature. */
    private static final class Answering extends Provider {
        Answering(String answer) {
            super("Answering", "1", "for tests");
            putService(new Service(this, "KeyFactory", "EC", "-", null, null) {
                @Override
                public Object newInstance(Object parameter) throws java.security.NoSuchAlgorithmException {
                    return Security.getProvider("SunEC")
                            .getService("KeyFactory", "EC")
                            .newInstance(parameter);
                }
            });
            putService(new Service(this, "Signature", "NONEwithECDSA", "-", null, null) {
                @Override
                public Object newInstance(Object parameter) {
                    return new OneAnswer(answer);
                }

                @Override
                public boolean supportsParameter(Object parameter) {
                    return true;
                }
            });
        }
    }

    /** Where a provider fails in the middle, Java's answer is given and no other. */
    @Test
    void a_provider_that_fails_on_a_signature_is_replaced_for_it() throws Exception {
        Flaky flaky = new Flaky();
        VerificationKey key = VerificationKey.parseSpki(
                TestKey.A.spki(), ProviderEcdsa.by(flaky).orElseThrow());
        byte[] message = {1, 2, 3};
        byte[] good = TestKey.A.sign(message);
        flaky.fail = true;
        assertThat(key.verify(message, good)).isEqualTo(Verified.BY_THIS_KEY);
        assertThat(key.verify(new byte[] {1, 2, 4}, good)).isEqualTo(Verified.NOT_BY_THIS_KEY);
        VerificationKey made = VerificationKey.parseSpki(
                TestKey.B.spki(),
                ProviderEcdsa.by(Security.getProvider("SunEC")).orElseThrow());
        assertThat(made.verify(message, TestKey.B.sign(message))).isEqualTo(Verified.BY_THIS_KEY);
    }

    private static final class Flaky extends Provider {
        private boolean fail;

        Flaky() {
            super("Flaky", "1", "for tests");
            for (String type : List.of("KeyFactory", "Signature")) {
                String algorithm = type.equals("Signature") ? "NONEwithECDSA" : "EC";
                putService(new Service(this, type, algorithm, "-", null, null) {
                    @Override
                    public Object newInstance(Object parameter) throws java.security.NoSuchAlgorithmException {
                        return fail
                                ? new OneAnswer("throws")
                                : Security.getProvider("SunEC")
                                        .getService(type, algorithm)
                                        .newInstance(parameter);
                    }

                    @Override
                    public boolean supportsParameter(Object parameter) {
                        return true;
                    }
                });
            }
        }
    }

    @Test
    void random_keys_signatures_and_damages_get_the_same_answer_from_all() throws Exception {
        SplittableRandom random = new SplittableRandom(20261121);
        int held = 0;
        int differing = 0;
        for (int i = 0; i < 400; i++) {
            TestKey key = KEYS.get(random.nextInt(KEYS.size()));
            byte[] message = new byte[random.nextInt(100)];
            random.nextBytes(message);
            byte[] signature = key.sign(message);
            if (random.nextInt(4) > 0) {
                signature[random.nextInt(signature.length)] ^= (byte) (1 << random.nextInt(8));
            }
            List<SignatureAlgorithm> ways = key.trusted().algorithms();
            SignatureAlgorithm way = ways.get(random.nextInt(4) == 0 ? random.nextInt(ways.size()) : 0);
            String java = answer(Arithmetics.JAVA, key, way, message, signature);
            held += java.equals("BY_THIS_KEY") ? 1 : 0;
            differing += java.equals(answer(Arithmetics.NATIVE, key, way, message, signature)) ? 0 : 1;
        }
        assertThat(differing).isZero();
        assertThat(held).isBetween(50, 150);
    }

    private static String answer(
            Arithmetics by, TestKey key, SignatureAlgorithm way, byte[] message, byte[] signature) {
        try {
            return by.key(key).verify(way, message, signature).name();
        } catch (MalformedEvidenceException e) {
            return e.getMessage();
        }
    }

    /** FIPS 186-5 section 6.4.1 step 2: of a hash longer than n the leftmost bits count. */
    @ParameterizedTest
    @MethodSource("all")
    void hashes_longer_and_shorter_than_the_order_are_cut_as_the_standard_says(Arithmetics by) throws Exception {
        byte[] message = {1, 2, 3};
        for (TestKey key : KEYS) {
            for (String hash : List.of("SHA256", "SHA384", "SHA512")) {
                byte[] signature = key.signingWith(hash + "withECDSA").sign(message);
                SignatureAlgorithm way = key.trusted().algorithms().stream()
                        .filter(one -> one.name().startsWith("ecdsa-sha2-" + hash.substring(3)))
                        .findFirst()
                        .orElseThrow();
                assertThat(by.key(key).verify(way, message, signature))
                        .as("%s %s", key.trusted().type(), way)
                        .isEqualTo(Verified.BY_THIS_KEY);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Arithmetics.class)
    void one_key_serves_many_threads(Arithmetics by) throws Exception {
        VerificationKey key = by.key(TestKey.A);
        byte[] message = {7};
        byte[] good = TestKey.A.sign(message);
        byte[] bad = TestKey.B.sign(message);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                boolean right = i % 2 == 0;
                all.add(threads.submit(
                        () -> (key.verify(message, right ? good : bad) == Verified.BY_THIS_KEY) == right));
            }
            for (Future<Boolean> one : all) {
                assertThat(one.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** The only thing that is known of a reader is what it refuses: every string of bytes gets the ASN.1 library's answer. */
    @Test
    void signatures_are_read_as_the_library_reads_them() throws Exception {
        SplittableRandom random = new SplittableRandom(7);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] der = DerSamples.next(random);
            boolean strict = DerSamples.isStrict(der);
            boolean here = reads(der);
            assertThat(here).as(HexFormat.of().formatHex(der)).isEqualTo(strict);
            read += here ? 1 : 0;
        }
        assertThat(read).isBetween(1_000, 19_000);
    }

    private static boolean reads(byte[] der) {
        try {
            // So large an order that every positive number of a strict signature is within it.
            return EcdsaSignature.parse(der, java.math.BigInteger.ONE.shiftLeft(2000))
                    .isPresent();
        } catch (MalformedEvidenceException e) {
            return e.getMessage().contains("outside 1 to n - 1");
        }
    }
}
