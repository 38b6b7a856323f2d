package dev.pratique.signer.mirror;

import dev.pratique.attestations.json.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Docker Engine, of which only the containerd image store can be told to fall back nowhere. */
public final class DockerEngine implements MirroredClient {
    @Override
    public String name() {
        return "docker";
    }

    @Override
    public String directory() {
        return "/etc/docker";
    }

    @Override
    public List<ClientFile> files(Wanted wanted) {
        List<ClientFile> files = new ArrayList<>();
        files.add(new ClientFile("daemon.json", daemon(wanted)));
        HostsFile.of(wanted)
                .forEach(file -> files.add(new ClientFile("certs.d/" + file.path(), file.registry(), file.text())));
        return files;
    }

    private static String daemon(Wanted wanted) {
        Map<String, Object> daemon = new LinkedHashMap<>();
        daemon.put("registry-mirrors", List.of(wanted.proxy().toString()));
        if (wanted.plainHttp()) {
            daemon.put("insecure-registries", List.of(wanted.host()));
        }
        return JsonWriter.text(daemon) + "\n";
    }

    @Override
    public List<String> steps(Wanted wanted) {
        List<String> steps = new ArrayList<>();
        steps.add(
                "1. Merge daemon.json with yours, put certs.d into " + directory() + ", and: systemctl restart docker");
        wanted.authority().ifPresent(file -> {
            String directory = "/etc/docker/certs.d/" + wanted.host();
            steps.add("   For the classic image store, and for images that are named by the proxy:");
            steps.add("     mkdir -p " + directory + " && ln -s " + file + " " + directory + "/ca.crt");
        });
        steps.add(
                "2. Use the containerd image store, which reads certs.d and has no way around it: it is the default of new");
        steps.add(
                "   installations of Docker 29, and 28 has it with \"features\": {\"containerd-snapshotter\": true} in");
        steps.add("   daemon.json. 'docker info' shows it as driver-type io.containerd.snapshotter.v1.");
        steps.add("3. Put up the backstop below: without it the classic image store obeys nobody.");
        steps.add("4. Try it: pull an image that must be refused, and see that it is.");
        return steps;
    }

    @Override
    public List<String> loopholes(Wanted wanted) {
        return List.of(
                "Docker with the classic image store cannot be made to obey. registry-mirrors is for docker.io alone, and after",
                "any error of the mirror, a refusal too, it asks Docker Hub itself; no setting changes that. Other registries",
                "it always asks directly. Pull by the proxy's name, which has no fallback in any version:",
                "  docker pull " + wanted.host() + "/docker.io/library/debian:12");
    }
}
