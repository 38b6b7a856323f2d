#!/bin/bash
# The distribution-spec conformance suite: once against a registry, once with all that reads going through the proxy
# (admit: unverified, and nothing is current without asking: tags.ttl 0, authorisation.ttl 0). Fails where something that
# passes against the registry fails through the proxy, unless expected.txt beside this file names it.
#
#   CONFORMANCE  the suite's program: `go build -o conformance .` in conformance/ of opencontainers/distribution-spec
#   REGISTRY     a registry's command line in which PORT stands for its port (default: refreg 127.0.0.1:PORT)
#
# Results, one directory each for alone and proxied, are kept in target/conformance.
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../../../.." && pwd)
suite=${CONFORMANCE:?set it to the program of the conformance suite}
results=$home/target/conformance
rm -rf "$results" && mkdir -p "$results"
work=$(mktemp -d)
running=
end() {
    for pid in $running; do kill "$pid" && wait "$pid"; done 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT

free_ports() {
    python3 -c 'import socket; s = [socket.socket() for _ in range(5)]; [x.bind(("127.0.0.1", 0)) for x in s]; print(*[x.getsockname()[1] for x in s])'
}

answers() { # answers PID PORT PATH
    for _ in $(seq 600); do
        python3 -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$2$3', timeout=1)" 2>/dev/null && return 0
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    echo "nothing answers on port $2; see $results" >&2
    return 1
}

registry() { # registry NAME PORT
    command=${REGISTRY:-refreg 127.0.0.1:PORT}
    ${command//PORT/$2} >"$results/$1-registry.log" 2>&1 &
    running="$running $!"
    answers $! "$2" /v2/
}

conform() { # conform NAME PORT
    mkdir -p "$results/$1"
    OCI_RESULTS_DIR=$results/$1 OCI_REGISTRY=127.0.0.1:$2 OCI_TLS=disabled OCI_VERSION=${OCI_VERSION:-1.1} \
        "$suite" >"$results/$1.log" 2>&1 || true
    [ -s "$results/$1/junit.xml" ] || { tail -n 20 "$results/$1.log" >&2; exit 1; }
    passed "$results/$1" >"$results/$1.passed"
    echo "$1: $(total tests "$1") checks, $(wc -l <"$results/$1.passed") passed, $(total failures "$1") failed, $(total skipped "$1") skipped, $(total disabled "$1") disabled"
}

# A number of the report; those that are zero are left out of it.
total() { sed -n "s/^<testsuites .* $1=\"\([0-9]*\)\".*/\1/p" "$results/$2/junit.xml" | grep . || echo 0; }

passed() { python3 "$here/passed.py" "$1/junit.xml" | sort; }

ports=$(free_ports)
read -r alone behind proxy operator split <<<"$ports"
registry alone "$alone"
conform alone "$alone"

registry behind "$behind"
mkdir "$work/config"
cat >"$work/config/proxy.yaml" <<Y
listen: [{name: default, address: '127.0.0.1:$proxy', upstream: 'registry.example'}]
operator: {address: '127.0.0.1:$operator'}
storage: {directory: $work/storage}
upstreams: {registry.example: {url: 'http://127.0.0.1:$behind', plainHttp: true}}
tags: {ttl: 0}
authorisation: {ttl: 0}
Y
echo "rules: [{name: all, repositories: ['**'], admit: unverified}]" >"$work/config/policy.yaml"
"$home/pratique" proxy --config "$work/config" >"$results/proxy.log" 2>&1 &
running="$running $!"
answers $! "$operator" /readyz
"${JAVA_HOME:+$JAVA_HOME/bin/}java" "$here/MethodSplitter.java" "$split" "$proxy" "$behind" >"$results/splitter.log" 2>&1 &
running="$running $!"
answers $! "$split" /v2/
conform proxied "$split"

# What passes against the registry only. expected.txt names checks, and says why in comments.
comm -23 "$results/alone.passed" "$results/proxied.passed" >"$results/lost"
sed '/^#/d; /^$/d' "$here/expected.txt" | sort >"$results/expected"
unexpected=$(comm -23 "$results/lost" "$results/expected")
[ -z "$unexpected" ] || { printf 'passes against the registry, fails through the proxy:\n%s\n' "$unexpected" >&2; exit 1; }
echo "nothing that passes against the registry fails through the proxy, but for $(wc -l <"$results/lost") that expected.txt explains"
