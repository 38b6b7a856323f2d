package dev.pratique.attestations.policy;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.policy.IndexReader.Child;
import java.util.ArrayList;
import java.util.List;

/**
 * What an image's manifests say about how it comes together: asked of every image, whatever its rule asks.
 *
 * @param foreign what has {@code urls}: clients fetch it there first, past every registry (image-spec descriptor.md)
 * @param tooDeep indexes inside an index inside an index
 * @param broken manifests of the index that cannot be used
 * @param unread manifests of the index that could not be had
 */
public record Composition(List<String> foreign, List<String> tooDeep, List<String> broken, List<String> unread) {
    /** Of each kind; a finding is for people. */
    private static final int MAX_SHOWN = 4;

    public Composition {
        foreign = List.copyOf(foreign);
        tooDeep = List.copyOf(tooDeep);
        broken = List.copyOf(broken);
        unread = List.copyOf(unread);
    }

    /** An image of which nothing is to be said. */
    public static Composition plain() {
        return new Composition(List.of(), List.of(), List.of(), List.of());
    }

    /** What an image says by itself. */
    public static Composition of(Manifest.Image image) {
        List<String> foreign = new ArrayList<>();
        addForeign(image, "", foreign);
        return new Composition(foreign, List.of(), List.of(), List.of());
    }

    static Composition of(List<Child> children) {
        List<String> foreign = new ArrayList<>();
        List<String> tooDeep = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        for (Child child : children) {
            String what = "manifest " + child.listed().digest().brief();
            // One that the rule does not admit is not reachable through the index.
            if (child.content() instanceof IndexReader.Other) {
                continue;
            }
            if (!child.listed().urls().isEmpty()) {
                add(foreign, what);
            }
            if (child.content() instanceof IndexReader.Read read) {
                addForeign(read.image(), " of " + what, foreign);
            } else if (child.content() instanceof IndexReader.TooDeep) {
                add(tooDeep, what);
            } else if (child.content() instanceof IndexReader.Unusable unusable) {
                add(broken, what + ": " + unusable.what());
            } else if (child.content() instanceof IndexReader.Unread none) {
                add(unread, what + ": " + none.what());
            }
        }
        return new Composition(foreign, tooDeep, broken, unread);
    }

    private static void addForeign(Manifest.Image image, String of, List<String> foreign) {
        if (!image.config().urls().isEmpty()) {
            add(foreign, "the configuration" + of);
        }
        int place = 0;
        for (Descriptor layer : image.layers()) {
            if (!layer.urls().isEmpty()) {
                add(foreign, "layer " + place + of);
            }
            place++;
        }
    }

    private static void add(List<String> shown, String what) {
        if (shown.size() < MAX_SHOWN) {
            shown.add(what);
        }
    }
}
