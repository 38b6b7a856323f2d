package dev.pratique.signer.cli;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.mirror.ClientFile;
import dev.pratique.signer.mirror.MirroredClient;
import dev.pratique.signer.mirror.Network;
import dev.pratique.signer.mirror.Wanted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes or shows the files of one client, what to do with them, and what the client does all the same. */
abstract class MirrorTask extends Task {
    @Mixin
    private MirrorOptions options = new MirrorOptions();

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "path on the clients' machines of the certificate authority that the proxy's certificate is from")
    private Optional<String> authority = Optional.empty();

    MirrorTask(Terminal terminal) {
        super(terminal);
    }

    abstract MirroredClient client();

    @Override
    final ExitCode run() throws Failure {
        if (authority.isPresent() && !authority.get().matches("/[\\w./-]+")) {
            throw Failure.of(
                    Kind.USAGE,
                    "--ca is not an absolute path of letters, digits, '.', '_', '-' and '/'",
                    "as in --ca /etc/pki/pratique-ca.pem, where it lies on the clients' machines");
        }
        Wanted wanted = options.wanted(this, authority);
        MirroredClient client = client();
        List<ClientFile> files = client.files(wanted);
        List<String> advice = new ArrayList<>(client.steps(wanted));
        List<String> loopholes = client.loopholes(wanted);
        String backstop = "pratique mirror backstop --proxy " + wanted.proxy()
                + (Network.of(wanted.proxy()).isPresent() ? " --keep CIDR" : "");
        List<String> notes = new ArrayList<>(advice);
        notes.add("What it does all the same:");
        loopholes.forEach(line -> notes.add("  " + line));
        notes.add("The backstop, which holds whatever a client does: " + backstop);
        options.show(this, client.directory(), files, notes);
        document("pratique.mirror." + client.name() + "/v1", members(client, files, advice, loopholes, backstop));
        return ExitCode.DONE;
    }

    private static Map<String, Object> members(
            MirroredClient client,
            List<ClientFile> files,
            List<String> advice,
            List<String> loopholes,
            String backstop) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("configPath", client.directory());
        members.put("files", MirrorOptions.rows(files));
        members.put("advice", advice);
        members.put("notEnforced", loopholes);
        members.put("backstop", backstop);
        return members;
    }
}
