// Another reader of what is signed here: the library of Sigstore's own Go clients, as strict as it can be told to be; and an
// agent of SPIFFE for the test of how tokens are asked for.
//
//	sigstore-go verify -bundle FILE -trusted-root FILE -digest sha256:HEX -identity SUBJECT -issuer URL [-logs N] [-timestamps N] [-promises N]
//	sigstore-go verify -bundle FILE [-trusted-root FILE] -digest sha256:HEX|-artifact FILE -key FILE ...
//	sigstore-go agent -socket PATH -token TOKEN
package main

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"
)

func main() {
	var err error
	switch {
	case len(os.Args) > 1 && os.Args[1] == "verify":
		err = verifyBundle(os.Args[2:])
	case len(os.Args) > 1 && os.Args[1] == "agent":
		err = serveAgent(os.Args[2:])
	default:
		err = errors.New("verify or agent")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type question struct {
	bundle, trustedRoot, digest, artifact, identity, issuer, key string
	logs, timestamps, promises                                   int
}

func verifyBundle(args []string) error {
	var q question
	flags := flag.NewFlagSet("verify", flag.ExitOnError)
	flags.StringVar(&q.bundle, "bundle", "", "the bundle")
	flags.StringVar(&q.trustedRoot, "trusted-root", "", "trusted_root.json")
	flags.StringVar(&q.digest, "digest", "", "sha256:HEX of what is signed")
	flags.StringVar(&q.artifact, "artifact", "", "the file that is signed, instead of its digest")
	flags.StringVar(&q.identity, "identity", "", "whom the certificate must name")
	flags.StringVar(&q.issuer, "issuer", "", "who must have vouched for it")
	flags.StringVar(&q.key, "key", "", "the public key that must have signed, in PEM")
	flags.IntVar(&q.logs, "logs", 0, "transparency logs that must have it")
	flags.IntVar(&q.timestamps, "timestamps", 0, "timestamp authorities that must have stamped it")
	flags.IntVar(&q.promises, "promises", 0, "logs that must say when they took it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	about, err := q.about()
	if err != nil {
		return err
	}
	read, err := bundle.LoadJSONFromPath(q.bundle)
	if err != nil {
		return fmt.Errorf("no bundle: %w", err)
	}
	material, who, err := q.signer()
	if err != nil {
		return err
	}
	verifier, err := verify.NewVerifier(material, q.options()...)
	if err != nil {
		return err
	}
	result, err := verifier.Verify(read, verify.NewPolicy(about, who))
	if err != nil {
		return err
	}
	if result.Statement != nil {
		fmt.Println(result.Statement.PredicateType)
	}
	return nil
}

func (q question) about() (verify.ArtifactPolicyOption, error) {
	if q.artifact != "" {
		content, err := os.ReadFile(q.artifact)
		return verify.WithArtifact(bytes.NewReader(content)), err
	}
	digest, err := hex.DecodeString(strings.TrimPrefix(q.digest, "sha256:"))
	return verify.WithArtifactDigest("sha256", digest), err
}

func (q question) options() []verify.VerifierOption {
	var options []verify.VerifierOption
	if q.key == "" {
		options = append(options, verify.WithSignedCertificateTimestamps(1))
	}
	if q.logs > 0 {
		options = append(options, verify.WithTransparencyLog(q.logs))
	}
	if q.timestamps > 0 {
		options = append(options, verify.WithSignedTimestamps(q.timestamps))
	}
	if q.promises > 0 {
		options = append(options, verify.WithIntegratedTimestamps(q.promises))
	}
	if q.timestamps == 0 && q.promises == 0 {
		options = append(options, verify.WithNoObserverTimestamps())
	}
	return options
}

func (q question) signer() (root.TrustedMaterial, verify.PolicyOption, error) {
	var all root.TrustedMaterialCollection
	if q.trustedRoot != "" || q.key == "" {
		trusted, err := root.NewTrustedRootFromPath(q.trustedRoot)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, trusted)
	}
	if q.key == "" {
		identity, err := verify.NewShortCertificateIdentity(q.issuer, "", q.identity, "")
		return all, verify.WithCertificateIdentity(identity), err
	}
	text, err := os.ReadFile(q.key)
	if err != nil {
		return nil, nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, nil, errors.New("no key in " + q.key)
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, nil, err
	}
	// With the hash that Sigstore's registry of algorithms has for the key.
	verifier, err := signature.LoadDefaultVerifier(public)
	if err != nil {
		return nil, nil, err
	}
	key := root.NewTrustedPublicKeyMaterial(func(string) (root.TimeConstrainedVerifier, error) {
		return root.NewExpiringKey(verifier, time.Time{}, time.Time{}), nil
	})
	return append(all, key), verify.WithKey(), nil
}
