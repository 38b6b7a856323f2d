package dev.pratique.attestations.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonValue.JsonBoolean;
import dev.pratique.attestations.json.JsonValue.JsonNumber;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.testing.FakeTree;
import dev.pratique.attestations.testing.Generator;
import dev.pratique.attestations.testing.Shared;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
    /** The leaves and roots that implementations of RFC 6962 test with since the first one. */
    private static final List<String> LEAVES =
            List.of("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");

    private static final List<String> ROOTS = List.of(
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    @Test
    void leads_to_the_published_roots_from_every_leaf() {
        FakeTree tree = new FakeTree();
        LEAVES.forEach(leaf -> tree.add(HexFormat.of().parseHex(leaf)));
        for (int size = 1; size <= 8; size++) {
            byte[] root = HexFormat.of().parseHex(ROOTS.get(size - 1));
            for (int index = 0; index < size; index++) {
                byte[] leaf = MerkleTree.leafHash(HexFormat.of().parseHex(LEAVES.get(index)));
                assertThat(MerkleTree.rootByInclusion(index, size, leaf, tree.inclusion(index, size)))
                        .as("leaf %d of %d", index, size)
                        .hasValue(root);
            }
            for (int first = 1; first <= size; first++) {
                byte[] before = HexFormat.of().parseHex(ROOTS.get(first - 1));
                assertThat(MerkleTree.isConsistent(first, before, size, root, tree.consistency(first, size)))
                        .as("from %d to %d", first, size)
                        .isTrue();
            }
        }
    }

    @Test
    void every_recorded_inclusion_proof_gets_its_answer() throws Exception {
        int accepts = 0;
        int rejects = 0;
        for (JsonObject line : lines("corpus/merkle/inclusion.jsonl")) {
            Optional<byte[]> root = MerkleTree.rootByInclusion(
                    number(line, "leafIdx"), number(line, "treeSize"), bytes(line, "leafHash"), proof(line));
            boolean proved = root.isPresent() && Arrays.equals(root.get(), bytes(line, "root"));
            assertThat(proved).as(line.getString("file")).isEqualTo(!wantsError(line));
            accepts += proved ? 1 : 0;
            rejects += proved ? 0 : 1;
        }
        assertThat(List.of(accepts, rejects)).isEqualTo(List.of(4, 51));
    }

    @Test
    void every_recorded_consistency_proof_gets_its_answer() throws Exception {
        int accepts = 0;
        int rejects = 0;
        for (JsonObject line : lines("corpus/merkle/consistency.jsonl")) {
            boolean proved = MerkleTree.isConsistent(
                    number(line, "size1"),
                    bytes(line, "root1"),
                    number(line, "size2"),
                    bytes(line, "root2"),
                    proof(line));
            assertThat(proved).as(line.getString("file")).isEqualTo(!wantsError(line));
            accepts += proved ? 1 : 0;
            rejects += proved ? 0 : 1;
        }
        assertThat(List.of(accepts, rejects)).isEqualTo(List.of(3, 45));
    }

    @Test
    void proves_a_leaf_of_2_to_the_40_leaves() {
        byte[] leaf = MerkleTree.leafHash(new byte[] {1});
        long index = 0x5A_5A5A_5A5AL;
        List<byte[]> path = new ArrayList<>();
        byte[] expected = leaf;
        for (int level = 0; level < 40; level++) {
            byte[] sibling = MerkleTree.leafHash(new byte[] {2, (byte) level});
            path.add(sibling);
            boolean right = (index >> level & 1) == 1;
            expected = right ? MerkleTree.nodeHash(sibling, expected) : MerkleTree.nodeHash(expected, sibling);
        }
        assertThat(MerkleTree.rootByInclusion(index, 1L << 40, leaf, path)).hasValue(expected);
        assertThat(MerkleTree.rootByInclusion(index, 1L << 41, leaf, path)).isEmpty();
        assertThat(MerkleTree.rootByInclusion(index, 1L << 39, leaf, path)).isEmpty();
    }

    @Test
    void the_last_leaf_beside_2_to_the_62_others_has_one_sibling() {
        byte[] leaf = MerkleTree.leafHash(new byte[] {1});
        byte[] sibling = MerkleTree.leafHash(new byte[] {2});
        assertThat(MerkleTree.rootByInclusion(1L << 62, (1L << 62) + 1, leaf, List.of(sibling)))
                .hasValue(MerkleTree.nodeHash(sibling, leaf));
    }

    @Test
    void refuses_65_hashes_whatever_they_are() {
        List<byte[]> many = Collections.nCopies(65, new byte[32]);
        assertThat(MerkleTree.rootByInclusion(0, Long.MAX_VALUE, new byte[32], many))
                .isEmpty();
        assertThat(MerkleTree.isConsistent(1, new byte[32], Long.MAX_VALUE, new byte[32], many))
                .isFalse();
    }

    @Test
    void refuses_numbers_beyond_2_to_the_63() {
        assertThat(MerkleTree.rootByInclusion(-1, -1, new byte[32], List.of())).isEmpty();
        assertThat(MerkleTree.isConsistent(-1, new byte[32], -1, new byte[32], List.of()))
                .isFalse();
    }

    @Test
    void nothing_but_the_proof_itself_proves() {
        for (Generator random : Generator.runs("inclusion", 300)) {
            FakeTree tree = new FakeTree();
            int size = 1 + random.below(70);
            for (int i = 0; i < size; i++) {
                tree.add(new byte[] {(byte) i});
            }
            int index = random.below(size);
            List<byte[]> path = tree.inclusion(index, size);
            byte[] root = tree.root(size);
            assertThat(MerkleTree.rootByInclusion(index, size, tree.leaf(index), path))
                    .as("%s", random)
                    .hasValue(root);

            List<byte[]> junk = new ArrayList<>(path);
            junk.add(random.below(path.size() + 1), random.oneOf(root, new byte[32], tree.leaf(index)));
            assertThat(leadsTo(root, index, size, tree.leaf(index), junk))
                    .as("junk, %s", random)
                    .isFalse();
            assertThat(leadsTo(root, index, size, flipped(tree.leaf(index), random), path))
                    .as("another leaf, %s", random)
                    .isFalse();
            if (!path.isEmpty()) {
                List<byte[]> other = new ArrayList<>(path);
                int at = random.below(path.size());
                other.set(at, flipped(path.get(at), random));
                assertThat(leadsTo(root, index, size, tree.leaf(index), other))
                        .as("a flipped hash, %s", random)
                        .isFalse();
                other.remove(at);
                assertThat(leadsTo(root, index, size, tree.leaf(index), other))
                        .as("a hash less, %s", random)
                        .isFalse();
            }
        }
    }

    private static boolean leadsTo(byte[] root, int index, int size, byte[] leaf, List<byte[]> path) {
        return MerkleTree.rootByInclusion(index, size, leaf, path)
                .filter(reached -> Arrays.equals(reached, root))
                .isPresent();
    }

    private static byte[] flipped(byte[] bytes, Generator random) {
        byte[] other = bytes.clone();
        other[random.below(other.length)] ^= (byte) (1 << random.below(8));
        return other;
    }

    private static List<JsonObject> lines(String file) throws Exception {
        List<JsonObject> lines = new ArrayList<>();
        for (String line : Files.readAllLines(Shared.path(file))) {
            lines.add(StrictJson.parseObject(line.getBytes(StandardCharsets.UTF_8), file, 1 << 20));
        }
        return lines;
    }

    // Beyond 2^63 the corpus has numbers that Java only has as negative ones.
    private static long number(JsonObject line, String name) throws MalformedEvidenceException {
        return Long.parseUnsignedLong(((JsonNumber) line.get(name)).text());
    }

    private static boolean wantsError(JsonObject line) throws MalformedEvidenceException {
        return ((JsonBoolean) line.get("wantErr")).value();
    }

    private static byte[] bytes(JsonObject line, String name) throws MalformedEvidenceException {
        return Base64.getDecoder().decode(line.getString(name));
    }

    private static List<byte[]> proof(JsonObject line) throws MalformedEvidenceException {
        List<byte[]> proof = new ArrayList<>();
        for (JsonValue hash : line.arrayOrEmpty("proof", 1000)) {
            proof.add(Base64.getDecoder().decode(hash.asString("hash")));
        }
        return proof;
    }
}
