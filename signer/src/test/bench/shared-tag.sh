#!/bin/bash
# What is lost when many signers sign one image at once on a registry without the referrers API, where what they write is a
# shared tag: pratique beside cosign, in one run, for bundles (the referrers tag) and for the older form (the .sig tag).
# Prints a table: signers that ended well, signatures found afterwards, lost ones, and the time of each round. Fails where more
# than one in a hundred of ours is lost.
# Needs docker-registry, crane and cosign (on the PATH or in Go's bin directory); ports are free ones.
#
# usage: shared-tag.sh [ROUNDS [SIGNERS]]   (default 20 rounds of 32)
set -eu
home=$(cd "$(dirname "$0")/../../../.." && pwd)
rounds=${1:-20} signers=${2:-32}
PATH=$PATH:${GOBIN:-$(go env GOPATH 2>/dev/null || echo ~/go)/bin}
for tool in docker-registry crane cosign python3; do
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
cat >"$work/registry.yml" <<Y
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/data}}
http: {addr: '127.0.0.1:$port'}
Y
docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
registry=$!
for _ in $(seq 100); do
    crane catalog "127.0.0.1:$port" >/dev/null 2>&1 && break
    sleep 0.1
done

export COSIGN_PASSWORD= PRATIQUE_PASSWORD= TUF_ROOT=$work/tuf
cosign generate-key-pair --output-key-prefix "$work/key" >/dev/null 2>&1
"$home/pratique" --version >/dev/null # builds it
head -c 1000 /dev/urandom >"$work/data.bin"
tar -C "$work" -cf "$work/layer.tar" data.bin

one() { # one PROGRAM FORMAT IMAGE NUMBER
    case $1 in
    pratique) "$home/pratique" sign --key "$work/key.key" --format "$2" -a "n=$4" "$3" ;;
    cosign)
        new=true
        [ "$2" = bundle ] || new=false
        cosign sign --yes --key "$work/key.key" --use-signing-config=false --tlog-upload=false \
            --new-bundle-format=$new -a "n=$4" "$3"
        ;;
    esac >"$work/log.$4" 2>&1
}

found() { # found FORMAT IMAGE DIGEST: entries of the tag
    suffix= member=manifests
    [ "$1" = bundle ] || { suffix=.sig member=layers; }
    crane manifest "${2%@*}:${3/:/-}$suffix" 2>/dev/null |
        python3 -c "import json, sys; print(len(json.load(sys.stdin)['$member']))" || echo 0
}

echo "$signers signers at once, $rounds rounds, docker-registry $(docker-registry --version | awk '{print $NF}'), $(nproc) processors"
missed=0
printf '%-9s %-7s %8s %8s %6s %7s %s\n' program format "ended 0" found lost lost% "median s"
for format in bundle cosign; do
    for program in pratique cosign; do
        ended=0 there=0
        : >"$work/times"
        for round in $(seq "$rounds"); do
            name=127.0.0.1:$port/$program/$format$round
            crane append --oci-empty-base -f "$work/layer.tar" -t "$name:1" >/dev/null 2>&1
            digest=$(crane digest "$name:1")
            began=$(date +%s%N)
            processes=
            for number in $(seq "$signers"); do
                one "$program" "$format" "$name@$digest" "$number" &
                processes="$processes $!"
            done
            for process in $processes; do
                if wait "$process"; then ended=$((ended + 1)); fi
            done
            echo $((($(date +%s%N) - began) / 1000000)) >>"$work/times"
            there=$((there + $(found "$format" "$name@$digest" "$digest")))
        done
        lost=$((ended - there))
        [ "$program" != pratique ] || [ $((lost * 100)) -le "$ended" ] || missed=1
        awk -v p="$program" -v f="$format" -v e="$ended" -v t="$there" -v l="$lost" \
            -v m="$(sort -n "$work/times" | sed -n "$(((rounds + 1) / 2))p")" \
            'BEGIN { printf "%-9s %-7s %8d %8d %6d %6.1f%% %.1f\n", p, f, e, t, l, e ? 100 * l / e : 0, m / 1000 }'
    done
done
[ $missed -eq 0 ]
