package dev.pratique.config;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.policy.Catalog;
import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.attestations.policy.Catalog.PlatformBase;
import dev.pratique.attestations.policy.Lineage;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** catalog.yaml. */
final class CatalogReader {
    static final Shape.Keys SHAPE = Shape.keys("version")
            .with(
                    "bases",
                    new Shape.Items(
                            Shape.keys(
                                            "name",
                                            "version",
                                            "owner",
                                            "reference",
                                            "approved",
                                            "deprecated",
                                            "endOfLife",
                                            "replacement")
                                    .with("digests", Shape.VALUES)
                                    .with(
                                            "platforms",
                                            new Shape.Named(
                                                    Shape.keys("chainId", "layers")
                                                            .with("diffIds", Shape.VALUES),
                                                    false)),
                            true));

    /** More than any runtime mounts. */
    private static final int MAX_LAYERS = 1024;

    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<String, String> owners = new HashMap<>();

    /** The catalog with what only people and tools read. */
    record Entries(Catalog catalog, List<CatalogFile.Entry> entries) {}

    static Entries absent() {
        return new Entries(Catalog.empty(), List.of());
    }

    Entries read(Section root) {
        int version = root.require("version").isPresent() ? root.number("version", 0, Integer.MAX_VALUE, 0) : 0;
        List<CatalogFile.Entry> entries = new ArrayList<>();
        for (Section base : root.sections("bases")) {
            entries.add(entry(base));
        }
        List<BaseImage> bases = entries.stream().map(CatalogFile.Entry::base).toList();
        return new Entries(new Catalog(version, bases), entries);
    }

    private CatalogFile.Entry entry(Section base) {
        String name = base.require("name").map(Value::text).orElse("");
        String version = base.require("version").map(Value::text).orElse("");
        String owner = base.require("owner").map(Value::text).orElse("");
        String label = name + " " + version;
        Integer before = labels.putIfAbsent(label, base.place().line());
        if (before != null) {
            base.refuse("the base " + label + " is in line " + before + " already", "a name and version are one base");
        }
        Optional<ImageName> reference = base.find("reference").flatMap(CatalogReader::reference);
        Set<Digest> digests = new LinkedHashSet<>();
        base.values("digests").forEach(value -> digest(value).ifPresent(digests::add));
        Optional<LocalDate> approved = base.date("approved");
        Optional<LocalDate> deprecated = base.date("deprecated");
        Optional<LocalDate> endOfLife = base.date("endOfLife");
        checkOrder(base, "endOfLife", endOfLife, "deprecated", deprecated);
        checkOrder(base, "endOfLife", endOfLife, "approved", approved);
        checkOrder(base, "deprecated", deprecated, "approved", approved);
        Map<Platform, PlatformBase> platforms = new LinkedHashMap<>();
        Map<Platform, List<Digest>> diffIds = new LinkedHashMap<>();
        if (!base.has("platforms")) {
            base.refuse(base.path() + " lacks platforms", "pratique catalog approve writes them from the image");
        }
        base.section("platforms")
                .ifPresent(section ->
                        section.named().forEach((key, one) -> platform(key, one, label, platforms, diffIds)));
        BaseImage image = new BaseImage(
                name,
                version,
                owner,
                digests,
                platforms,
                approved,
                deprecated,
                endOfLife,
                base.find("replacement").map(Value::text));
        return new CatalogFile.Entry(image, reference, diffIds);
    }

    private static Optional<ImageName> reference(Value value) {
        try {
            return Optional.of(ImageName.parse(value.text()));
        } catch (MalformedEvidenceException e) {
            value.refuse(value.quoted() + " is not an image", "write it as docker.io/library/debian:12");
            return Optional.empty();
        }
    }

    private static Optional<Digest> digest(Value value) {
        try {
            return Optional.of(Digest.parse(value.text()));
        } catch (MalformedEvidenceException e) {
            value.refuse(value.path() + " is not a digest", "sha256: and 64 lower-case hex digits");
            return Optional.empty();
        }
    }

    private static void checkOrder(
            Section base, String later, Optional<LocalDate> end, String earlier, Optional<LocalDate> start) {
        if (end.isPresent() && start.isPresent() && end.get().isBefore(start.get())) {
            base.refuse(
                    later,
                    later + " " + end.get() + " is before " + earlier + " " + start.get(),
                    "one of the two days is wrong");
        }
    }

    private void platform(
            String key,
            Section section,
            String label,
            Map<Platform, PlatformBase> platforms,
            Map<Platform, List<Digest>> diffIds) {
        Optional<ChainId> chainId =
                section.require("chainId").flatMap(CatalogReader::digest).map(ChainId::new);
        int layers = section.require("layers").isPresent() ? section.number("layers", 1, MAX_LAYERS, 0) : 0;
        List<Digest> listed = new ArrayList<>();
        section.values("diffIds").forEach(value -> digest(value).ifPresent(listed::add));
        Platform platform;
        try {
            platform = Platform.parse(key);
        } catch (MalformedEvidenceException e) {
            section.refuse("the platform is not one", "write it as linux/amd64");
            return;
        }
        if (chainId.isEmpty() || layers == 0) {
            return;
        }
        PlatformBase stack = new PlatformBase(chainId.get(), layers);
        checkStack(section, stack, listed);
        String other = owners.putIfAbsent(platform + " " + stack.chainId(), label);
        if (other != null && !other.equals(label)) {
            section.refuse(
                    "chainId",
                    label + " has the same layers on " + platform + " as " + other,
                    "one stack of layers is one base: retire the other entry, or add this version to it");
        }
        if (platforms.putIfAbsent(platform, stack) != null) {
            section.refuse("the platform " + platform + " is there twice", "keep one of the two");
        }
        if (!listed.isEmpty()) {
            diffIds.put(platform, List.copyOf(listed));
        }
    }

    private static void checkStack(Section section, PlatformBase stack, List<Digest> diffIds) {
        if (!diffIds.isEmpty()) {
            List<ChainId> chain = ChainId.chain(diffIds);
            if (diffIds.size() != stack.layers() || !chain.get(chain.size() - 1).equals(stack.chainId())) {
                section.refuse(
                        "diffIds",
                        section.path() + " contradicts itself: chainId and layers are not those of its diffIds",
                        "pratique catalog approve writes all three from the image");
            }
        }
        boolean empty = !diffIds.isEmpty() && Lineage.onlyEmptyLayers(diffIds);
        for (Digest layer : List.of(ChainId.EMPTY_LAYER, ChainId.EMPTY_LAYER_10K)) {
            List<ChainId> chain = ChainId.chain(Collections.nCopies(stack.layers(), layer));
            empty |= chain.get(stack.layers() - 1).equals(stack.chainId());
        }
        if (empty) {
            section.refuse(
                    section.path() + " is nothing but empty layers",
                    "every image could be said to stand on it: it cannot be a base");
        }
    }
}
