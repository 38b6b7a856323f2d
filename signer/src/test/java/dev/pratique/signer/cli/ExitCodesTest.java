package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.signer.publish.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a script is told: each of the numbers that the documentation promises comes out of a command line. */
class ExitCodesTest {
    @TempDir
    private Path home;

    @Test
    void everyNumberIsReached() throws Exception {
        Map<ExitCode, Integer> reached = new EnumMap<>(ExitCode.class);
        TestTerminal terminal = new TestTerminal(home);
        TestRegistry registry = new TestRegistry(true);
        registry.image("team/app", "v1");
        String name = registry.host() + "/team/app:v1";
        TestKeys.write(home.resolve("ci"));
        String key = home.resolve("ci.pub").toString();

        reached.put(ExitCode.REFUSED, terminal.run("verify", "--key", key, name));
        assertThat(terminal.run("sign", "--key", home.resolve("ci.key").toString(), name))
                .isZero();
        reached.put(ExitCode.DONE, terminal.run("verify", "--key", key, name));
        reached.put(ExitCode.FAILED, terminal.run("verify", "--key", key, registry.host() + "/team/app:none"));
        reached.put(ExitCode.USAGE, terminal.run("verify", "--keys", key, name));
        TestKeys.write(home.resolve("other"));
        registry.trouble(exchange -> {
            boolean referrers = exchange.getRequestURI().getPath().contains("/referrers/");
            if (referrers) {
                TestRegistry.answer(exchange, 500, null, new byte[0]);
            }
            return referrers;
        });
        String other = home.resolve("other.pub").toString();
        reached.put(ExitCode.UNDECIDED, terminal.run("verify", "--key", other, name));
        registry.trouble(exchange -> {
            TestRegistry.answer(exchange, 401, null, new byte[0]);
            return true;
        });
        reached.put(ExitCode.NOT_AUTHORISED, terminal.run("verify", "--key", key, name));
        registry.close();
        reached.put(ExitCode.UNREACHABLE, terminal.run("verify", "--key", key, name));
        // verify reads no configuration; check is the same question with one.
        Path config = TestConfig.write(home.resolve("config"), registry.host(), "- {name: a}\n");
        Files.writeString(config.resolve("trust.yaml"), "signers: {}\n");
        reached.put(ExitCode.CONFIGURATION, terminal.run("check", "--config", config.toString(), name));

        for (ExitCode code : ExitCode.values()) {
            assertThat(reached).as(code.name()).containsEntry(code, code.number());
        }
    }
}
