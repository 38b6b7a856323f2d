package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Authority;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Scratch;
import dev.pratique.proxy.e2e.rig.Web;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The manifests that docs/kubernetes ships: they fit together, and the proxy starts on the configuration in them. */
@Tag("e2e")
class KubernetesE2eTest {
    private static final Path MANIFESTS = Path.of(System.getProperty("pratique.home"), "docs", "kubernetes");
    private static final Map<String, Object> LABELS = Map.of("app.kubernetes.io/name", "pratique");

    private final List<Map<String, Object>> documents = documents("pratique.yaml");

    @Test
    void every_document_says_what_it_is_and_where_it_goes() {
        assertThat(documents)
                .extracting(document -> document.get("apiVersion") + " " + document.get("kind") + " "
                        + at(document, "metadata", "namespace") + "/" + at(document, "metadata", "name"))
                .containsExactly(
                        "v1 ConfigMap pratique/pratique",
                        "apps/v1 StatefulSet pratique/pratique",
                        "v1 Service pratique/pratique-replicas",
                        "v1 Service pratique/pratique",
                        "policy/v1 PodDisruptionBudget pratique/pratique",
                        "networking.k8s.io/v1 NetworkPolicy pratique/pratique");
    }

    @Test
    void what_selects_the_replicas_selects_the_pods_of_the_stateful_set() {
        Map<String, Object> set = document("StatefulSet", "pratique");

        assertThat(at(set, "spec", "template", "metadata", "labels")).isEqualTo(LABELS);
        assertThat(at(set, "spec", "selector", "matchLabels")).isEqualTo(LABELS);
        assertThat(at(
                        list(
                                        set,
                                        "spec",
                                        "template",
                                        "spec",
                                        "affinity",
                                        "podAntiAffinity",
                                        "requiredDuringSchedulingIgnoredDuringExecution")
                                .get(0),
                        "labelSelector",
                        "matchLabels"))
                .isEqualTo(LABELS);
        assertThat(at(document("Service", "pratique"), "spec", "selector")).isEqualTo(LABELS);
        assertThat(at(document("Service", "pratique-replicas"), "spec", "selector"))
                .isEqualTo(LABELS);
        assertThat(at(set, "spec", "serviceName")).isEqualTo("pratique-replicas");
        assertThat(at(document("PodDisruptionBudget", "pratique"), "spec", "selector", "matchLabels"))
                .isEqualTo(LABELS);
        assertThat(at(document("NetworkPolicy", "pratique"), "spec", "podSelector", "matchLabels"))
                .isEqualTo(LABELS);
    }

    @Test
    void clients_stay_with_the_replica_that_they_came_to() {
        Map<String, Object> service = document("Service", "pratique");

        assertThat(at(service, "spec", "sessionAffinity")).isEqualTo("ClientIP");
        assertThat(at(service, "spec", "externalTrafficPolicy")).isEqualTo("Local");
        assertThat(at(document("StatefulSet", "pratique"), "spec", "replicas")).isEqualTo(2);
        assertThat(at(document("PodDisruptionBudget", "pratique"), "spec", "minAvailable"))
                .isEqualTo(1);
    }

