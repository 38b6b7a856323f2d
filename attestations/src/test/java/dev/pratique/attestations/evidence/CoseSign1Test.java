package dev.pratique.attestations.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.testing.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoseSign1Test {

    @Test
    void reads_a_message() throws Exception {
        CoseSign1 message = CoseSign1.parse(Cose.hex("d28443a10126a0", "43616263", "420102"));
        assertThat(message.protectedHeader()).isEqualTo(Cose.hex("a10126"));
        assertThat(message.payload()).isEqualTo(Cose.hex("616263"));
        assertThat(message.signature()).isEqualTo(Cose.hex("0102"));
        assertThat(CoseSign1.parse(Cose.hex("d28440a0", "4161", "4101")).protectedHeader())
                .isEmpty();
    }

    @Test
    void reads_what_notary_wrote() throws Exception {
        List<Path> signatures;
        try (Stream<Path> files = Files.walk(Shared.path("samples").resolve("cases"))) {
            signatures = files.filter(CoseSign1Test::isCose).toList();
        }
        assertThat(signatures).isNotEmpty();
        for (Path file : signatures) {
            CoseSign1 message = CoseSign1.parse(Files.readAllBytes(file));
            assertThat(new String(message.payload(), StandardCharsets.UTF_8)).startsWith("{\"targetArtifact\":");
        }
    }

    private static boolean isCose(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) > 2 && (Files.readAllBytes(file)[0] & 0xff) == 0xd2;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8443a10126a0436162634101", // no tag
                "d18443a10126a0436162634101", // COSE_Mac0
                "d8128443a10126a0436162634101", // the tag in two bytes
                "d29f43a10126a0436162634101ff", // an indefinite array
                "d28343a10126a04361626341", // three parts
                "d28543a10126a043616263410100", // five
                "d28443a10126a043616263410100", // trailing
                "d28443a10126a0436162634202", // cut short
                "d28443a10126a0f64101", // detached
                "d28443a10126a0404101", // of nothing
                "d28443a10126a04361626340", // by nothing
                "d28443a10126bfff436162634101", // an indefinite map
                "d28443a10126a05f41614162ff4101", // an indefinite string
                "d28443a10126a05803616263410158", // cut after
                "d28443a10126a058036162634101", // not the shortest length
                "d28443a10126a0590003616263", // nor this
                "d28443a10126a043616263", // no signature
                "d28444a1012600a0436162634101", // bytes after the protected map
                "d28401a0436162634101", // the protected header is no string
                "d28443a10126a10126436162634101", // one label in both
                "d28445a201260126a0436162634101", // one label twice
                "d28443a10126a1f501436162634101", // a key that is no label
                "d28443a10126a104fb7ff0000000000000436162634101", // a floating point number
                "d28443a10126a104f7436162634101", // undefined
                "d28443a10126a104f820436162634101", // a simple value in two bytes
                "d28443a10126a10461ff436162634101", // a text that is none
                "d28443a10126a1045bffffffffffffffff4101", // longer than any
                "d28443a10126a1047a7fffffff4101",
                "d28443a10126a1049b7fffffffffffffff", // an endless array
                "d2",
                ""
            })
    void refuses_what_is_not_one_whole_message_in_one_spelling(String hex) {
        assertThatThrownBy(() -> CoseSign1.parse(Cose.hex(hex))).isInstanceOf(MalformedEvidenceException.class);
    }

    private static byte[] withHeader(String value) {
        return Cose.hex("d28440a104", value, "4161", "4101");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "17",
                "1818",
                "18ff",
                "190100",
                "1a00010000",
                "1b0000000100000000",
                "37",
                "3818", // numbers
                "f4",
                "f5",
                "f6", // false, true, null
                "8100",
                "a10000",
                "c100",
                "40",
                "60"
            })
    void takes_every_value_in_its_shortest_form(String value) throws Exception {
        assertThat(CoseSign1.parse(withHeader(value)).payload()).isEqualTo(Cose.hex("61"));
    }

    // RFC 8949 section 4.2.1: "must be as short as possible".
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1800",
                "1817",
                "190017",
                "1900ff",
                "1a000000ff",
                "1a0000ffff",
                "1b00000000ffffffff",
                "3817",
                "5800",
                "1c",
                "1d",
                "1e",
                "1f", // reserved, indefinite
                "e0",
                "f3",
                "f7",
                "f8ff",
                "f93c00"
            })
    void takes_no_longer_form_and_no_other_simple_value(String value) {
        assertThatThrownBy(() -> CoseSign1.parse(withHeader(value))).isInstanceOf(MalformedEvidenceException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"81", "a100", "c1"})
    void arrays_maps_and_tags_are_read_to_the_sixteenth_level(String opening) throws Exception {
        assertThat(CoseSign1.parse(withHeader(opening.repeat(15) + "00")).payload())
                .isEqualTo(Cose.hex("61"));
        for (int levels : new int[] {17, 100, 2000}) {
            assertThatThrownBy(() -> CoseSign1.parse(withHeader(opening.repeat(levels) + "00")))
                    .isInstanceOf(MalformedEvidenceException.class)
                    .hasMessageContaining("deeply");
        }
    }

    @Test
    void refuses_deep_and_crowded_messages_before_the_stack_ends() {
        String deep = "81".repeat(100_000);
        assertThatThrownBy(() -> CoseSign1.parse(Cose.hex("d28440a104", deep, "00416141", "01")))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("deeply");
        assertThatThrownBy(() -> CoseSign1.parse(Cose.hex("d28440a104", "995000", "00".repeat(0x5000), "4161", "4101")))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("items");
        byte[] large = new byte[EvidenceLimits.MAX_COSE_BYTES + 1];
        assertThatThrownBy(() -> CoseSign1.parse(large)).hasMessageContaining("large");
    }

    @Test
    void no_mutation_of_a_message_does_anything_but_parse_or_be_refused() {
        byte[] message = Cose.hex("d28447a2012602811821", "a1182182414142", "4243", "4361626343010203");
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = Arrays.copyOf(message, message.length - random.nextInt(3));
            for (int n = random.nextInt(3); n >= 0; n--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            try {
                CoseSign1.parse(mutated);
            } catch (MalformedEvidenceException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1, 20_000);
    }
}
