package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.signer.cli.PratiqueProcess.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys on tokens: SoftHSM, with real cosign as the judge. */
@Tag("interop")
class TokenKeysInteropTest {
    private static final String PIN = "7h3-p1n";

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private ForeignTools tools;
    private PratiqueProcess pratique;
    private SoftHsm softHsm;

    @BeforeEach
    void make() throws Exception {
        tools = new ForeignTools(directory);
        pratique = new PratiqueProcess(directory, environment);
        softHsm = new SoftHsm(directory, environment, PIN);
        environment.put("PRATIQUE_PIN", PIN);
    }

    @AfterEach
    void stop() {
        tools.close();
    }

    private String uri(String path) {
        return softHsm.uri(path);
    }

    private String imported(String label, String id) throws Exception {
        return softHsm.imported(label, id);
    }

    private Ran succeeds(String... arguments) throws Exception {
        Ran ran = pratique.run(arguments);
        assertThat(ran.exit())
                .as("%s: %s%s", List.of(arguments), ran.out(), ran.err())
                .isZero();
        return ran;
    }

    private void fails(int exit, String what, String hint, String... arguments) throws Exception {
        Ran ran = pratique.run(arguments);
        assertThat(ran.err()).contains("pratique: " + what, "hint: " + hint).doesNotContain(PIN);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.exit()).isEqualTo(exit);
    }

    @ParameterizedTest
    @ValueSource(strings = {"p256", "p384", "p521", "rsa2048", "ed25519"})
    void cosignVerifiesWhatAKeyMadeOnATokenSigned(String type) throws Exception {
        String prefix = directory.resolve(type).toString();
        succeeds(
                "keys",
                "generate",
                "--type",
                type,
                "--key",
                uri("token=acme;object=ci"),
                "--output-key-prefix",
                prefix);
        String registry = tools.start("refreg");
        String image = tools.push(registry, "team/app");
        succeeds("sign", "--key", uri("token=acme;object=ci"), image);
        String digest = type.equals("p384") ? "sha384" : type.equals("p521") ? "sha512" : "sha256";
        tools.cosign(true, "verify", "--key", prefix + ".pub", "--signature-digest-algorithm", digest, image);
        sigstoreGoAcceptsIt(image, Path.of(prefix + ".pub"));
        Ran listed = succeeds("keys", "list", uri("token=acme"));
        assertThat(listed.out()).contains("token 'acme'", "'ci', id ", "private key, certificate");
        assertThat(succeeds("keys", "public", "--key", uri("token=acme;object=ci"))
                        .out())
                .isEqualTo(Files.readString(Path.of(prefix + ".pub")));
    }

    /** What the same key makes of an image and of a file, and no damaged copy. */
    private void sigstoreGoAcceptsIt(String image, Path key) throws Exception {
        BundleReader reader = new BundleReader(directory);
        Path bundle = directory.resolve("bundle.json");
        succeeds("sign", "--key", uri("token=acme;object=ci"), "--bundle", bundle.toString(), image);
        reader.acceptsNothingElse(
                bundle, key, "-digest", tools.run("crane", "digest", image).strip());
        Path file = Files.writeString(directory.resolve("app.txt"), "content");
        succeeds("sign", "--key", uri("token=acme;object=ci"), "--bundle", bundle.toString(), file.toString());
        reader.acceptsNothingElse(bundle, key, "-artifact", file.toString());
    }

    @Test
    void aKeyWithoutACertificateSignsToo() throws Exception {
        String publicKey = imported("ci", "01");
        Path file = Files.writeString(directory.resolve("imported.pub"), publicKey);
        String registry = tools.start("refreg");
        for (String key : List.of("token=acme;object=ci", "token=acme;id=%01", "object=ci;type=private")) {
            String image = tools.push(registry, "team/app");
            succeeds("sign", "--key", uri(key), image);
            tools.cosign(true, "verify", "--key", file.toString(), image);
        }
        environment.remove("PRATIQUE_PIN");
        assertThat(succeeds("keys", "public", "--key", uri("object=ci")).out()).isEqualTo(publicKey);
        assertThat(succeeds("keys", "list", uri("token=acme")).out())
                .contains("'ci', id 01: ECDSA P-256, private key not seen");
        String image = tools.push(registry, "team/verified");
        environment.put("COSIGN_PKCS11_PIN", PIN);
        succeeds("sign", "--key", uri("object=ci"), image);
        environment.remove("COSIGN_PKCS11_PIN");
        succeeds("verify", "--key", uri("object=ci"), image);
    }

    /** Which shows a key only where a certificate lies beside it. */
    @Test
    void javasOwnReaderOfTokensSeesAKeyThatIsMadeHere() throws Exception {
        succeeds("keys", "generate", "--key", uri("token=acme;object=ours"), "--output-key-prefix", "ours");
        imported("theirs", "02");
        Path provider = Files.writeString(
                directory.resolve("provider.cfg"),
                "name = test\nlibrary = " + softHsm.module() + "\nslotListIndex = 0\n");
        String listed = softHsm.run(
                System.getProperty("java.home") + "/bin/keytool",
                "-list",
                "-storetype",
                "PKCS11",
                "-providerClass",
                "sun.security.pkcs11.SunPKCS11",
                "-providerArg",
                provider.toString(),
                "-storepass",
                PIN);
        assertThat(listed).contains("ours, PrivateKeyEntry").doesNotContain("theirs");
    }

    @Test
    void aKeyIsNeverMadeTwice() throws Exception {
        succeeds("keys", "generate", "--key", uri("token=acme;object=ci;id=%05"), "--output-key-prefix", "one");
        for (String again : List.of("token=acme;object=ci", "token=acme;object=other;id=%05")) {
            fails(
                    1,
                    "the token 'acme' has a key with this label or id already",
                    "choose another label",
                    "keys",
                    "generate",
                    "--key",
                    uri(again),
                    "--output-key-prefix",
                    "two");
        }
        assertThat(directory.resolve("two.pub")).doesNotExist();
        fails(
                1,
                "one.pub exists already",
                "choose other names",
                "keys",
                "generate",
                "--key",
                uri("token=acme;object=new"),
                "--output-key-prefix",
                "one");
    }

    @Test
    void thePinMayBeInAFile() throws Exception {
        imported("ci", "01");
        environment.remove("PRATIQUE_PIN");
        Path pin = Files.writeString(directory.resolve("pin"), PIN + "\nanother line\n");
        String registry = tools.start("refreg");
        for (String source : List.of(pin.toString(), "file:" + pin, "file://" + pin)) {
            succeeds("sign", "--key", uri("object=ci") + "&pin-source=" + source, tools.push(registry, "team/app"));
        }
        fails(
                1,
                "the PIN cannot be read from the file that pin-source names",
                "is it there",
                "sign",
                "--key",
                uri("object=ci") + "&pin-source=/no/such/file",
                "localhost:1/a:b");
        fails(
                1,
                "the token 'acme' wants its PIN and there is no terminal to ask at",
                "say pin-source=FILE",
                "sign",
                "--key",
                uri("object=ci"),
                "localhost:1/a:b");
        fails(
                64,
                "the pin-source of the PKCS#11 URI is no file",
                "as in",
                "sign",
                "--key",
                uri("object=ci") + "&pin-source=|cat%20pin",
                "localhost:1/a:b");
    }

    @Test
    void theModuleMayBeNamed() throws Exception {
        imported("ci", "01");
        succeeds("keys", "public", "--key", "pkcs11:object=ci?module-name=SoftHSM2");
        environment.put("COSIGN_PKCS11_MODULE_PATH", softHsm.module());
        succeeds("keys", "public", "--key", "pkcs11:object=ci");
        fails(
                1,
                "no PKCS#11 module named nosuch is installed",
                "say module-path",
                "keys",
                "public",
                "--key",
                "pkcs11:object=ci?module-name=nosuch");
    }

    @Test
    void whatCannotBeChosenIsSaid() throws Exception {
        imported("ci", "01");
        imported("ci", "02");
        String[] sign = {"sign", "--key", "", "localhost:1/a:b"};
        sign[2] = uri("token=acme;object=ci");
        fails(1, "the token 'acme' has 2 such keys: ", "say which: object=LABEL;id=%01", sign);
        sign[2] = uri("token=acme;object=none");
        fails(1, "the token 'acme' has no private key 'none'", "it has ", sign);
        sign[2] = uri("token=acme");
        fails(64, "the PKCS#11 URI does not say which key", "add object=LABEL", sign);
        sign[2] = uri("token=none;object=ci");
        fails(1, "the PKCS#11 module has no such token", "it has 'acme' (serial ", sign);
        environment.put("PRATIQUE_PIN", "00000");
        sign[2] = uri("token=acme;object=ci;id=%01");
        fails(77, "the token refuses the PIN", "it was tried once and is not tried again", sign);
        environment.put("PRATIQUE_PIN", "0");
        fails(77, "the token refuses the PIN", "it was tried once and is not tried again", sign);
        softHsm.token("acme");
        fails(64, "the PKCS#11 module has 2 such tokens: 'acme' (serial ", "say which: token=LABEL or serial", sign);
    }

    @Test
    void aModuleThatIsNoneIsSaid() throws Exception {
        Path text = Files.writeString(directory.resolve("text.so"), "hello");
        String[] list = {"keys", "list", ""};
        list[2] = "pkcs11:?module-path=" + text;
        fails(1, text + " is no PKCS#11 module that can be loaded here", "is it built for this machine", list);
        list[2] = "pkcs11:?module-path=/no/such/module.so";
        fails(1, "there is no PKCS#11 module /no/such/module.so", "install the token's software", list);
        list[2] = "pkcs11:?module-path=module.so";
        fails(64, "the path of the PKCS#11 module is not absolute", "write it from / on", list);
        list[2] = "pkcs11:?module-path=" + directory;
        fails(1, "there is no PKCS#11 module " + directory, "install the token's software", list);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "hang | 69 | 0 | does not answer | is the token connected",
                "wrong-pin | 77 | 1 | the token refuses the PIN | it was tried once and is not tried again",
                "locked | 77 | 0 | the token is locked: too many wrong PINs | its security officer unlocks it",
                "final-try | 77 | 0 | the token 'hostile' locks after one more wrong PIN | log in once with",
                "no-sign | 1 | 1 | the token does not let the key 'ci' (id 01) sign | it was made for something else",
                "liar | 1 | 1 | the key 'ci' (id 01) of the token 'hostile' gave a signature that its public key does not"
                        + " verify | the key was changed since",
                "hang-sign | 69 | 1 | does not answer | is the token connected",
                "endless | 64 | 0 | the PKCS#11 module has 256 such tokens | say which",
                "unplugged | 69 | 0 | asking a token who it is failed | connect it"
            })
    void aTokenThatMisbehavesIsSaidAndNoPinIsTriedTwice(String mood, int exit, int logins, String what, String hint)
            throws Exception {
        String key = SoftHsm.hostileKey(softHsm.hostile());
        Path log = directory.resolve("logins");
        environment.put("HOSTILE_TOKEN", mood);
        environment.put("HOSTILE_LOG", log.toString());
        String image = tools.push(tools.start("refreg"), "team/app");
        Ran ran = pratique.run("sign", "--key", key, image);
        assertThat(ran.err()).contains(what, "hint: " + hint).doesNotContain(PIN);
        assertThat(ran.exit()).isEqualTo(exit);
        assertThat(Files.exists(log) ? Files.readAllLines(log).size() : 0).isEqualTo(logins);
    }
}
