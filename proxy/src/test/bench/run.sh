#!/bin/bash
# Pull throughput of one signed image, beside nginx and docker-registry as a cache, on this machine and in one run.
# Prints the settings that matter, then the table. Needs docker-registry nginx wrk skopeo openssl; arguments go to
# pull_bench.py (--seconds N, --rounds N). Ports 5000, 5001, 5060, 5061, 5062, 5080 and 5443 of the loopback interface must be free.
set -eu
home=$(cd "$(dirname "$0")/../../../.." && pwd)
bench=${PRATIQUE_SHARED:-$home/../shared}/bench/pull_bench.py
[ -f "$bench" ] || { echo "no $bench; set PRATIQUE_SHARED" >&2; exit 1; }
work=$(mktemp -d)
proxy=
end() {
    [ -z "$proxy" ] || { kill "$proxy" && wait "$proxy"; } 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT

export PRATIQUE_PASSWORD=bench
mkdir "$work/config"
"$home/pratique" keys generate --output-key-prefix "$work/bench" >"$work/keys.log" 2>&1 || { cat "$work/keys.log" >&2; exit 1; }
cp "$work/bench.pub" "$work/config/bench.pub"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/config/tls.key" -out "$work/config/tls.pem" \
    -days 2 -subj /CN=localhost 2>/dev/null
cat >"$work/config/proxy.yaml" <<Y
listen:
  - {name: plain, address: '127.0.0.1:5060'}
  - {name: tls, address: '127.0.0.1:5062', tls: {certificate: tls.pem, key: tls.key}}
operator: {address: '127.0.0.1:5061'}
storage: {directory: $work/storage}
upstreams:
  '127.0.0.1:5000': {url: 'http://127.0.0.1:5000', plainHttp: true}
tags: {ttl: 30s}
Y
echo 'signers: {bench: {key: bench.pub}}' >"$work/config/trust.yaml"
cat >"$work/config/policy.yaml" <<'Y'
rules:
  - {name: bench, repositories: ['127.0.0.1:5000/bench/**'], signedBy: {any: [bench]}}
Y

heap=${PRATIQUE_JAVA_OPTS:--Xmx256m}
PRATIQUE_JAVA_OPTS=$heap "$home/pratique" proxy --config "$work/config" >"$work/proxy.log" 2>&1 &
proxy=$!
for _ in $(seq 600); do
    python3 -c 'import urllib.request; urllib.request.urlopen("http://127.0.0.1:5061/readyz", timeout=1)' 2>/dev/null && break
    kill -0 "$proxy" 2>/dev/null || { cat "$work/proxy.log" >&2; exit 1; }
    sleep 0.1
done

echo "proxy with $heap, tags.ttl 30s, decision log on, rule: signedBy one key; $(nproc) processors, $("${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | head -n 1)"
python3 "$bench" --target http://127.0.0.1:5060/v2/127.0.0.1:5000/bench/app \
    --target-tls https://127.0.0.1:5062/v2/127.0.0.1:5000/bench/app --insecure-tls \
    --sign "'$home/pratique' sign \"\$IMAGE\" --key '$work/bench.key' --allow-http-registry >'$work/sign.log' 2>&1 || { cat '$work/sign.log' >&2; exit 1; }" "$@"
[ -s "$work/storage/decisions.jsonl" ] || { echo "the decision log is empty: this was no measurement of the real thing" >&2; exit 1; }
