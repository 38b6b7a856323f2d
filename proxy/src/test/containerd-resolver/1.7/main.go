// A pull with the resolver of containerd 1.7, which reads a node's hosts.toml files as containerd does.
package main

import (
	"context"
	"io"

	"github.com/containerd/containerd/remotes"
	"github.com/containerd/containerd/remotes/docker"
	"github.com/containerd/containerd/remotes/docker/config"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"dev.pratique/containerd-resolver/pull"
)

type registry struct {
	resolver remotes.Resolver
	fetcher  remotes.Fetcher
}

func main() {
	pull.Main(func(ctx context.Context, hosts string) pull.Registry {
		options := config.HostOptions{HostDir: config.HostDirFromRoot(hosts)}
		return &registry{resolver: docker.NewResolver(docker.ResolverOptions{Hosts: config.ConfigureHosts(ctx, options)})}
	})
}

func (r *registry) Resolve(ctx context.Context, reference string) (ocispec.Descriptor, error) {
	name, resolved, err := r.resolver.Resolve(ctx, reference)
	if err != nil {
		return resolved, err
	}
	r.fetcher, err = r.resolver.Fetcher(ctx, name)
	return resolved, err
}

func (r *registry) Fetch(ctx context.Context, wanted ocispec.Descriptor) (io.ReadCloser, error) {
	return r.fetcher.Fetch(ctx, wanted)
}
