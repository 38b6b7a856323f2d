package dev.pratique.signer.keys.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Retries;
import dev.pratique.signer.keys.aws.FakeAws.Reply;
import dev.pratique.signer.keys.remote.ProvenSigner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AwsKmsKeyTest {
    private static final String KEY = "awskms:///1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final byte[] MESSAGE = "what is signed".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();
    private final List<Duration> pauses = new ArrayList<>();
    /** The server of the test writes the header Date itself. */
    private Instant now = Instant.now();

    private Duration patience = Duration.ofSeconds(20);
    private FakeAws aws;

    @BeforeEach
    void start() throws Exception {
        aws = new FakeAws(pair("secp256r1"));
        environment.put("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        environment.put("AWS_SECRET_ACCESS_KEY", "the-secret");
        environment.put("AWS_REGION", "eu-central-1");
        environment.put("AWS_ENDPOINT_URL_KMS", aws.url());
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private static KeyPair pair(String kind) throws Exception {
        boolean ec = kind.startsWith("secp");
        KeyPairGenerator generator = KeyPairGenerator.getInstance(ec ? "EC" : "RSA");
        if (ec) {
            generator.initialize(new ECGenParameterSpec(kind));
        } else {
            generator.initialize(Integer.parseInt(kind));
        }
        return generator.generateKeyPair();
    }

    private AwsKmsKey open(String reference) throws Failure {
        InstantSource clock = () -> now;
        Retries.Pause pause = time -> {
            pauses.add(time);
            now = now.plus(time);
        };
        return AwsKmsKey.open(
                reference, new AwsSession.Surroundings(environment, home, clock, "test", patience, pause));
    }

    private Failure fails(String reference) {
        return catchThrowableOfType(Failure.class, () -> open(reference).sign(MESSAGE));
    }

    @ParameterizedTest
    @CsvSource({
        "secp256r1, ECDSA_SHA_256",
        "secp384r1, ECDSA_SHA_384",
        "secp521r1, ECDSA_SHA_512",
        "2048, RSASSA_PKCS1_V1_5_SHA_256",
        "3072, RSASSA_PKCS1_V1_5_SHA_256"
    })
    void aSignatureOfEveryKindHoldsWhetherTheMessageGoesThereOrItsHash(String kind, String algorithm) throws Exception {
        aws.close();
        aws = new FakeAws(pair(kind));
        environment.put("AWS_ENDPOINT_URL_KMS", aws.url());
        AwsKmsKey key = open(KEY);
        byte[] longest = new byte[4096];
        byte[] longer = new byte[4097];
        for (byte[] message : List.of(MESSAGE, longest, longer)) {
            assertThat(key.publicKey().verify(message, key.sign(message)))
                    .isEqualTo(VerificationKey.Verified.BY_THIS_KEY);
        }
        assertThat(aws.log())
                .containsExactly(
                        "GetPublicKey", "Sign RAW " + algorithm, "Sign RAW " + algorithm, "Sign DIGEST " + algorithm);
    }

    @Test
    void temporaryCredentialsSignTheirTokenToo() throws Exception {
        environment.put("AWS_SESSION_TOKEN", "a token");
        assertThat(open(KEY).sign(MESSAGE)).isNotEmpty();
        assertThat(aws.log()).doesNotContain("(wrongly signed)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AccessDeniedException | NOT_AUTHORISED | is not allowed: User x may not",
                "com.amazonaws.kms#AccessDeniedException | NOT_AUTHORISED | is not allowed: User x may not",
                "UnrecognizedClientException | NOT_AUTHORISED | AWS does not accept the credentials from the environment",
                "InvalidClientTokenId | NOT_AUTHORISED | AWS does not know them",
                "InvalidSignatureException | NOT_AUTHORISED | their secret key is wrong",
                "ExpiredTokenException | NOT_AUTHORISED | they have expired",
                "NotFoundException | FAILED | AWS KMS has no key 1234abcd-12ab-34cd-56ef-1234567890ab",
                "DisabledException | FAILED | is disabled in AWS KMS",
                "KMSInvalidStateException | FAILED | cannot be used now",
                "InvalidKeyUsageException | FAILED | is none that signs",
                "UnsupportedOperationException | FAILED | is none that signs",
                "SomethingNew | FAILED | AWS answers SomethingNew"
            })
    void eachRefusalSaysWhatItIs(String type, Kind kind, String text) {
        aws.then(Reply.error(type, "User x may not"));
        Failure failure = fails(KEY);
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.what()).contains(text);
        assertThat(pauses).isEmpty();
    }

    @Test
    void nothingOfARefusedRequestIsShown() {
        environment.put("AWS_SECRET_ACCESS_KEY", "another");
        Failure failure = fails(KEY);
        assertThat(failure.what()).contains("their secret key is wrong");
        assertThat(failure.what() + failure.hint()).doesNotContain("a-secret-of-the-request", "another", "AKID");
    }

    @ParameterizedTest
    @CsvSource({"InvalidSignatureException, -3690, 61 minutes behind", "RequestExpired, 3690, 61 minutes ahead of"})
    void aWrongClockIsWhatIsSaid(String type, int off, String text) {
        now = now.plusSeconds(off);
        aws.then(Reply.error(type, "Signature expired"));
        Failure failure = fails(KEY);
        assertThat(failure.kind()).isEqualTo(Kind.NOT_AUTHORISED);
        assertThat(failure.what()).contains("this machine's clock is " + text + " AWS's");
    }

    @Test
    void waitsAsLongAsItIsToldAndSucceeds() throws Exception {
        aws.then(new Reply(429, Map.of("Retry-After", "3"), "", 0))
                .then(Reply.error("ThrottlingException", "Rate exceeded"))
                .then(Reply.of(503, "<html>"));
        assertThat(open(KEY).sign(MESSAGE)).isNotEmpty();
        assertThat(pauses).hasSize(3);
        // And a moment of its own, so that not all who were told the same come back at once.
        assertThat(pauses.get(0)).isBetween(Duration.ofSeconds(3), Duration.ofMillis(3_300));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ThrottlingException", "KMSInternalException", "DependencyTimeoutException"})
    void givesUpWhereItStaysBusy(String type) {
        for (int i = 0; i < 10; i++) {
            aws.then(Reply.error(type, ""));
        }
        Failure failure = fails(KEY);
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure.what()).contains("several times").contains(type);
        assertThat(aws.log()).hasSize(5);
    }

    @Test
    void aServerThatDoesNotAnswerIsUnreachable() {
        patience = Duration.ofMillis(200);
        for (int i = 0; i < 5; i++) {
            aws.then(new Reply(200, Map.of(), "{}", 2_000));
        }
        Failure failure = fails(KEY);
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure.what()).contains("AWS KMS at 127.0.0.1 cannot be reached: no answer in time");
    }

    @Test
    void aServerThatIsNotThereIsUnreachable() {
        aws.close();
        assertThat(fails(KEY).what()).contains("the connection was refused");
        environment.put("AWS_ENDPOINT_URL_KMS", "https://kms.none.invalid");
        assertThat(fails(KEY).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void aSignatureOfAnotherKeyIsNotGivenOut() throws Exception {
        AwsKmsKey key = open(KEY);
        aws.signWith(pair("secp256r1"));
        SigningException refused =
                catchThrowableOfType(SigningException.class, () -> new ProvenSigner(key).sign(MESSAGE));
        assertThat(Failure.of(refused).what())
                .isEqualTo(
                        "the key 1234abcd-12ab-34cd-56ef-1234567890ab of AWS KMS gave a signature that its public key"
                                + " does not verify; it is thrown away");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "<html>", "{\"KeyUsage\":\"SIGN_VERIFY\"}", "null"})
    void whatIsNoAnswerIsRefused(String body) {
        aws.then(Reply.of(200, body));
        Failure failure = fails(KEY);
        assertThat(failure.kind()).isEqualTo(Kind.FAILED);
        assertThat(failure.what()).containsAnyOf("no answer of AWS KMS", "cannot be used");
    }

    @Test
    void anAnswerWithoutEndIsRefused() {
        aws.then(Reply.of(200, "{\"x\":\"" + "a".repeat(1 << 20) + "\"}"));
        assertThat(fails(KEY).what()).contains("no answer of AWS KMS");
    }

    @Test
    void refusesAKeyThatIsNotForSignatures() throws Exception {
        aws.usage("ENCRYPT_DECRYPT");
        assertThat(fails(KEY).what()).contains("cannot be used: its usage is ENCRYPT_DECRYPT");
        aws.usage("SIGN_VERIFY");
        aws.close();
        aws = new FakeAws(pair("1024"));
        environment.put("AWS_ENDPOINT_URL_KMS", aws.url());
        Failure failure = fails(KEY);
        assertThat(failure.what()).contains("cannot be used: ", " (SPEC)");
        assertThat(failure.hint()).contains("ECC_NIST_P256");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "awskms:///x",
                "awskms://1234abcd-12ab-34cd-56ef-1234567890ab",
                "awskms:///",
                "awskms:///alias/",
                "awskms:///alias/a b",
                "awskms:///arn:aws:s3:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                "awskms://user@host/alias/a",
                "awskms://host/path/alias/a"
            })
    void refusesANameThatIsNone(String reference) {
        assertThat(fails(reference).kind()).isEqualTo(Kind.USAGE);
        assertThat(aws.log()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "awskms:///alias/acme-ci, '', alias/acme-ci, ''",
        "awskms:///mrk-1234abcd12ab34cd56ef1234567890ab, '', mrk-1234abcd12ab34cd56ef1234567890ab, ''",
        "awskms://localhost:4566/alias/a/b, localhost:4566, alias/a/b, ''",
        "awskms:///arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/x, '',"
                + " arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/x, us-gov-west-1",
        "awskms://kms.example/arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab, kms.example,"
                + " arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab, eu-west-1"
    })
    void readsEveryForm(String text, String endpoint, String key, String region) throws Exception {
        AwsKmsReference reference = AwsKmsReference.parse(text);
        assertThat(reference.endpoint().orElse("")).isEqualTo(endpoint);
        assertThat(reference.key()).isEqualTo(key);
        assertThat(reference.region().orElse("")).isEqualTo(region);
    }

    @Test
    void aRegionIsNeededAndMustBeOne() {
        environment.remove("AWS_REGION");
        Failure none = fails(KEY);
        assertThat(none.what()).contains("in which region");
        assertThat(none.kind()).isEqualTo(Kind.CONFIGURATION);
        environment.put("AWS_REGION", "evil.example/");
        Failure wrong = fails(KEY);
        assertThat(wrong.what()).contains("region of AWS is none");
        assertThat(wrong.kind()).isEqualTo(Kind.CONFIGURATION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://kms.example", "ftp://kms.example", "kms.example", "https://kms.example/path", "::"})
    void refusesAnEndpointThatIsNoneOrWouldShowTheCredentials(String endpoint) {
        environment.put("AWS_ENDPOINT_URL_KMS", endpoint);
        assertThat(fails(KEY).kind()).isEqualTo(Kind.USAGE);
    }
}
