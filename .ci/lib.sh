# What run and nightly share. Sourced, with the working directory at the root of the checkout.

export CI=true DEBIAN_FRONTEND=noninteractive GOFLAGS=-buildvcs=false
shared=${PRATIQUE_SHARED:-$PWD/../shared}
logs=$PWD/target/ci
mvn="mvn -B -ntp -Dstyle.color=never -Dpratique.shared=$shared"

die() {
    echo "ci: $*" >&2
    exit 1
}

# step NAME SECONDS COMMAND...: one line when it went well; its failures, and where the rest is, when it did not.
step() {
    name=$1 limit=$2
    shift 2
    mkdir -p "$logs"
    log=$logs/$name.log
    echo "== $name: $*"
    began=$SECONDS
    code=0
    timeout --kill-after=30 "$limit" "$@" >"$log" 2>&1 || code=$?
    grep -E '^\[corpus\]|^Tests? .*: [0-9]+ failed' "$log" || true
    if [ "$code" -ne 0 ]; then
        [ "$code" -ne 124 ] || echo "ci: $name did not end within $limit s" >&2
        failures "$log" >&2
        die "$name failed with $code after $((SECONDS - began)) s; all of it is in $log"
    fi
    tests=$(awk '/Tests run:.*Time elapsed/ { for (i = 1; i < NF; i++) { if ($i == "run:") r += $(i + 1); if ($i == "Skipped:") s += $(i + 1) } }
        END { if (r) printf ", %d tests, %d skipped", r, s }' "$log")
    echo "   ok in $((SECONDS - began)) s$tests"
}

# The names of failed tests and what they said first; without any, the log's end.
failures() {
    grep -E '^\[ERROR\]' "$1" | grep -vE 'Re-run Maven|re-run Maven|\[Help|full stack trace|After correcting|To see the full' |
        cut -c1-400 | awk '!seen[$0]++' | head -n 60
    grep -qE '^\[ERROR\]' "$1" || tail -n 40 "$1"
}

# Debian's packages, of which only those that are missing are fetched.
packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    step apt-update 300 apt-get update -qq
    # Some of them are daemons, which must not start: the tests start their own.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    # shellcheck disable=SC2086 # names are words
    step apt-install 600 apt-get install -y -qq --no-install-recommends $missing
}

# cosign and crane in the versions that the shared stack uses, and its registry with the referrers API.
go_tools() {
    [ -d "$shared/stack" ] || die "no shared material at $shared; set PRATIQUE_SHARED"
    bin=${GOBIN:-$(go env GOPATH)/bin}
    mkdir -p "$bin"
    export PATH="$bin:$PATH"
    if [ ! -x "$bin/cosign" ] || [ ! -x "$bin/crane" ]; then
        step go-clients 1500 env "BIN=$bin" bash "$shared/stack/build.sh" clients
    fi
    if [ ! -x "$bin/refreg" ]; then
        source=$(mktemp -d)
        cp "$shared"/stack/refreg/* "$source"
        step go-refreg 600 go build -C "$source" -o "$bin/refreg" .
        rm -rf "$source"
    fi
}

# The servers of a private Sigstore, from their Go modules; about half an hour where Go has none of them yet.
sigstore_servers() {
    packages mariadb-server-core mariadb-client-core nodejs iproute2 curl util-linux
    step go-sigstore 3600 env "BIN=$bin" bash "$shared/stack/build.sh"
}

# The resolvers of containerd: the tests build them, and here only Go's caches are filled, within a time limit of its own.
resolvers() {
    sources=proxy/src/test/containerd-resolver
    for version in "$sources"/[0-9]*; do
        step "go-resolver-${version##*/}" 900 go build -C "$version" -o /dev/null .
    done
}

# The reader of bundles that is made with Sigstore's own Go library, as resolvers.
sigstore_reader() {
    step go-sigstore-reader 900 go build -C signer/src/test/sigstore-go -o /dev/null .
}

# Sigstore's Go verifier in process, which bundles are measured beside.
sigstore_bench() {
    [ ! -x "$bin/gobench" ] || return 0
    source=$(mktemp -d)
    cp "$shared"/stack/gobench/* "$source"
    step go-gobench 900 go build -C "$source" -o "$bin/gobench" .
    rm -rf "$source"
}

# A fake of AWS's services, for keys of its KMS, beside the other tools.
moto() {
    [ ! -x "$bin/moto_server" ] || return 0
    venv=${XDG_CACHE_HOME:-$HOME/.cache}/pratique-ci/moto
    step moto-venv 300 python3 -m venv --clear "$venv"
    step moto-install 900 "$venv/bin/pip" install -q 'moto[kms,server]==5.2.5'
    ln -sf "$venv/bin/moto_server" "$bin/moto_server"
}

# The schemas of GitHub's and GitLab's pipeline files, as a release of check-jsonschema has them.
pipeline_schemas() {
    schemas=$PWD/target/ci/pipeline-schemas
    [ ! -s "$schemas/gitlab-ci.json" ] || return 0
    packages python3-pip unzip
    work=$(mktemp -d)
    echo "check-jsonschema==0.39.0 --hash=sha256:14ce5c94871c551268ea948ffe21e9f1464dc48fb20bf9a4c13deeaaf756cf9b" >"$work/wanted"
    step pipeline-schemas 300 pip download --quiet --no-deps --only-binary :all: --require-hashes -r "$work/wanted" -d "$work"
    mkdir -p "$schemas"
    for file in github-actions github-workflows gitlab-ci; do
        unzip -p "$work"/check_jsonschema-*.whl "check_jsonschema/builtin_schemas/vendor/$file.json" >"$schemas/$file.json"
    done
    rm -rf "$work"
}

tools() {
    packages docker-registry nginx-light wrk openssl mmdebstrap containerd skopeo podman buildah softhsm2 gcc libc6-dev \
        python3 python3-venv
    go_tools
    moto
    resolvers
    sigstore_reader
    pipeline_schemas
}

# One kind of slow tests on what the last `mvn verify` built; unit tests are not run again.
kind() {
    step "$1" "$2" $mvn -Dquick "-P$1" test-compile "surefire:test@$1"
}
