package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"

	"github.com/spiffe/go-spiffe/v2/proto/spiffe/workload"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// agent answers as an agent of SPIFFE does that knows one workload.
type agent struct {
	workload.UnimplementedSpiffeWorkloadAPIServer
	token string
}

func serveAgent(args []string) error {
	flags := flag.NewFlagSet("agent", flag.ExitOnError)
	socket := flags.String("socket", "", "where to listen")
	token := flags.String("token", "", "the workload's token; without one the workload is nobody's")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *socket == "" {
		return errors.New("-socket is missing")
	}
	listener, err := net.Listen("unix", *socket)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	workload.RegisterSpiffeWorkloadAPIServer(server, agent{token: *token})
	fmt.Println("listening")
	return server.Serve(listener)
}

func (a agent) FetchJWTSVID(ctx context.Context, request *workload.JWTSVIDRequest) (*workload.JWTSVIDResponse, error) {
	// SPIFFE_Workload_Endpoint.md 3: without it the request is refused.
	told, _ := metadata.FromIncomingContext(ctx)
	if header := told.Get("workload.spiffe.io"); len(header) != 1 || header[0] != "true" {
		return nil, status.Error(codes.InvalidArgument, "security header missing from request")
	}
	if a.token == "" || len(request.Audience) != 1 || request.Audience[0] != "sigstore" {
		return nil, status.Error(codes.PermissionDenied, "no identity issued")
	}
	svid := &workload.JWTSVID{SpiffeId: "spiffe://example.test/ns/build/sa/signer", Svid: a.token}
	return &workload.JWTSVIDResponse{Svids: []*workload.JWTSVID{svid}}, nil
}
