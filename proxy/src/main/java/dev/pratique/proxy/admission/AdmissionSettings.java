package dev.pratique.proxy.admission;

import java.time.Duration;

/**
 * Times that admission keeps, as in proxy.yaml.
 *
 * @param tagTtl how long a tag's digest is used before the upstream is asked again; zero: always ask
 * @param tagStaleIfError how long after that it is still used while the upstream cannot be asked
 * @param recheck how long evidence is used before it is looked for again
 * @param maxStale how long evidence is used while the upstream cannot be asked
 * @param authorisationTtl how long "the upstream serves this digest in this repository" holds
 * @param deadline how long a client waits for a verdict
 */
public record AdmissionSettings(
        Duration tagTtl,
        Duration tagStaleIfError,
        Duration recheck,
        Duration maxStale,
        Duration authorisationTtl,
        Duration deadline) {}
