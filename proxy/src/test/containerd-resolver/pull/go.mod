module dev.pratique/containerd-resolver/pull

go 1.21

require (
	github.com/opencontainers/go-digest v1.0.0
	github.com/opencontainers/image-spec v1.1.1
)
