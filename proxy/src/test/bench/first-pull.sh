#!/bin/bash
# What a rule costs the first pull of an image: N images, each signed by real cosign without a key (Fulcio, Rekor v2 and a
# timestamp authority of a private Sigstore), pulled once through a proxy whose rule asks for that signer and once through
# one that admits everything. Prints medians, and what is added when the time of upstream requests is taken off.
# Runs in a network namespace of its own; needs what `.ci/nightly sigstore` needs, and root.
#
# usage: first-pull.sh [IMAGES [WARM]]   (default 100, of which the first 40 warm the proxies up)
set -eu
home=$(cd "$(dirname "$0")/../../../.." && pwd)
shared=${PRATIQUE_SHARED:-$home/../shared}
if [ -z "${FIRST_PULL_ALONE:-}" ]; then
    "$home/pratique" --version >/dev/null # builds it, which needs the network
    FIRST_PULL_ALONE=1 exec unshare --net --pid --fork --kill-child --mount-proc "$0" "$@"
fi
ip link set lo up
images=${1:-100} warm=${2:-40}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export BIN=${GOBIN:-$(go env GOPATH)/bin} W=$work/run PKI=$work/pki OUT=$work/out CFG=$work/cfg STACK_TTL=1800
export COSIGN_PASSWORD= COSIGN_YES=true TUF_ROOT=$work/tuf
"$shared/stack/pki.sh" "$PKI" 2>/dev/null
"$shared/stack/stack.sh" start oidc tsa rekor2 db ctfe fulcio reg >"$work/stack.log" 2>&1
"$shared/stack/roots.sh" "$CFG" >>"$work/stack.log" 2>&1
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

sign() { # sign NUMBER: an image of its own, signed
    name=127.0.0.1:18500/app$1/app
    mkdir "$work/$1"
    head -c 20000 /dev/urandom >"$work/$1/data"
    tar -C "$work/$1" -cf "$work/$1.tar" data
    "$BIN/crane" append --oci-empty-base -f "$work/$1.tar" -t "$name:1" >/dev/null 2>&1
    digest=$("$BIN/crane" digest "$name:1")
    token=$(curl -sf 'http://127.0.0.1:18888/gh/token?profile=gh')
    "$BIN/cosign" sign --identity-token "$token" --signing-config "$CFG/signing_config.rekor2.json" \
        --trusted-root "$CFG/trusted_root.json" "$name@$digest" >>"$work/sign.log" 2>&1
    echo "app$1/app@$digest" >>"$work/images"
}
for number in $(seq "$images"); do sign "$number" || { tail -n 5 "$work/sign.log" >&2; exit 1; }; done

# The rule is the only difference between the two.
config() { # config NAME PORT RULE
    mkdir "$work/$1"
    cat >"$work/$1/proxy.yaml" <<Y
listen: [{name: default, address: '127.0.0.1:$2', upstream: upstream.test}]
operator: {address: '127.0.0.1:$(($2 + 1))'}
storage: {directory: $work/$1-storage}
upstreams: {upstream.test: {url: 'http://127.0.0.1:5000', plainHttp: true}}
Y
    cp "$CFG/trusted_root.json" "$work/$1/root.json"
    cat >"$work/$1/trust.yaml" <<'Y'
roots:
  bench: {trustedRoot: root.json, logs: 1, timestamps: 1, certificateLogs: 1}
signers:
  ci: {identities: [{issuer: 'http://127.0.0.1:18888/gh', subject: 'https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main'}], roots: [bench]}
Y
    echo "rules: [{name: bench, repositories: ['**'], $3}]" >"$work/$1/policy.yaml"
    PRATIQUE_JAVA_OPTS=${PRATIQUE_JAVA_OPTS:--Xmx256m} "$home/pratique" proxy --config "$work/$1" >"$work/$1.log" 2>&1 &
    for _ in $(seq 600); do
        curl -sf "http://127.0.0.1:$(($2 + 1))/readyz" >/dev/null && return 0
        kill -0 $! 2>/dev/null || break
        sleep 0.1
    done
    cat "$work/$1.log" >&2
    exit 1
}
config signed 5060 'signedBy: {any: [ci]}'
config unverified 5070 'admit: unverified'
echo "$(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg), $("$java" -version 2>&1 | head -n 1)"
"$java" "$home/proxy/src/test/bench/FirstPull.java" 127.0.0.1:18500 127.0.0.1:5000 127.0.0.1:5060 127.0.0.1:5070 "$work/images" "$warm"
