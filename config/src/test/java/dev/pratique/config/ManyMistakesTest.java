package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that is wrong is said at once, in the place where it is wrong. */
class ManyMistakesTest {
    @TempDir
    Path directory;

    @Test
    void sayEveryProblemOfEveryFileAtOnce() {
        TestConfig config = new TestConfig(directory)
                .write("proxy.yaml", """
                        lisen:
                          - {address: 127.0.0.1:5060}
                        operator: {address: ":5061"}
                        storage: {directory: store}
                        upstreams:
                          DOCKER.IO:
                            url: http://registry-1.docker.io
                          docker.io:
                            url: https://registry-1.docker.io/v2/
                            credentials: {username: robot, password: hunter2}
                          ghcr.io:
                            url: https://ghcr.io
                            missing: [401]
                        tags: {ttl: 30}
                        evidence: {recheck: 8d, maxStale: 7d}
                        limits: {judges: 0}
                        """)
                .write("keys/small.pub", TestConfig.pem("RSA", "", 1024))
                .write("keys/ed.pub", TestConfig.pem("Ed448", "", 0))
                .write("trust.yaml", """
                        signers:
                          acme-ci: {key: keys/small.pub}
                          vendor: {key: keys/ed.pub}
                          lab: {key: keys/none.pub}
                        """)
                .write("policy.yaml", """
                        environments:
                          prod: {match: {listener: defualt}}
                        rules:
                          - name: ours
                            repositories: ["docker.io/nginx", "index.docker.io/library/redis", "ghcr.io/acme:1"]
                            environments: [prd]
                            mode: "Strict "
                            signedBy: {any: [acme-cl]}
                            provenance: {builders: [github-hostd], sources: ["git+https://github.com/acme/app"]}
                          - {name: nothing, repositories: ["ghcr.io/**"]}
                          - {name: both, repositories: ["ghcr.io/x/*"], admit: unverified, refuse: no}
                          - {name: nothing, repositories: [], refuse: no}
                        """)
                .write("catalog.yaml", """
                        version: 3
                        bases:
                          - name: debian
                            version: 12
                            approved: 2026-11-02
                            endOfLife: 2026-01-01
                            platforms:
                              linux/amd64:
                                chainId: sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef
                                layers: 1
                              linux/arm64: {chainId: sha256:abc, layers: 0}
                        """);

        String expected = """
                catalog.yaml:3: bases[0] lacks owner  -> add it: owner: …
                catalog.yaml:6: endOfLife 2026-01-01 is before approved 2026-11-02  -> one of the two days is wrong
                catalog.yaml:8: bases[0].platforms["linux/amd64"] is nothing but empty layers  -> every image could be said to stand on it: it cannot be a base
                catalog.yaml:11: bases[0].platforms["linux/arm64"].chainId is not a digest  -> sha256: and 64 lower-case hex digits
                catalog.yaml:11: bases[0].platforms["linux/arm64"].layers is "0", not a whole number from 1 to 1024  -> write a number of that range, without a unit
                environment: PRATIQUE_PROXY_LISTEN_0_ADRESS: names no single value of the file  -> did you mean PRATIQUE_PROXY_LISTEN_0_ADDRESS?
                policy.yaml:2: "defualt" is no listener of proxy.yaml  -> did you mean default?
                policy.yaml:5: "docker.io/nginx" is not how the repository is spelt here  -> write docker.io/library/nginx
                policy.yaml:5: "index.docker.io/library/redis" is not how the repository is spelt here  -> write docker.io/library/redis
                policy.yaml:5: "ghcr.io/acme:1" has a tag or digest; rules are about repositories  -> write ghcr.io/acme, and tags: {refuse: [...]} for tags
                policy.yaml:6: "prd" is no environment of policy.yaml  -> did you mean prod?
                policy.yaml:7: rules[0].mode is "Strict ", not enforce or warn  -> write enforce or warn
                policy.yaml:8: "acme-cl" is no signer of trust.yaml  -> did you mean acme-ci?
                policy.yaml:9: "github-hostd" is no builder of trust.yaml  -> did you mean github-hosted?
                policy.yaml:9: "git+https://github.com/acme/app" is not how a source is spelt here  -> write https://github.com/acme/app
                policy.yaml:10: rules[1] asks for no evidence  -> say signedBy, provenance or base; or admit: unverified; or refuse: WHY
                policy.yaml:11: can never match: the rule in line 10 matches all of it before  -> the first rule that matches decides: move this one up
                policy.yaml:11: rules[2] says admit and refuse  -> a rule asks for something, or admits, or refuses: keep one
                policy.yaml:12: a rule called "nothing" is in line 10 already  -> answers and counters name the rule: give it another name
                policy.yaml:12: rules[3].repositories is an empty list  -> name at least one, or remove the key
                proxy.yaml:1: unknown key "lisen"  -> did you mean listen?
                proxy.yaml:3: operator.address is ":5061", not host:port  -> write 0.0.0.0:5061 for all of this machine
                proxy.yaml:6: "DOCKER.IO" is not how the registry is spelt here  -> write docker.io
                proxy.yaml:7: upstreams["DOCKER.IO"].url is plain HTTP  -> use https, or say plainHttp: true for this upstream
                proxy.yaml:8: "docker.io" is the same upstream as the one in line 6  -> keep one of the two
                proxy.yaml:9: upstreams["docker.io"].url is not scheme, host and port alone  -> write it as https://registry.example
                proxy.yaml:10: password is not a reference to a secret  -> secrets are never written here: {env: VARIABLE} or {file: PATH}
                proxy.yaml:13: upstreams["ghcr.io"].missing[0] is 401, which does not say that something is missing  -> write 403, or what this registry answers
                proxy.yaml:14: tags.ttl is "30", not a duration  -> write a unit: 30s, 30m or 30h
                proxy.yaml:15: evidence.maxStale is shorter than evidence.recheck  -> write at least that
                proxy.yaml:16: limits.judges is "0", not a whole number from 1 to 1024  -> write a number of that range, without a unit
                trust.yaml:2: signers.acme-ci.key cannot be used: an RSA key of 1024 bits is not verified; use 2048 to 8192  -> make a pair: pratique keys generate
                trust.yaml:3: signers.vendor.key cannot be used: keys of this kind are not verified (ECDSA on P-256, P-384 and P-521, RSA and Ed25519 are)  -> make a pair: pratique keys generate
                trust.yaml:4: there is no file "keys/none.pub"  -> paths are relative to the configuration directory
                """;
        assertThat(TestConfig.listed(config.problems(Map.of("PRATIQUE_PROXY_LISTEN_0_ADRESS", "x"))))
                .isEqualTo(expected);
    }
}
