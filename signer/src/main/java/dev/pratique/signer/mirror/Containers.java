package dev.pratique.signer.mirror;

import dev.pratique.attestations.json.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CRI-O, podman, buildah and skopeo: one library reads their files, containers-registries.conf(5) and
 * containers-policy.json(5).
 */
public final class Containers implements MirroredClient {
    private static final String HUB = "docker.io";
    private static final List<Map<String, String>> ACCEPT = List.of(Map.of("type", "insecureAcceptAnything"));
    private static final List<Map<String, String>> REJECT = List.of(Map.of("type", "reject"));

    private final String name;
    private final List<String> restart;
    private final List<String> ownLoopholes;

    private Containers(String name, List<String> restart, List<String> ownLoopholes) {
        this.name = name;
        this.restart = restart;
        this.ownLoopholes = ownLoopholes;
    }

    /** CRI-O of Kubernetes nodes. */
    public static Containers crio() {
        return new Containers(
                "crio",
                List.of(
                        "3. Let no signature_policy in /etc/crio/crio.conf or crio.conf.d name another policy, and see that",
                        "   pause_image is of a registry above. Then: systemctl reload crio"),
                List.of(
                        "A namespace may have a policy of its own in signature_policy_dir (/etc/crio/policies): keep it empty,",
                        "or as strict."));
    }

    /** podman, buildah and skopeo. */
    public static Containers podman() {
        return new Containers(
                "podman",
                List.of("3. Nothing is to be restarted: every command reads them."),
                List.of(
                        "These commands obey whoever runs them: a user's own ~/.config/containers/registries.conf or",
                        "policy.json, CONTAINERS_REGISTRIES_CONF, --signature-policy and skopeo --registries-conf take the",
                        "place of these files; 'skopeo inspect' asks no policy; 'podman load' needs no registry."));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String directory() {
        return "/etc/containers";
    }

    @Override
    public List<ClientFile> files(Wanted wanted) {
        return List.of(
                // Later files win, and this one must.
                new ClientFile("registries.conf.d/999-pratique.conf", registries(wanted)),
                new ClientFile("policy.json", policy(wanted)));
    }

    private static String registries(Wanted wanted) {
        StringBuilder text = new StringBuilder();
        text.append(
                "# Pulls of these registries go to Pratique and nowhere else: location says where an image is. There is\n");
        text.append("# no [[registry.mirror]], because behind a mirror the location is always asked too.\n");
        boolean hub = wanted.registries().contains(HUB);
        text.append("unqualified-search-registries = [")
                .append(hub ? "\"" + HUB + "\"" : "")
                .append("]\n");
        text.append("short-name-mode = \"enforcing\"\n");
        for (String registry : wanted.registries()) {
            text.append("\n[[registry]]\n");
            text.append("prefix = \"").append(registry).append("\"\n");
            text.append("location = \"")
                    .append(wanted.host())
                    .append('/')
                    .append(registry)
                    .append("\"\n");
            if (wanted.plainHttp()) {
                text.append("insecure = true\n");
            }
        }
        if (wanted.plainHttp()) {
            text.append("\n[[registry]]\nlocation = \"").append(wanted.host()).append("\"\ninsecure = true\n");
        }
        if (hub) {
            text.append(
                    "\n# Docker Hub under its other name.\n[[registry]]\nlocation = \"registry-1.docker.io\"\nblocked = true\n");
        }
        return text.toString();
    }

    /** Policies are asked by an image's name, not by where it was fetched: what is not remapped is not pulled. */
    private static String policy(Wanted wanted) {
        Map<String, Object> docker = new LinkedHashMap<>();
        wanted.registries().forEach(registry -> docker.put(registry, ACCEPT));
        docker.put(wanted.host(), ACCEPT);
        Map<String, Object> transports = new LinkedHashMap<>();
        transports.put("docker", docker);
        transports.put("containers-storage", Map.of("", ACCEPT));
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("default", REJECT);
        policy.put("transports", transports);
        return JsonWriter.text(policy) + "\n";
    }

    @Override
    public List<String> steps(Wanted wanted) {
        List<String> steps = new ArrayList<>();
        steps.add("1. Put these files into " + directory()
                + " of every machine. No file in registries.conf.d may sort behind");
        steps.add(
                "   999-pratique.conf. policy.json refuses every registry that is not named in it; it replaces yours: if");
        steps.add("   that asks for signatures, keep them.");
        if (wanted.authority().isPresent()) {
            String directory = "/etc/containers/certs.d/" + wanted.host();
            steps.add("2. Let them trust the proxy's certificate:");
            steps.add("     mkdir -p " + directory);
            steps.add("     ln -s " + wanted.authority().get() + " " + directory + "/ca.crt");
        } else {
            steps.add("2. The proxy's certificate must be one that the machine trusts; else say --ca FILE.");
        }
        steps.addAll(restart);
        steps.add("4. Try it: pull an image that must be refused, and see that it is.");
        return steps;
    }

    @Override
    public List<String> loopholes(Wanted wanted) {
        List<String> loopholes = new ArrayList<>(ownLoopholes);
        loopholes.add(
                "A registry that policy.json refuses is still asked for the manifest: the refusal comes before the layers.");
        return loopholes;
    }
}
