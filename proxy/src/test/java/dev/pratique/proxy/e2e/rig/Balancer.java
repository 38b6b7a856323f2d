package dev.pratique.proxy.e2e.rig;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** A real nginx before several proxies, which decides for each request anew where it goes. */
public final class Balancer implements AutoCloseable {
    private final String host;
    private final Daemon daemon;

    private Balancer(String host, Daemon daemon) {
        this.host = host;
        this.daemon = daemon;
    }

    /** By what it chooses. */
    public enum Choice {
        /** One after the other. */
        IN_TURN(""),
        /** By the client's address, as long as that proxy is there. */
        BY_SOURCE("ip_hash;");

        private final String directive;

        Choice(String directive) {
            this.directive = directive;
        }
    }

    /** Starts one over plain HTTP. */
    public static Balancer before(Choice choice, List<RunningProxy> proxies) {
        String host = "127.0.0.1:" + Scratch.port();
        Path home = Scratch.directory("nginx");
        // Its workers are another user, who may not write where the tests' files are: so it holds nothing back on disk.
        String servers = proxies.stream()
                .map(proxy -> "server " + proxy.host() + " max_fails=1 fail_timeout=1h;")
                .collect(Collectors.joining(" "));
        Path config = Scratch.file(".conf", """
                daemon off; worker_processes 1; pid %1$s/pid; error_log %1$s/error.log; events {}
                http {
                  access_log off; proxy_max_temp_file_size 0; client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi; uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
                  upstream proxies { %3$s %4$s }
                  server {
                    listen %2$s;
                    location / { proxy_pass http://proxies; proxy_http_version 1.1; proxy_set_header Host $http_host; }
                  }
                }
                """.formatted(home, host, choice.directive, servers));
        Daemon daemon = Tool.named("nginx").start("-c", config.toString(), "-p", home.toString());
        Balancer started = new Balancer(host, daemon);
        await("nginx answers")
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> Web.answers("http://" + host + "/v2/"));
        return started;
    }

    /** Address and port. */
    public String host() {
        return host;
    }

    @Override
    public void close() {
        daemon.close();
    }
}
