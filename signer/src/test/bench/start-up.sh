#!/bin/bash
# Whole processes beside cosign, in one run on a local registry with the referrers API: wall time and peak memory, medians with
# the least and the most. Pratique is laid out as its packages are: in a checkout the launcher looks for newer sources first,
# which takes 15 to 20 ms. Needs docker-registry's successor refreg, crane and cosign (on the PATH or in Go's bin directory).
#
# usage: start-up.sh [ROUNDS [IMAGES]]   (default 11 rounds, 50 images in one call)
#   NEWER_JAVA_HOME  a newer JDK, measured too
set -eu
home=$(cd "$(dirname "$0")/../../../.." && pwd)
rounds=${1:-11} images=${2:-50}
PATH=$PATH:${GOBIN:-$(go env GOPATH 2>/dev/null || echo ~/go)/bin}
for tool in refreg crane cosign python3; do
    command -v "$tool" >/dev/null || { echo "no $tool" >&2; exit 1; }
done
work=$(mktemp -d)
registry=
end() {
    [ -z "$registry" ] || { kill "$registry" && wait "$registry"; } 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
refreg "127.0.0.1:$port" >"$work/registry.log" 2>&1 &
registry=$!
for _ in $(seq 100); do
    crane catalog "127.0.0.1:$port" >/dev/null 2>&1 && break
    sleep 0.1
done
export COSIGN_PASSWORD= PRATIQUE_PASSWORD= TUF_ROOT=$work/tuf
cosign generate-key-pair --output-key-prefix "$work/key" >/dev/null 2>&1
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/plain.key" 2>/dev/null
openssl pkey -in "$work/plain.key" -pubout -out "$work/plain.pub" 2>/dev/null
for n in $(seq "$images"); do
    head -c 1000 /dev/urandom >"$work/data.bin"
    tar -C "$work" -cf "$work/layer.tar" data.bin
    crane append --oci-empty-base -f "$work/layer.tar" -t "127.0.0.1:$port/app$n:1" >/dev/null 2>&1
    echo "127.0.0.1:$port/app$n@$(crane digest "127.0.0.1:$port/app$n:1")" >>"$work/images"
done
# What is verified has one signature; on the first image every round leaves one.
cosign sign --yes --key "$work/key.key" --use-signing-config=false --tlog-upload=false "$(sed -n 2p "$work/images")" >/dev/null 2>&1
"$home/pratique" --version >/dev/null # builds it
installed=$work/installed
mkdir -p "$installed/bin" "$installed/lib/proxy" "$installed/config" "$installed/cache"
cp "$home/pratique" "$installed/bin/"
cp -r "$home/config/default" "$installed/config/"
cp "$home/signer/target/pratique-signer-all.jar" "$installed/lib/pratique-signer.jar"
"$installed/bin/pratique" --version >/dev/null # makes the archive of classes
[ -z "${NEWER_JAVA_HOME:-}" ] || JAVA_HOME=$NEWER_JAVA_HOME "$installed/bin/pratique" --version >/dev/null
WORK=$work HOME_OF=$installed/bin ROUNDS=$rounds python3 - <<'P'
import os, statistics, subprocess, sys, time
work, home, rounds = os.environ["WORK"], os.environ["HOME_OF"], int(os.environ["ROUNDS"])
images = open(work + "/images").read().split()
cosign_sign = ["cosign", "sign", "--yes", "--key", work + "/key.key", "--use-signing-config=false", "--tlog-upload=false"]
pratique = home + "/pratique"
newer = os.environ.get("NEWER_JAVA_HOME")

def run(commands, java=None):
    """Seconds of all, and the largest of their peaks in MiB."""
    environment = dict(os.environ, **({"JAVA_HOME": java} if java else {}))
    began, peak = time.perf_counter(), 0
    for command in commands:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        if status:
            sys.exit("%s: %s" % (" ".join(command), said.decode()))
        peak = max(peak, usage.ru_maxrss / 1024)
    return time.perf_counter() - began, peak

lines = [
    ("version", [["cosign", "version"]], [[pratique, "--version"]]),
    ("sign, cosign's encrypted key", [cosign_sign + [images[0]]], [[pratique, "sign", "--key", work + "/key.key", images[0]]]),
    ("sign, plain key", None, [[pratique, "sign", "--key", work + "/plain.key", images[0]]]),
    ("verify a bundle by key", [["cosign", "verify", "--key", work + "/key.pub", "--insecure-ignore-tlog", images[1]]],
     [[pratique, "verify", "--key", work + "/key.pub", images[1]]]),
    ("sign %d images, cosign's encrypted key" % len(images), [cosign_sign + [image] for image in images],
     [[pratique, "sign", "--key", work + "/key.key"] + images]),
]
print("%d rounds, load average %s" % (rounds, os.getloadavg()[0]))
print("| | cosign, ms | Pratique, ms | newer JDK, ms | ratio | cosign, MiB | Pratique, MiB |")
print("|---|---|---|---|---|---|---|")
for name, theirs, ours in lines:
    seen = {"cosign": [], "ours": [], "newer": []}
    for _ in range(rounds if len(ours[0]) < 20 else max(1, rounds // 4)):
        if theirs:
            seen["cosign"].append(run(theirs))
        seen["ours"].append(run(ours))
        if newer:
            seen["newer"].append(run(ours, newer))
    def times(of):
        got = sorted(1000 * seconds for seconds, _ in seen[of])
        return "%.0f (%.0f-%.0f)" % (statistics.median(got), got[0], got[-1]) if got else ""
    def memory(of):
        return "%.0f" % statistics.median(peak for _, peak in seen[of]) if seen[of] else ""
    median = lambda of: statistics.median(seconds for seconds, _ in seen[of])
    ratio = "%.2f" % (median("ours") / median("cosign")) if theirs else ""
    print("| %s | %s | %s | %s | %s | %s | %s |" % (name, times("cosign"), times("ours"), times("newer"), ratio, memory("cosign"), memory("ours")))
P
