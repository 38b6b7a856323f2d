package dev.pratique.signer.keys.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.keys.aws.FakeAws.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where credentials come from: each is used for a request that the other side checks. */
class AwsCredentialSourcesTest {
    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";
    private static final String HANDED_OUT = "{\"AccessKeyId\":\"ASIAROLE\",\"SecretAccessKey\":\"role-secret\","
            + "\"Token\":\"t\",\"Expiration\":\"" + FakeAws.EXPIRES + "\"}";

    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();
    private Instant now = Instant.now();
    private FakeAws aws;

    @BeforeEach
    void start() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        aws = new FakeAws(pair);
        environment.put("AWS_REGION", "eu-central-1");
        environment.put("AWS_ENDPOINT_URL", aws.url());
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", aws.url());
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private AwsKmsKey open() throws Failure {
        return AwsKmsKey.open(
                "awskms:///alias/ci",
                new AwsSession.Surroundings(
                        environment, home, () -> now, "test", Duration.ofSeconds(20), time -> now = now.plus(time)));
    }

    private void files(String config, String credentials) throws Exception {
        Files.createDirectories(home.resolve(".aws"));
        Files.writeString(home.resolve(".aws/config"), config);
        Files.writeString(home.resolve(".aws/credentials"), credentials);
    }

    private Failure fails() {
        return catchThrowableOfType(Failure.class, this::open);
    }

    @Test
    void ofTheSharedFiles() throws Exception {
        files(
                "# a comment\n[default]\nregion = us-east-1\n\n[profile  ci]\nregion=eu-west-1\ns3 =\n  region = x\n",
                "[default]\naws_access_key_id = NOBODY\naws_secret_access_key = x\n[ci]\naws_access_key_id = AKIDEXAMPLE\n"
                        + "aws_secret_access_key = the-secret\n");
        environment.put("AWS_PROFILE", "ci");
        environment.remove("AWS_REGION");
        assertThat(open().sign(new byte[1])).isNotEmpty();
        environment.put("AWS_PROFILE", "default");
        assertThat(fails().what()).contains("the profile default");
        environment.put("AWS_PROFILE", "nobody");
        assertThat(fails().what()).contains("no AWS profile of the name");
        environment.remove("AWS_PROFILE");
        environment.put("AWS_SHARED_CREDENTIALS_FILE", home.resolve("other").toString());
        Files.writeString(
                home.resolve("other"), "[default]\naws_access_key_id=AKIDEXAMPLE\naws_secret_access_key=the-secret\n");
        assertThat(open().sign(new byte[1])).isNotEmpty();
    }

    @Test
    void ofARoleThatAnotherProfileMayAssume() throws Exception {
        files(
                "[profile ci]\nrole_arn = arn:aws:iam::111122223333:role/ci\nsource_profile = base\nexternal_id = e&1\n",
                "[base]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = the-secret\n");
        environment.put("AWS_PROFILE", "ci");
        assertThat(open().sign(new byte[1])).isNotEmpty();
        assertThat(aws.log().get(0))
                .isEqualTo("Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fci"
                        + "&RoleSessionName=pratique&ExternalId=e%261");
    }

    @Test
    void ofAProfileThatRestsOnItself() throws Exception {
        files("[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a\n", "");
        environment.put("AWS_PROFILE", "a");
        assertThat(fails().what()).contains("rest on one another without end");
    }

    @Test
    void ofAWebIdentity() throws Exception {
        Path token = home.resolve("token");
        Files.writeString(token, "ey.J.x\n");
        environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString());
        environment.put("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ci");
        environment.put("AWS_ROLE_SESSION_NAME", "run-7");
        AwsKmsKey key = open();
        assertThat(aws.log().get(0)).contains("RoleSessionName=run-7", "WebIdentityToken=ey.J.x");
        assertThat(key.sign(new byte[1])).isNotEmpty();
        assertThat(aws.log()).hasSize(3);
        // What ends in a minute is not used any more.
        now = FakeAws.EXPIRES.minusSeconds(30);
        assertThat(key.sign(new byte[1])).isNotEmpty();
        assertThat(aws.log().get(3)).contains("Action=AssumeRoleWithWebIdentity");
        Files.delete(token);
        now = now.plusSeconds(3600);
        Failure gone = catchThrowableOfType(Failure.class, () -> key.sign(new byte[1]));
        assertThat(gone.what()).contains("the web identity token for AWS cannot be read");
        assertThat(gone.kind()).isEqualTo(Kind.CONFIGURATION);
    }

    @Test
    void aRefusedWebIdentityShowsNoToken() throws Exception {
        Path token = home.resolve("token");
        Files.writeString(token, "ey.secret.token");
        environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString());
        environment.put("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ci");
        aws.then(Reply.of(
                400,
                "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>ey.secret.token</Message></Error>"
                        + "</ErrorResponse>"));
        Failure failure = fails();
        assertThat(failure.kind()).isEqualTo(Kind.NOT_AUTHORISED);
        assertThat(failure.what()).contains("the web identity token: they have expired");
        assertThat(failure.what() + failure.hint()).doesNotContain("secret.token");
    }

    @Test
    void ofTheContainer() throws Exception {
        aws.user("ASIAROLE", "role-secret");
        aws.page("GET /creds", Reply.of(200, HANDED_OUT));
        environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.url() + "/creds");
        environment.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic x");
        assertThat(open().sign(new byte[1])).isNotEmpty();
        environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.example/creds");
        assertThat(fails().what()).contains("is not asked for credentials in plain HTTP");
        environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.url() + "/nothing");
        assertThat(fails().what()).contains("the container's metadata gave no credentials");
    }

    @Test
    void ofTheInstance() throws Exception {
        aws.user("ASIAROLE", "role-secret");
        aws.page("PUT /latest/api/token", Reply.of(200, "session"));
        aws.page("GET " + ROLES, Reply.of(200, "builder\n"));
        aws.page("GET " + ROLES + "builder", Reply.of(200, HANDED_OUT));
        assertThat(open().sign(new byte[1])).isNotEmpty();
        assertThat(aws.log())
                .startsWith("PUT /latest/api/token", "GET " + ROLES, "GET " + ROLES + "builder", "GetPublicKey");
        environment.put("AWS_EC2_METADATA_DISABLED", "true");
        assertThat(fails().kind()).isEqualTo(Kind.CONFIGURATION);
    }

    @Test
    void aRoleOfTheInstanceIsNoPath() {
        aws.page("PUT /latest/api/token", Reply.of(200, "session"));
        aws.page("GET " + ROLES, Reply.of(200, "../../x\n"));
        assertThat(fails().what()).isEqualTo("there are no credentials for AWS");
        assertThat(aws.log()).hasSize(2);
    }

    @Test
    void ofNobody() {
        Failure failure = fails();
        assertThat(failure.kind()).isEqualTo(Kind.CONFIGURATION);
        assertThat(failure.what()).isEqualTo("there are no credentials for AWS");
        assertThat(aws.log()).containsExactly("PUT /latest/api/token");
    }

    @Test
    void halfOfThemIsAMistake() {
        environment.put("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        assertThat(fails().kind()).isEqualTo(Kind.CONFIGURATION);
    }

    @Test
    void whatIsNotDoneHereIsExplained() throws Exception {
        files("[default]\nsso_session = corp\n", "");
        Failure failure = fails();
        assertThat(failure.what()).contains("the profile default of AWS has no credentials that can be used here");
        assertThat(failure.hint()).contains("aws configure export-credentials");
    }
}
