/** What is measured; run.sh beside this directory measures it beside its peers. */
package dev.pratique.attestations.bench;
