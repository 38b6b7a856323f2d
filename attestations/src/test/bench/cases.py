"""cases.py SAMPLES OUT: one bundle of each shape that is measured, under the name by which gobench asks for it."""
import json
import pathlib
import shutil
import sys

SHAPES = {  # name: the sample that has it, how its signer is named, log entries
    "k-bundle-nolog-p256": ("k-bundle-nolog-p256", "publicKey", 0),
    "k-bundle-rekor2-p256": ("k-bundle-fallback-tag", "publicKey", 1),
    "kl-bundle-rekor2-gh": ("kl-bundle-fallback-tag", "certificate", 1),
    "kl-bundle-rekor1": ("kl-bundle-rekor1-tsa", "certificate", 1),
}


def manifests(blobs):
    for blob in sorted(blobs.iterdir()):
        try:
            manifest = json.loads(blob.read_bytes())
        except ValueError:
            continue
        if str(manifest.get("artifactType", "")).startswith("application/vnd.dev.sigstore.bundle"):
            yield blob, blobs / manifest["layers"][0]["digest"].removeprefix("sha256:")


def main(samples, out):
    for name, (sample, signer, entries) in SHAPES.items():
        case = samples / "cases" / sample
        for manifest, bundle in manifests(case / "layout/blobs/sha256"):
            material = json.loads(bundle.read_bytes())["verificationMaterial"]
            if signer in material and len(material.get("tlogEntries", [])) == entries:
                blobs = out / name / "layout/blobs/sha256"
                blobs.mkdir(parents=True)
                for file, to in ((case / "case.json", out / name), (manifest, blobs), (bundle, blobs)):
                    shutil.copy(file, to)
                break
        else:
            sys.exit(f"no such bundle in {case}")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
