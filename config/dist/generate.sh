#!/bin/sh
# Writes the manual's pages, the shells' completion and /etc/pratique: generate.sh SIGNER-JAR PROXY-JAR DIRECTORY. JAVA names
# the JVM.
set -eu
signer=$1 proxy=$2 out=$3
rm -rf "$out"
mkdir -p "$out/completion" "$out/etc" "$out/help" "$out/man"
for file in "${0%/*}"/../default/*; do
    sed 's,=\.\./schema/,=/usr/share/pratique/schema/,' "$file" >"$out/etc/${file##*/}"
done
program() { "$JAVA" -cp "$1" "$2.Pratique" $3 $4; }
for shell in bash zsh fish; do
    program "$signer" dev.pratique.signer.cli completion "$shell" >"$out/completion/pratique.$shell"
done
# The commands of the proxy program say of themselves what its jar knows.
for command in proxy demo; do
    program "$proxy" dev.pratique.proxy.cli "$command" --help >"$out/help/$command.help"
done
"$JAVA" -cp "$signer" dev.pratique.signer.cli.ManPages "$out/man" "$out"/help/*.help
gzip -9n "$out"/man/*.1
rm -r "$out/help"
