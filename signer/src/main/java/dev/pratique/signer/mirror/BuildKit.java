package dev.pratique.signer.mirror;

import dev.pratique.attestations.json.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** BuildKit, whose mirrors always end at the registry itself, and whose source policies are the builder's to use. */
public final class BuildKit implements MirroredClient {
    private static final String IMAGE = "docker-image://";

    @Override
    public String name() {
        return "buildkit";
    }

    @Override
    public String directory() {
        return "/etc/buildkit";
    }

    @Override
    public List<ClientFile> files(Wanted wanted) {
        return List.of(
                new ClientFile("buildkitd.toml", daemon(wanted)), new ClientFile("source-policy.json", policy(wanted)));
    }

    private static String daemon(Wanted wanted) {
        StringBuilder text = new StringBuilder("# Behind its mirrors BuildKit always asks the registry itself.\n");
        for (String registry : wanted.registries()) {
            text.append("[registry.\"").append(registry).append("\"]\n");
            text.append("  mirrors = [\"").append(wanted.host()).append("\"]\n\n");
        }
        text.append("[registry.\"").append(wanted.host()).append("\"]\n");
        text.append("  http = ").append(wanted.plainHttp()).append('\n');
        wanted.authority()
                .ifPresent(file -> text.append("  ca = [\"").append(file).append("\"]\n"));
        return text.toString();
    }

    /** The last of DENY and ALLOW that matches counts, and every CONVERT begins again with the new name. */
    private static String policy(Wanted wanted) {
        List<Map<String, Object>> rules = new ArrayList<>();
        rules.add(rule("DENY", IMAGE + "*"));
        for (String registry : wanted.registries()) {
            Map<String, Object> convert = rule("CONVERT", IMAGE + registry + "/*");
            convert.put("updates", Map.of("identifier", IMAGE + wanted.host() + "/" + registry + "/${1}"));
            rules.add(convert);
        }
        rules.add(rule("ALLOW", IMAGE + wanted.host() + "/*"));
        return JsonWriter.text(Map.of("rules", rules)) + "\n";
    }

    private static Map<String, Object> rule(String action, String identifier) {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("action", action);
        rule.put("selector", Map.of("identifier", identifier));
        return rule;
    }

    @Override
    public List<String> steps(Wanted wanted) {
        return List.of(
                "1. Merge buildkitd.toml with that of the builder and restart buildkitd; for a builder of buildx:",
                "     docker buildx create --use --buildkitd-config buildkitd.toml",
                "2. Build with the source policy. It gives every image the proxy's name, which has no fallback, and denies the",
                "   others:",
                "     buildctl build --source-policy-file source-policy.json ...",
                "     EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=source-policy.json docker buildx build ...",
                "3. Let the proxy answer BuildKit as it answers containerd. In proxy.yaml:",
                "     refusal: {status: {\"containerd/\": 300, \"buildkit/\": 300}}",
                "4. Try it: build FROM an image that must be refused, and see that it is.");
    }

    @Override
    public List<String> loopholes(Wanted wanted) {
        return List.of(
                "buildkitd cannot be made to obey: behind its mirrors it always adds the registry itself, and asks it for",
                "whatever the proxy refuses (status 300 stops it for the manifest, by an accident of its code that no",
                "specification promises). The source policy holds, but whoever starts a build chooses it. Only the",
                "backstop holds for builds of others.");
    }
}
