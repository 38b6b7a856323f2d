package dev.pratique.signer.cli;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.mirror.Backstop;
import dev.pratique.signer.mirror.ClientFile;
import dev.pratique.signer.mirror.Network;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes what holds whatever a client does. */
@Command(
        name = "backstop",
        description = {
            "Writes what holds for clients that obey no configuration: egress rules and an admission policy.",
            "The egress rules are for nftables, Cilium and as a NetworkPolicy; the admission policy is for images that are",
            "named by the proxy."
        },
        footer = {
            "",
            "Examples:",
            "  pratique mirror backstop --proxy https://pratique.example",
            "  pratique mirror backstop --proxy https://pratique.example --proxy-address 10.0.0.5 --keep 10.96.0.0/12 \\",
            "    --output-dir backstop"
        })
final class MirrorBackstopCommand extends Task {
    @Mixin
    private MirrorOptions options = new MirrorOptions();

    @Option(
            names = "--proxy-address",
            paramLabel = "IP",
            description = "address or block of the proxy, for egress rules; may be repeated")
    private List<String> addresses = List.of();

    @Option(
            names = "--keep",
            paramLabel = "CIDR",
            description = "what else is reached (DNS, the cluster's networks, mirrors of packages); may be repeated")
    private List<String> kept = List.of();

    MirrorBackstopCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        URI proxy = options.proxy(this);
        List<Network> of = new ArrayList<>(networks("--proxy-address", addresses));
        if (of.isEmpty()) {
            // Where the proxy is named by its address, that is where it is.
            Network.of(proxy).ifPresent(of::add);
        }
        if (!of.isEmpty() && kept.isEmpty()) {
            throw Failure.of(
                    Kind.USAGE,
                    "egress rules without --keep would cut nodes off from DNS and their cluster",
                    "say what else they must reach: --keep 10.96.0.0/12");
        }
        Backstop backstop = new Backstop(proxy, of, networks("--keep", kept));
        List<ClientFile> files = backstop.files();
        options.show(this, "backstop", files, backstop.notes());
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("files", MirrorOptions.rows(files));
        members.put("advice", backstop.notes());
        document("pratique.mirror.backstop/v1", members);
        return ExitCode.DONE;
    }

    private static List<Network> networks(String option, List<String> texts) throws Failure {
        List<Network> networks = new ArrayList<>();
        for (String text : texts) {
            Optional<Network> network = Network.parse(text);
            networks.add(network.orElseThrow(() -> Failure.of(
                    Kind.USAGE,
                    option + " '" + text + "' is no address or block of them",
                    "as in 10.0.0.5 or 10.0.0.0/8")));
        }
        return networks;
    }
}
