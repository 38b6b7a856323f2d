package dev.pratique.proxy.e2e.rig;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts images into a registry with crane. */
public final class Images {
    private static final Pattern DIFF_IDS = Pattern.compile("\"diff_ids\":\\[([^\\]]*)\\]");

    private static final Pattern DIGEST = Pattern.compile("\"digest\":\\s*\"(sha256:[0-9a-f]{64})\"");

    private final Tool crane = Tool.named("crane");
    private final String host;

    public Images(Registry registry) {
        this.host = registry.host();
    }

    /** An OCI image of exactly these layers. */
    public Image oci(String repository, String tag, Path... layers) {
        return append(repository, tag, List.of("--oci-empty-base"), layers);
    }

    /** A Docker schema 2 image of exactly these layers. */
    public Image docker(String repository, String tag, Path... layers) {
        return append(repository, tag, List.of(), layers);
    }

    /** An image on top of another one of this registry. */
    public Image on(Image base, String repository, String tag, Path... layers) {
        return append(repository, tag, List.of("-b", base.pinned(host)), layers);
    }

    private Image append(String repository, String tag, List<String> how, Path... layers) {
        List<String> command = new java.util.ArrayList<>(List.of("append"));
        command.addAll(how);
        for (Path layer : layers) {
            command.addAll(List.of("-f", layer.toString()));
        }
        String name = host + "/" + repository + ":" + tag;
        command.addAll(List.of("-t", name));
        crane.output(command.toArray(String[]::new));
        crane.output("mutate", "--set-platform", "linux/amd64", name, "-t", name);
        return new Image(repository, tag, crane.output("digest", name));
    }

    /** An index with these images of this registry as children. */
    public Image index(String repository, String tag, Image... children) {
        List<String> command =
                new java.util.ArrayList<>(List.of("index", "append", "-t", host + "/" + repository + ":" + tag));
        for (Image child : children) {
            command.addAll(List.of("-m", child.pinned(host)));
        }
        crane.output(command.toArray(String[]::new));
        return new Image(repository, tag, crane.output("digest", host + "/" + repository + ":" + tag));
    }

    /** Puts an artifact under another name, as it is. */
    public void copy(String from, String to) {
        crane.output("copy", host + "/" + from, host + "/" + to);
    }

    /** The layers' uncompressed digests, lowest first. */
    public List<String> diffIds(Image image) {
        Matcher found = DIFF_IDS.matcher(crane.output("config", image.pinned(host)));
        if (!found.find()) {
            throw new AssertionError(image + " has no diff_ids");
        }
        return List.of(found.group(1).replace("\"", "").split(","));
    }

    /** What an image's manifest lists: the config first, then the layers from the lowest up; or an index's children. */
    public List<String> listed(Image image) {
        return DIGEST.matcher(crane.output("manifest", image.pinned(host)))
                .results()
                .map(found -> found.group(1))
                .toList();
    }
}
