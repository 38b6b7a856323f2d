package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys of AWS KMS as moto has them, which reads no signature of a request and no MessageType; real cosign is the judge. */
@Tag("interop")
class AwsKmsInteropTest {
    @TempDir
    private Path directory;

    private ForeignTools tools;
    private TestTerminal terminal;
    private String moto;

    @BeforeEach
    void start() throws Exception {
        tools = new ForeignTools(directory);
        int port = ForeignTools.freePort();
        moto = "http://127.0.0.1:" + port;
        tools.start(port, ForeignTools.tool("moto_server"), "-H", "127.0.0.1", "-p", String.valueOf(port));
        terminal = new TestTerminal(directory)
                .with("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
                .with("AWS_SECRET_ACCESS_KEY", "the-secret")
                .with("AWS_REGION", "eu-central-1")
                .with("AWS_ENDPOINT_URL_KMS", moto);
    }

    @AfterEach
    void stop() {
        tools.close();
    }

    private JsonObject ask(String action, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(moto))
                .header("X-Amz-Target", "TrentService." + action)
                .header("Content-Type", "application/x-amz-json-1.1")
                .header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260301/eu-central-1/kms/aws4_request,"
                                + " SignedHeaders=host, Signature=0")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body().length == 0 || answer.body()[0] != '{'
                ? JsonObject.empty()
                : StrictJson.parseObject(answer.body(), "answer", 1 << 20);
    }

    private String create(String spec, String usage) throws Exception {
        String body = "{\"KeySpec\":\"" + spec + "\",\"KeyUsage\":\"" + usage + "\"}";
        return ask("CreateKey", body).getObject("KeyMetadata").getString("KeyId");
    }

    @ParameterizedTest
    @CsvSource({
        "ECC_NIST_P256, sha256",
        "ECC_NIST_P384, sha384",
        "ECC_NIST_P521, sha512",
        "RSA_2048, sha256",
        "RSA_4096, sha256"
    })
    void cosignVerifiesWhatAKeyOfTheServiceSigned(String spec, String digest) throws Exception {
        String id = create(spec, "SIGN_VERIFY");
        ask("CreateAlias", "{\"AliasName\":\"alias/acme-ci\",\"TargetKeyId\":\"" + id + "\"}");
        assertThat(terminal.run("keys", "public", "--key", "awskms:///alias/acme-ci"))
                .as(terminal.err())
                .isZero();
        Path publicKey = Files.writeString(directory.resolve("kms.pub"), terminal.out());
        String registry = tools.start("refreg");
        for (String key : new String[] {id, "alias/acme-ci", "arn:aws:kms:eu-central-1:123456789012:key/" + id}) {
            String image = tools.push(registry, "team/app");
            assertThat(terminal.run("sign", "--key", "awskms:///" + key, image))
                    .as(terminal.err())
                    .isZero();
            tools.cosign(true, "verify", "--key", publicKey.toString(), "--signature-digest-algorithm", digest, image);
            assertThat(terminal.run("verify", "--key", "awskms:///" + key, image))
                    .as(terminal.err())
                    .isZero();
        }
    }

    @Test
    void whatCannotSignIsSaid() throws Exception {
        String[] sign = {"sign", "--key", "awskms:///alias/nobody", "localhost:1/a:b"};
        assertThat(terminal.run(sign)).isEqualTo(1);
        assertThat(terminal.err()).contains("AWS KMS has no key alias/nobody");
        sign[2] = "awskms:///" + create("RSA_2048", "ENCRYPT_DECRYPT");
        assertThat(terminal.run(sign)).isEqualTo(1);
        assertThat(terminal.err()).contains("hint: keys for signing are ECC_NIST_P256");
        sign[2] = "awskms:///" + create("ECC_SECG_P256K1", "SIGN_VERIFY");
        assertThat(terminal.run(sign)).isEqualTo(1);
        assertThat(terminal.err()).contains("of AWS KMS cannot be used: ", "hint: keys for signing are ECC_NIST_P256");
    }
}
