#!/bin/bash
# From a bundle's bytes to findings, beside openssl and sigstore-go, on one processor and in one run. Prints medians with the
# least and the most of the rounds, and ratios. Needs openssl, python3, Maven, and gobench of the shared stack on the PATH or
# in Go's bin (where it is missing, its lines are).
#
# usage: run.sh [bundles|providers]...   (default: bundles)
#   ROUNDS=3  CORE=(the last)  SECONDS_EACH=5
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../../../.." && pwd)
samples=${PRATIQUE_SHARED:-$home/../shared}/samples
[ -d "$samples" ] || { echo "no $samples; set PRATIQUE_SHARED" >&2; exit 1; }
core=${CORE:-$(($(nproc) - 1))} rounds=${ROUNDS:-3} each=${SECONDS_EACH:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- bundles

(cd "$home" && mvn -q -B -ntp -Dquick -Pjmh -pl attestations test-compile dependency:build-classpath \
    "-Dmdep.outputFile=$work/classpath") >"$work/mvn.log" 2>&1 || { tail -n 20 "$work/mvn.log" >&2; exit 1; }
classes=$home/attestations/target/test-classes:$home/attestations/target/classes:$here/resources:$(cat "$work/classpath")
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
one() { taskset -c "$core" "$@"; }
jmh() { # jmh FILE ARITHMETIC ARGUMENT...
    out=$1 arithmetic=$2
    shift 2
    one "$java" -cp "$classes" org.openjdk.jmh.Main "$@" -f 1 -wi 10 -w "$each" -i 3 -r "$each" -rf json -rff "$out" \
        -prof dev.pratique.attestations.bench.CpuTime -jvmArgs \
        "-Xmx512m -XX:+UseSerialGC -Dbench.arithmetic=$arithmetic -Dbench.cases=$work/cases -Dbench.samples=$samples" \
        >"$work/jmh.log" 2>&1 && [ -s "$out" ] || { tail -n 40 "$work/jmh.log" >&2; exit 1; }
}

bundles() {
    mkdir "$work/cases"
    python3 "$here/cases.py" "$samples" "$work/cases"
    gobench=$(command -v gobench || true)
    [ -n "$gobench" ] || gobench=$(go env GOPATH 2>/dev/null)/bin/gobench
    [ -x "$gobench" ] || { echo "no gobench: build it from the shared stack/gobench, as .ci/nightly bench does" >&2; exit 1; }
    names=$(python3 -c 'import os, sys; print(",".join(sorted(os.listdir(sys.argv[1]))))' "$work/cases")
    for round in $(seq "$rounds"); do
        one openssl speed -seconds "$each" ecdsap256 >"$work/openssl.$round" 2>"$work/openssl.log"
        one "$gobench" "$work/cases" "$samples/trusted_root.json" "$samples/keys/k-p256.pub" >"$work/gobench.$round"
        jmh "$work/native.$round" native BundleBench -p "sample=$names"
        jmh "$work/java.$round" java BundleBench -p "sample=$names"
    done
    echo "one processor of $(nproc), $rounds rounds, load average $(cut -d' ' -f1 /proc/loadavg); $("$java" -version 2>&1 | head -n 1)"
    python3 "$here/report.py" "$work"
}

providers() {
    jmh "$work/providers" native ProviderBench
    python3 "$here/report.py" --providers "$work/providers"
}

for what in "$@"; do
    case $what in
    bundles | providers) "$what" ;;
    *) echo "unknown part: $what (bundles or providers)" >&2 && exit 2 ;;
    esac
done
