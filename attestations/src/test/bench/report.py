"""report.py DIRECTORY | --providers FILE: the tables of docs/performance.md out of what run.sh measured."""
import json
import pathlib
import re
import statistics
import sys

PEERS = {  # gobench's words: the sample
    "key, bundle, no log": "k-bundle-nolog-p256",
    "key, bundle, Rekor v2 + TSA": "k-bundle-rekor2-p256",
    "keyless, bundle, SCT + Rekor v2 + TSA": "kl-bundle-rekor2-gh",
    "keyless, bundle, SCT + Rekor v1 SET": "kl-bundle-rekor1",
}


def spread(values, digits):
    middle = f"{statistics.median(values):,.{digits}f}"
    return f"{middle} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def ours(files):
    """Microseconds for one bundle, by sample: of the clock, and of the processor."""
    clock, processor = {}, {}
    for file in files:
        for run in json.loads(file.read_text()):
            sample = run["params"]["sample"]
            clock.setdefault(sample, []).append(run["primaryMetric"]["score"])
            metric = next(m for name, m in run["secondaryMetrics"].items() if name.endswith("cpu"))
            processor.setdefault(sample, []).append(metric["score"])
    return clock, processor


def bundles(work):
    openssl = [float(re.search(r"nistp256\)\s.*\s([\d.]+)\s*$", file.read_text(), re.M).group(1))
               for file in sorted(work.glob("openssl.*")) if file.suffix != ".log"]
    peers = {}
    for file in sorted(work.glob("gobench.*")):
        for words, milliseconds in re.findall(r"in process: (.*?) \| ([\d.]+) \|", file.read_text()):
            peers.setdefault(PEERS[words], []).append(float(milliseconds) * 1000)
    asked = []
    print(f"openssl speed, ECDSA P-256: {spread(openssl, 0)} verifications/s\n")
    print("| bundle | computed by | time, us | processor time, us | bundles/s (processor) | ratio to openssl | sigstore-go, us | ratio of times |")
    print("|---|---|---|---|---|---|---|---|")
    for arithmetic in ("native", "java"):
        clock, processor = ours(sorted(work.glob(arithmetic + ".*")))
        for sample in sorted(clock):
            each = [1e6 / one for one in processor[sample]]
            signatures = f"{statistics.median(each) / statistics.median(openssl):.2f}" if sample == "k-bundle-nolog-p256" else ""
            peer = peers.get(sample)
            if arithmetic == "native" and signatures:
                asked.append(("keyed, of openssl's verifications", float(signatures), "at least", 0.8))
            if arithmetic == "native" and sample == PEERS["keyless, bundle, SCT + Rekor v2 + TSA"] and peer:
                ratio = statistics.median(clock[sample]) / statistics.median(peer)
                asked.append(("keyless, of sigstore-go's time", ratio, "at most", 0.5))
            print(f"| {sample} | {arithmetic} | {spread(clock[sample], 0)} | {spread(processor[sample], 0)} | {spread(each, 0)} | {signatures} | "
                  + (f"{spread(peer, 0)} | {statistics.median(clock[sample]) / statistics.median(peer):.2f} |" if peer else "| |"))
    print()
    for what, ratio, bound, limit in asked:
        met = ratio >= limit if bound == "at least" else ratio <= limit
        print(f"{what}: {ratio:.2f}, {bound} {limit} is asked: {'met' if met else 'MISSED'}")


def providers(file):
    table = {}
    for run in json.loads(file.read_text()):
        metric = next(m for name, m in run["secondaryMetrics"].items() if name.endswith("cpu"))
        table.setdefault(run["params"]["what"], {})[run["params"]["by"]] = 1e6 / metric["score"]
    names = ["JDK", "BouncyCastle", "Conscrypt", "Corretto"]
    print("operations a second of processor time\n\n| | " + " | ".join(names) + " |\n|---" + "|---" * len(names) + "|")
    for what, by in table.items():
        print(f"| {what} | " + " | ".join(f"{by[name]:,.0f}" if name in by else "" for name in names) + " |")


if sys.argv[1] == "--providers":
    providers(pathlib.Path(sys.argv[2]))
else:
    bundles(pathlib.Path(sys.argv[1]))
