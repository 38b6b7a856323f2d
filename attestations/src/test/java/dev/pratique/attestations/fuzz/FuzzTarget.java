package dev.pratique.attestations.fuzz;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificateInputs;
import dev.pratique.attestations.evidence.CoseSign1;
import dev.pratique.attestations.evidence.CosignSignature;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.EvidenceForm;
import dev.pratique.attestations.evidence.SigstoreBundle;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageConfig;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.registry.AuthChallenge;
import dev.pratique.attestations.registry.RegistryInputs;
import dev.pratique.attestations.statement.Provenance;
import dev.pratique.attestations.statement.SimpleSigning;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.timestamp.TimestampInputs;
import dev.pratique.attestations.transparency.TransparencyInputs;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.trust.tuf.TufInputs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The parsers of bytes that strangers wrote, each with what it is fed. Nothing may come out of one but an answer, a
 * {@link MalformedEvidenceException}, or, where it leads into a check, an {@link UnprovenException} in printable words.
 */
public enum FuzzTarget {
    JSON {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            StrictJson.parse(input, "input", MAX_BYTES);
        }
    },
    MANIFEST {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            Manifest.parse(input, null);
        }
    },
    IMAGE_CONFIG {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            ImageConfig.parse(input);
        }
    },
    REFERRERS {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            RegistryInputs.referrers(input);
        }
    },
    TAGS {
        @Override
        void feed(byte[] input) {
            RegistryInputs.tags(input);
        }
    },
    AUTH_CHALLENGE {
        @Override
        void feed(byte[] input) {
            AuthChallenge.parse(text(input));
        }
    },
    PUBLIC_KEY {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            VerificationKey key = VerificationKey.parseSpki(input);
            // One key, one spelling: what was read is written as it stood, or is refused.
            VerificationKey again = VerificationKey.parseSpki(key.spki());
            require(again.id().equals(key.id()), "a key has two ids");
        }
    },
    SIGNATURE {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            for (VerificationKey key : SampleKeys.all()) {
                require(
                        key.verify(new byte[] {1}, input) == VerificationKey.Verified.NOT_BY_THIS_KEY,
                        "a signature was forged");
            }
        }
    },
    BUNDLE {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            SigstoreBundle.parse(input);
        }
    },
    ENVELOPE {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            DsseEnvelope.parse(input);
        }
    },
    COSIGN_LAYERS {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            for (Descriptor layer : layers(Manifest.parse(input, MediaType.OCI_MANIFEST))) {
                CosignSignature.read(cosign(layer.annotations()));
            }
        }
    },
    COSE {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            CoseSign1.parse(input);
        }
    },
    EVIDENCE_FORM {
        @Override
        void feed(byte[] input) {
            for (String type :
                    List.of(MediaType.BUNDLE_V03, MediaType.COSE, MediaType.CYCLONEDX_XML, MediaType.SPDX_TAG_VALUE)) {
                EvidenceForm.isLayer(type, input);
            }
            EvidenceForm.isConfiguration(List.of(), input);
        }
    },
    STATEMENT {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            Statement.parse(input);
        }
    },
    PROVENANCE {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            Provenance.read(Statement.parse(input));
        }
    },
    SIMPLE_SIGNING {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            SimpleSigning.parse(input);
        }
    },
    LOG_ENTRY {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException, UnprovenException {
            TransparencyInputs.entry(input);
        }
    },
    LOG_ANNOTATION {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException, UnprovenException {
            TransparencyInputs.annotation(text(input));
        }
    },
    LOG_BODY {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            TransparencyInputs.body(input);
        }
    },
    CHECKPOINT {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            TransparencyInputs.checkpoint(new String(input, StandardCharsets.UTF_8));
        }
    },
    CERTIFICATE {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException, UnprovenException {
            CertificateInputs.prove(input);
        }
    },
    CERTIFICATE_PEM {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            Certificate.parsePem(text(input), 8);
        }
    },
    CERTIFICATE_TIMESTAMP {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            CertificateInputs.detached(input);
        }
    },
    CERTIFICATE_TIMESTAMPS {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            CertificateInputs.list(input);
        }
    },
    TRUSTED_ROOT {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            TrustedRoot.parse(input);
        }
    },
    TUF {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException {
            TufInputs.metadata(input);
        }
    },
    TIMESTAMP {
        @Override
        void feed(byte[] input) throws MalformedEvidenceException, UnprovenException {
            require(TimestampInputs.prove(input).isEmpty(), "a timestamp was forged");
        }
    };

    /** Nothing is fed that is larger: what limits are for, is tested beside them. */
    static final int MAX_BYTES = 64 << 10;

    private static final Digest MANIFEST_DIGEST = Digest.sha256(new byte[0]);

    /** What the target makes of it; returns where the parser made something of it. */
    abstract void feed(byte[] input) throws MalformedEvidenceException, UnprovenException;

    /** As it is named on command lines, and as the folder of its seeds. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Feeds the target, and fails for whatever comes out of it but what may. */
    public void take(byte[] input) {
        try {
            feed(input);
        } catch (MalformedEvidenceException e) {
            require(!e.getMessage().isBlank(), "a refusal without a reason");
        } catch (UnprovenException e) {
            require(e.saw().matches("[ -~]+"), "a reason that is not fit for a line of text: " + e.saw());
        }
    }

    static void require(boolean held, String otherwise) {
        if (!held) {
            throw new AssertionError(otherwise);
        }
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }

    private static List<Descriptor> layers(Manifest manifest) {
        return manifest instanceof Manifest.Image image ? image.layers() : List.of();
    }

    private static EvidenceBytes cosign(Map<String, String> annotations) {
        return new EvidenceBytes(
                dev.pratique.attestations.image.MediaType.SIMPLE_SIGNING,
                new byte[] {'{', '}'},
                annotations,
                MANIFEST_DIGEST,
                "tag");
    }
}