    @Test
    void ports_and_volumes_that_are_named_are_there() {
        Map<String, Object> pod = map(at(document("StatefulSet", "pratique"), "spec", "template", "spec"));
        Map<String, Object> container = list(pod, "containers").get(0);
        List<Object> ports = names(list(container, "ports"));
        List<Object> volumes = names(list(pod, "volumes"));
        list(document("StatefulSet", "pratique"), "spec", "volumeClaimTemplates")
                .forEach(claim -> volumes.add(at(claim, "metadata", "name")));

        assertThat(names(list(container, "volumeMounts"))).containsExactlyInAnyOrderElementsOf(volumes);
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            assertThat(ports).contains(at(container, probe, "httpGet", "port"));
        }
        for (String service : List.of("pratique", "pratique-replicas")) {
            assertThat(ports)
                    .contains(list(document("Service", service), "spec", "ports")
                            .get(0)
                            .get("targetPort"));
        }
        for (Map<String, Object> from : list(document("NetworkPolicy", "pratique"), "spec", "ingress")) {
            assertThat(ports).contains(list(from, "ports").get(0).get("port"));
        }
    }

    @Test
    void the_proxy_starts_on_the_mounted_configuration_and_follows_a_new_version_of_it() {
        ProxyConfig config = new ProxyConfig();
        Authority authority = Authority.create();
        Map<String, String> files = new LinkedHashMap<>();
        map(document("ConfigMap", "pratique").get("data")).forEach((name, text) -> files.put(name, (String) text));
        assertThat(files.keySet()).containsExactly("proxy.yaml", "trust.yaml", "policy.yaml", "catalog.yaml");
        files.computeIfPresent("proxy.yaml", (name, text) -> placed(text, config, authority.issue("pratique")));

        try (RunningProxy proxy = config.startMounted(files)) {
            Map<String, Object> pod = map(at(document("StatefulSet", "pratique"), "spec", "template", "spec"));
            Map<String, Object> container = list(pod, "containers").get(0);
            for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
                assertThat(Web.get(proxy.operator() + at(container, probe, "httpGet", "path"))
                                .status())
                        .isEqualTo(200);
            }
            assertThat(ping(authority, "https://" + proxy.host() + "/v2/")).isEqualTo(200);
            String before = proxy.revision();

            files.put("catalog.yaml", "version: 2\nbases: []\n");
            files.computeIfPresent("policy.yaml", (name, text) -> text.replace("mode: warn", "mode: enforce"));
            config.mount(files);

            proxy.awaitOtherRevision(before);
            assertThat(Web.get(proxy.operator() + "/readyz").text())
                    .contains("\"ready\":true")
                    .doesNotContain("problems");
        }
    }

    @Test
    void the_static_pod_needs_nothing_but_the_node() {
        Map<String, Object> pod = documents("static-pod.yaml").get(0);
        Map<String, Object> container = list(pod, "spec", "containers").get(0);

        assertThat(pod.get("kind")).isEqualTo("Pod");
        assertThat(at(pod, "spec", "hostNetwork")).isEqualTo(true);
        assertThat(container.get("imagePullPolicy")).isEqualTo("Never");
        assertThat(names(list(container, "volumeMounts")))
                .containsExactlyInAnyOrderElementsOf(names(list(pod, "spec", "volumes")));
        assertThat(list(pod, "spec", "volumes"))
                .allMatch(volume -> volume.containsKey("hostPath") || volume.containsKey("emptyDir"));
    }

    /** Where the pod has paths and ports, a test has others. */
    private static String placed(String text, ProxyConfig config, Authority.Issued issued) {
        String[][] moved = {
            {"0.0.0.0:5060", "127.0.0.1:" + config.port()},
            {"0.0.0.0:5061", "127.0.0.1:" + config.operatorPort()},
            {"/run/pratique/tls/tls.crt", issued.chain().toString()},
            {"/run/pratique/tls/tls.key", issued.key().toString()},
            {"/var/lib/pratique/store", config.storage().resolve("store").toString()},
            {
                "/run/pratique/upstreams/docker-hub",
                Scratch.file(".password", "secret").toString()
            },
        };
        String placed = text;
        for (String[] each : moved) {
            assertThat(placed).contains(each[0]);
            placed = placed.replace(each[0], each[1]);
        }
        return placed;
    }

    private static int ping(Authority authority, String url) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
            return Web.trusting(authority)
                    .send(request, BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Map<String, Object> document(String kind, String name) {
        return documents.stream()
                .filter(document -> document.get("kind").equals(kind) && name.equals(at(document, "metadata", "name")))
                .findFirst()
                .orElseThrow();
    }

    private static List<Map<String, Object>> documents(String file) {
        try {
            List<Map<String, Object>> documents = new ArrayList<>();
            // A key that appears twice is an error, as it is to strict clients of Kubernetes.
            LoadSettings strict =
                    LoadSettings.builder().setAllowDuplicateKeys(false).build();
            new Load(strict)
                    .loadAllFromString(Files.readString(MANIFESTS.resolve(file)))
                    .forEach(document -> documents.add(map(document)));
            return documents;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object at(Map<String, Object> from, String... path) {
        Object reached = from;
        for (String key : path) {
            reached = map(reached).get(key);
            assertThat(reached).as(String.join(".", path)).isNotNull();
        }
        return reached;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> from, String... path) {
        return (List<Map<String, Object>>) at(from, path);
    }

    private static List<Object> names(List<Map<String, Object>> named) {
        return new ArrayList<>(named.stream().map(each -> each.get("name")).toList());
    }
}
