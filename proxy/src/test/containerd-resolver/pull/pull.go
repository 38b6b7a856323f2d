// Package pull does with a containerd resolver what containerd does with it to pull an image, and says in JSON how it went.
package pull

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Manifests are read into memory; this is containerd's own limit for them.
const maxManifest = 8 << 20

// Registry is the part of a resolver that a pull uses. Each major version of containerd has its own types around it.
type Registry interface {
	// Resolve asks what a reference stands for.
	Resolve(ctx context.Context, reference string) (ocispec.Descriptor, error)
	// Fetch asks for the bytes of something that belongs to the last resolved reference.
	Fetch(ctx context.Context, wanted ocispec.Descriptor) (io.ReadCloser, error)
}

// outcome is what the program prints.
type outcome struct {
	// What the reference stands for, or nothing if that was not answered.
	Digest digest.Digest `json:"digest"`
	// What arrived with the right digest, in this order.
	Fetched []digest.Digest `json:"fetched"`
	// What the resolver or fetcher said, word for word, or nothing.
	Error string `json:"error"`
}

// Main is the program: `[-resolve-only] HOSTS_DIRECTORY REFERENCE OUTPUT_DIRECTORY`. It ends with 1 when the image did not arrive whole.
func Main(open func(ctx context.Context, hosts string) Registry) {
	resolveOnly := flag.Bool("resolve-only", false, "ask what the reference stands for, fetch nothing")
	flag.Parse()
	if flag.NArg() != 3 {
		fmt.Fprintln(os.Stderr, "usage: [-resolve-only] HOSTS_DIRECTORY REFERENCE OUTPUT_DIRECTORY")
		os.Exit(64)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	p := puller{registry: open(ctx, flag.Arg(0)), directory: flag.Arg(2), out: outcome{Fetched: []digest.Digest{}}}
	err := p.pull(ctx, flag.Arg(1), *resolveOnly)
	if err != nil {
		p.out.Error = err.Error()
	}
	if encoding := json.NewEncoder(os.Stdout).Encode(p.out); encoding != nil || err != nil {
		os.Exit(1)
	}
}

type puller struct {
	registry  Registry
	directory string
	out       outcome
}

func (p *puller) pull(ctx context.Context, reference string, resolveOnly bool) error {
	root, err := p.registry.Resolve(ctx, reference)
	if err != nil {
		return err
	}
	p.out.Digest = root.Digest
	if resolveOnly {
		return nil
	}
	return p.fetchAll(ctx, root)
}

// fetchAll fetches a manifest or index and everything below it, of every platform.
func (p *puller) fetchAll(ctx context.Context, wanted ocispec.Descriptor) error {
	switch wanted.MediaType {
	case ocispec.MediaTypeImageIndex, "application/vnd.docker.distribution.manifest.list.v2+json",
		ocispec.MediaTypeImageManifest, "application/vnd.docker.distribution.manifest.v2+json":
	default:
		return p.fetch(ctx, wanted)
	}
	if wanted.Size > maxManifest {
		return fmt.Errorf("a manifest of %d bytes", wanted.Size)
	}
	if err := p.fetch(ctx, wanted); err != nil {
		return err
	}
	children, err := p.children(wanted)
	for _, child := range children {
		if err = errors.Join(err, p.fetchAll(ctx, child)); err != nil {
			return err
		}
	}
	return err
}

func (p *puller) children(of ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	bytes, err := os.ReadFile(p.file(of))
	if err != nil {
		return nil, err
	}
	var manifest struct {
		Manifests []ocispec.Descriptor `json:"manifests"`
		Config    *ocispec.Descriptor  `json:"config"`
		Layers    []ocispec.Descriptor `json:"layers"`
	}
	if err := json.Unmarshal(bytes, &manifest); err != nil {
		return nil, err
	}
	if manifest.Config == nil {
		return manifest.Manifests, nil
	}
	return append([]ocispec.Descriptor{*manifest.Config}, manifest.Layers...), nil
}

// fetch writes the bytes to a file under the digest's name, if they have it.
func (p *puller) fetch(ctx context.Context, wanted ocispec.Descriptor) error {
	in, err := p.registry.Fetch(ctx, wanted)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(p.file(wanted))
	if err != nil {
		return err
	}
	verifier := wanted.Digest.Verifier()
	_, err = io.Copy(io.MultiWriter(out, verifier), in)
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	if !verifier.Verified() {
		return fmt.Errorf("what was sent for %s has another digest", wanted.Digest)
	}
	p.out.Fetched = append(p.out.Fetched, wanted.Digest)
	return nil
}

func (p *puller) file(of ocispec.Descriptor) string {
	return filepath.Join(p.directory, of.Digest.Encoded())
}
