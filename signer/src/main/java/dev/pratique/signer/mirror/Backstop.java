package dev.pratique.signer.mirror;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What holds whatever a client does: it cannot reach another registry, or its cluster does not take other images.
 *
 * @param proxy scheme, host and port, nothing more
 * @param addresses of the proxy; empty: there are no egress rules
 * @param kept what else is reached: DNS, the cluster's own networks, mirrors of packages
 */
public record Backstop(URI proxy, List<Network> addresses, List<Network> kept) {
    public Backstop {
        addresses = List.copyOf(addresses);
        kept = List.copyOf(kept);
    }

    public List<ClientFile> files() {
        List<ClientFile> files = new ArrayList<>();
        if (!addresses.isEmpty()) {
            files.add(new ClientFile("nftables.conf", nftables()));
            files.add(new ClientFile("cilium.yaml", cilium()));
            files.add(new ClientFile("networkpolicy.yaml", networkPolicy()));
        }
        files.add(new ClientFile("admission.yaml", admission()));
        return files;
    }

    /** Where each of them holds and where it does not. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (addresses.isEmpty()) {
            notes.add(
                    "For egress rules say where the proxy is, and what else nodes must reach (DNS, the cluster's networks,");
            notes.add("mirrors of packages): --proxy-address IP --keep CIDR --keep CIDR");
        } else {
            notes.add(
                    "nftables.conf: for every node: nft -f nftables.conf. Nodes reach the proxy, themselves and what --keep");
            notes.add(
                    "  names, and nothing else. It is the one that also holds for programs that obey no configuration.");
            notes.add("cilium.yaml: the same for the nodes of a Cilium cluster, where the host firewall is enabled.");
            notes.add(
                    "networkpolicy.yaml: for a namespace where images are built: kubectl -n NAMESPACE apply -f. It is about");
            notes.add("  pods only: the kubelet's pulls are not theirs.");
        }
        notes.add(
                "admission.yaml: for clusters whose manifests name the proxy, as with Docker nodes: pods whose images do not");
        notes.add("  begin with " + host()
                + "/ are denied, those of kube-system excepted. Where nodes mirror, images keep");
        notes.add("  their names, and it would deny them: use egress rules there.");
        return notes;
    }

    private String host() {
        return proxy.getRawAuthority();
    }

    private int port() {
        return proxy.getPort() >= 0 ? proxy.getPort() : "http".equals(proxy.getScheme()) ? 80 : 443;
    }

    private String nftables() {
        StringBuilder text = new StringBuilder(
                "# New connections of this node go to the proxy and to what is kept, nowhere else.\n");
        text.append("table inet pratique_egress {\n    chain output {\n");
        text.append("        type filter hook output priority filter; policy accept;\n");
        text.append("        oif \"lo\" accept\n        ct state established,related accept\n");
        text.append("        meta l4proto ipv6-icmp accept\n");
        for (boolean six : new boolean[] {false, true}) {
            String family = six ? "ip6" : "ip";
            String to = listed(addresses, six);
            if (!to.isEmpty()) {
                text.append(String.format(
                        Locale.ROOT, "        %s daddr { %s } tcp dport %d accept\n", family, to, port()));
            }
            String others = listed(kept, six);
            if (!others.isEmpty()) {
                text.append(String.format(Locale.ROOT, "        %s daddr { %s } accept\n", family, others));
            }
        }
        text.append("        meta l4proto tcp counter reject with tcp reset\n        counter reject\n    }\n}\n");
        return text.toString();
    }

    private static String listed(List<Network> networks, boolean six) {
        return networks.stream()
                .filter(network -> network.six() == six)
                .map(Network::text)
                .collect(Collectors.joining(", "));
    }

    private String cilium() {
        return String.format(Locale.ROOT, """
                apiVersion: cilium.io/v2
                kind: CiliumClusterwideNetworkPolicy
                metadata:
                  name: pratique-node-egress
                spec:
                  description: Nodes reach the proxy, their cluster and what is kept, nothing else.
                  nodeSelector: {}
                  egress:
                    - toEntities: [cluster, health, kube-apiserver]
                    - toCIDR: [%s]
                      toPorts:
                        - ports: [{port: "%d", protocol: TCP}]
                """, quoted(addresses), port())
                + (kept.isEmpty() ? "" : "    - toCIDR: [" + quoted(kept) + "]\n");
    }

    private static String quoted(List<Network> networks) {
        return networks.stream().map(network -> "\"" + network.text() + "\"").collect(Collectors.joining(", "));
    }

    private String networkPolicy() {
        StringBuilder text = new StringBuilder("""
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata:
                  name: pratique-egress
                spec:
                  podSelector: {}
                  policyTypes: [Egress]
                  egress:
                    - to:
                        - namespaceSelector:
                            matchLabels: {kubernetes.io/metadata.name: kube-system}
                          podSelector:
                            matchLabels: {k8s-app: kube-dns}
                      ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
                """);
        text.append("    - to:\n");
        addresses.forEach(network -> block(text, network));
        text.append(String.format(Locale.ROOT, "      ports: [{port: %d, protocol: TCP}]\n", port()));
        if (!kept.isEmpty()) {
            text.append("    - to:\n");
            kept.forEach(network -> block(text, network));
        }
        return text.toString();
    }

    private static void block(StringBuilder text, Network network) {
        text.append("        - ipBlock: {cidr: \"").append(network.text()).append("\"}\n");
    }

    /** In CEL, as every Kubernetes from 1.30 on has it built in. */
    private String admission() {
        return String.format(Locale.ROOT, """
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata:
                  name: pratique-images
                spec:
                  failurePolicy: Fail
                  matchConstraints:
                    resourceRules:
                      - apiGroups: [""]
                        apiVersions: [v1]
                        operations: [CREATE, UPDATE]
                        resources: [pods, pods/ephemeralcontainers]
                  variables:
                    - name: images
                      expression: >-
                        object.spec.containers.map(c, c.image)
                        + (has(object.spec.initContainers) ? object.spec.initContainers.map(c, c.image) : [])
                        + (has(object.spec.ephemeralContainers) ? object.spec.ephemeralContainers.map(c, c.image) : [])
                        + (has(object.spec.volumes)
                           ? object.spec.volumes.filter(v, has(v.image)).map(v, v.image.reference) : [])
                  validations:
                    - expression: variables.images.all(image, image.startsWith('%1$s/'))
                      message: images are pulled through the proxy, their names begin with %1$s/
                ---
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata:
                  name: pratique-images
                spec:
                  policyName: pratique-images
                  validationActions: [Deny, Audit]
                  matchResources:
                    namespaceSelector:
                      matchExpressions:
                        # The cluster's own components are there before the proxy is.
                        - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}
                """, host());
    }
}
