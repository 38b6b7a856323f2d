package dev.pratique.proxy.cli;

import dev.pratique.proxy.admin.Metrics;
import dev.pratique.proxy.store.ContentStore;
import dev.pratique.proxy.store.DiskTrouble;
import dev.pratique.proxy.store.StoreFigures;
import dev.pratique.proxy.verdicts.VerdictStore;

/** What is counted about the stores. Stateless. */
final class StoreMetrics {
    private StoreMetrics() {}

    static void register(Metrics metrics, ContentStore content, DiskTrouble trouble, VerdictStore verdicts) {
        StoreFigures figures = content.figures();
        metrics.gauge("pratique.store.bytes", "Bytes of content on disk", content::bytesStored);
        metrics.gauge(
                "pratique.store.pinned.bytes",
                "Bytes that were kept for a verdict's sake when room was last made",
                figures::pinnedBytes);
        metrics.count("pratique.store.evictions", "Contents removed to make room", figures::evictions);
        metrics.count("pratique.store.evicted.bytes", "Bytes removed to make room", figures::evictedBytes);
        metrics.count(
                "pratique.store.evicted.misses",
                "Contents fetched again after they were removed to make room",
                figures::evictedMisses);
        metrics.count("pratique.store.unkept", "Contents passed on without being kept", figures::unkept);
        metrics.count("pratique.store.scrubbed.bytes", "Bytes read again in the background", figures::scrubbedBytes);
        metrics.count("pratique.store.damaged", "Contents removed because their bytes had changed", figures::damaged);
        metrics.count(
                "pratique.store.records.unreadable",
                "Verdicts, evidence, members and tags that could not be read or written",
                verdicts::unreadable);
        for (DiskTrouble.Kind kind : DiskTrouble.Kind.values()) {
            metrics.count(
                    "pratique.store.disk.errors",
                    "What the disk refused, by what is wrong",
                    () -> trouble.count(kind),
                    "kind",
                    kind.label());
        }
    }
}
