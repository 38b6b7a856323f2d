package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Predicates;
import dev.pratique.proxy.e2e.rig.Program;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.Pulled;
import dev.pratique.proxy.e2e.rig.Refused;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Scratch;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import dev.pratique.proxy.e2e.rig.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The round trip: what our own program signs and attests, our own proxy admits by a policy that asks for exactly that. */
@Tag("e2e")
class SignedHereE2eTest {
    private static final String ASKING = """
              - name: asking
                repositories: ['upstream.test/**']
                signedBy: {any: [ci]}
                provenance: {builders: ['https://ci.example/builder@v1'], sources: ['https://git.example/acme/*']}
            """;

    private static Tool crane;
    private static Path key;
    private static String publicKey;

    @BeforeAll
    static void make() throws Exception {
        crane = Tool.named("crane");
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        key = Scratch.file(".key", pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        publicKey = pem("PUBLIC KEY", pair.getPublic().getEncoded());
    }

    static Stream<Arguments> places() {
        return Stream.of(Registry.Kind.values())
                .flatMap(kind -> Stream.of("bundle", "cosign").map(format -> Arguments.of(kind, format)));
    }

    @ParameterizedTest
    @MethodSource("places")
    void what_is_signed_and_attested_here_is_pulled_and_without_either_it_is_not(Registry.Kind kind, String format) {
        Stock stock = Stock.of(kind);
        String registry = stock.registry().host();
        try (RunningProxy proxy = new ProxyConfig()
                .signer("ci", publicKey)
                .upstream("upstream.test", stock.registry().url())
                .policy("rules:\n" + ASKING)
                .start()) {
            String name = "here/" + format;
            Image nothing = stock.app(stock.current(), name);
            Image signed = stock.app(stock.current(), name);
            Image attested = stock.app(stock.current(), name);
            Image both = stock.app(stock.current(), name);
            run("sign", "--format", format, signed.pinned(registry), both.pinned(registry));
            attest(format, attested.pinned(registry), both.pinned(registry));

            assertThat(refusal(proxy, nothing)).isEqualTo("UNSIGNED");
            assertThat(refusal(proxy, signed)).isEqualTo("NO_PROVENANCE");
            assertThat(refusal(proxy, attested)).isEqualTo("NOT_A_SIGNATURE");
            Pulled through = Pulled.by(crane, both.pinned(proxy.host()));
            assertThat(through.sameBytesAs(Pulled.by(crane, both.pinned(registry))))
                    .isTrue();
        }
    }

    @Test
    void an_image_of_a_layout_on_disk_too() throws IOException {
        Stock stock = Stock.of(Registry.Kind.REFERRERS);
        Image app = stock.app(stock.current(), "here/layout");
        for (String format : List.of("bundle", "cosign")) {
            Path root = Scratch.directory("layouts");
            Path layout = Files.createDirectories(root.resolve("acme/app"));
            crane.output("pull", "--format", "oci", app.pinned(stock.registry().host()), layout.toString());
            try (RunningProxy proxy = serving(root)) {
                Image there = new Image("acme/app", "none", app.digest());
                assertThat(refusal(proxy, there)).isEqualTo("UNSIGNED");
            }
            String image = "oci:" + layout;
            if (format.equals("cosign")) {
                run("sign", "--format", format, "--sign-container-identity", "upstream.test/acme/app", image);
            } else {
                run("sign", image);
            }
            attest(format, image);
            try (RunningProxy proxy = serving(root)) {
                String pulled = "acme/app@" + app.digest();
                Pulled through = Pulled.by(crane, proxy.host() + "/" + pulled);
                assertThat(through.sameBytesAs(
                                Pulled.by(crane, app.pinned(stock.registry().host()))))
                        .isTrue();
            }
        }
    }

    private static RunningProxy serving(Path root) {
        return new ProxyConfig()
                .signer("ci", publicKey)
                .layout("upstream.test", root)
                .policy("rules:\n" + ASKING)
                .start();
    }

    private static String refusal(RunningProxy proxy, Image image) {
        Web.Answer answer = Web.get(proxy.url() + image.manifestPath());
        assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
        return Refused.of(answer).reason();
    }

    private static void attest(String format, String... images) {
        List<String> command = Stream.concat(
                        Stream.of(
                                "attest",
                                "--format",
                                format,
                                "--type",
                                "slsaprovenance1",
                                "--predicate",
                                Predicates.slsa1().toString()),
                        Stream.of(images))
                .toList();
        run(command.toArray(String[]::new));
    }

    private static void run(String command, String first, String... more) {
        run(Stream.concat(Stream.of(command, first), Stream.of(more)).toArray(String[]::new));
    }

    private static void run(String[] arguments) {
        String[] withKey = Stream.concat(
                        Stream.of(arguments[0], "--key", key.toString()),
                        Stream.of(arguments).skip(1))
                .toArray(String[]::new);
        Tool.Ran ran = Program.signer(withKey);
        assertThat(ran.succeeded()).as(ran.toString()).isTrue();
    }

    private static String pem(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
