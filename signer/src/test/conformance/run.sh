#!/bin/bash
# Every bundle of github.com/sigstore/sigstore-conformance, through the suite's own command protocol (client, beside this
# file): once for the file, once for its digest. A directory whose name ends in _fail must not verify, every other must.
# The suite's own runner wants an identity token and the network even to verify; the loop is the same without.
#
#   SIGSTORE_CONFORMANCE  directory with the cases: test/assets/bundle-verify of a checkout of the suite
#   CLIENT                another client to ask instead of this one
#
# A case has its own artifact, key.pub, trusted_root.json, identity and issuer, or the suite's. Where a case has no trusted
# root, the client's own is the public-good instance's.
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
suite=${SIGSTORE_CONFORMANCE:?set it to the directory bundle-verify of the conformance suite}
client=${CLIENT:-$here/client}
identity=https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main
issuer=https://token.actions.githubusercontent.com
results=$here/../../../target/conformance
rm -rf "$results" && mkdir -p "$results"

accepts=0 rejects=0 wrong=0
verify() { # verify CASE VARIANT FILE_OR_DIGEST
    local folder=$suite/$1 exit=0 arguments=()
    arguments=(verify-bundle --bundle "$folder/bundle.sigstore.json")
    if [ -f "$folder/key.pub" ]; then
        arguments+=(--key "$folder/key.pub")
    else
        arguments+=(--certificate-identity "$(cat "$folder/identity" 2>/dev/null || echo "$identity")")
        arguments+=(--certificate-oidc-issuer "$(cat "$folder/issuer" 2>/dev/null || echo "$issuer")")
    fi
    if [ -f "$folder/trusted_root.json" ]; then arguments+=(--trusted-root "$folder/trusted_root.json"); fi
    "$client" "${arguments[@]}" "$3" >"$results/$1-$2.log" 2>&1 || exit=$?
    local expected=accept answer=accept
    case $1 in *_fail) expected=reject ;; esac
    [ $exit -eq 0 ] || answer=reject
    if [ $answer = $expected ]; then
        if [ $answer = accept ]; then accepts=$((accepts + 1)); else rejects=$((rejects + 1)); fi
    else
        wrong=$((wrong + 1))
        echo "$1 ($2): $answer instead of $expected"
    fi
}

for folder in "$suite"/*/; do
    case=$(basename "$folder")
    artifact=$suite/a.txt
    [ ! -f "$folder/artifact" ] || artifact=$folder/artifact
    verify "$case" file "$artifact"
    verify "$case" digest "sha256:$(sha256sum "$artifact" | cut -d' ' -f1)"
done
echo "sigstore-conformance: $accepts rightly accepted, $rejects rightly rejected, $wrong otherwise"
[ $wrong -eq 0 ]
