package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pratique.proxy.e2e.rig.Daemon;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Program;
import dev.pratique.proxy.e2e.rig.Tool;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The demonstration shows what somebody else's client sees, too: each printed command is run against it. */
@Tag("e2e")
class DemoE2eTest {
    private static final Pattern ROW = Pattern.compile("(?m)^(\\S+/\\S+) +(\\S.*?) {2,}(\\S.*)\\n +(crane .*)$");

    private static Tool crane;
    private static Daemon demo;
    private static List<Row> rows;

    /** What the table says about an image. */
    private record Row(String image, String answer, String why, List<String> command) {
        static Row of(MatchResult row) {
            List<String> command = Arrays.asList(row.group(4).split(" "));
            return new Row(row.group(1), row.group(2), row.group(3), command.subList(1, command.size()));
        }

        /** A refusal's name; nothing where it is admitted. */
        String reason() {
            return answer.startsWith("admitted") ? "" : why.substring(0, why.indexOf(':'));
        }
    }

    @BeforeAll
    static void start() {
        crane = Tool.named("crane");
        demo = Program.proxy("demo");
        await("the table, and the proxy still up behind it")
                .atMost(Duration.ofSeconds(90))
                .until(() -> !demo.alive() || demo.out().contains("Ctrl-C"));
        rows = ROW.matcher(demo.out()).results().map(Row::of).toList();
    }

    @AfterAll
    static void stop() {
        Ending.all(demo);
    }

    @Test
    void the_table_has_every_kind_of_answer() {
        assertThat(demo.alive()).as(demo.out() + demo.err()).isTrue();
        assertThat(rows).as(demo.out()).hasSizeGreaterThanOrEqualTo(12);
        assertThat(rows)
                .extracting(Row::reason)
                .contains(
                        "UNSIGNED",
                        "SIGNATURE_UNTRUSTED",
                        "OTHER_SUBJECT",
                        "NOT_A_SIGNATURE",
                        "PROVENANCE_SOURCE",
                        "OFF_CATALOG",
                        "BASE_END_OF_LIFE");
        assertThat(rows).extracting(Row::answer).contains("admitted", "admitted, warned", "admitted, then cut");
    }

    @TestFactory
    Stream<DynamicTest> the_printed_command_sees_what_the_table_says() {
        return rows.stream().map(row -> dynamicTest(row.image(), () -> repeat(row)));
    }

    @Test
    void once_ends_well_when_every_answer_was_the_expected_one() {
        try (Daemon once = Program.proxy("demo", "--once")) {
            int exit = once.awaitExit(Duration.ofSeconds(90));

            assertThat(exit).as(once.out() + once.err()).isZero();
            assertThat(once.out()).contains("answers and their reasons are the expected ones");
        }
    }

    private static void repeat(Row row) {
        Tool.Ran ran = crane.run(row.command().toArray(String[]::new));

        assertThat(ran.succeeded())
                .as(ran.toString())
                .isEqualTo(List.of("admitted", "admitted, warned").contains(row.answer()));
        assertThat(ran.said()).contains(row.reason());
    }
}
