// Package googlefake is a local counterpart of Google Cloud Translation v3: a
// gRPC server with its limits, error codes and habits, for demonstrations,
// tests and fault drills. It does not translate: its words are invented, every
// reply begins with a mark that says so, every answer has the header
// x-dragoman-fake, and it keeps a ledger of what the real service would bill.
//
//	s, err := googlefake.Start("127.0.0.1:0", googlefake.Options{})
//	defer s.Stop()
//	e, err := google.New(engine.Settings{Project: "p", Endpoint: s.Addr(), Insecure: true})
package googlefake

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	"cloud.google.com/go/translate/apiv3/translatepb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"

	"dragoman/internal/engine/fake"
)

// The limits of one request: contents, and code points of all of them.
const (
	MaxContents   = 1024
	MaxCodePoints = 30_000
)

// Options say how the counterpart behaves. The zero value is a service that
// works at once and for everybody.
type Options struct {
	Faults fake.Faults
	// Delay is how long a translation takes.
	Delay time.Duration
	// Languages are those that it has; those of the desk and some more where
	// the list is empty.
	Languages []string
	// CharactersPerMinute is the quota; 0 is none.
	CharactersPerMinute int
	// Token is what callers must present as a bearer; anybody may where empty.
	Token string
	// Accept, where it is set, says of other bearers whether they may call, such
	// as the signed assertions of service accounts.
	Accept func(bearer string) bool
	// TLS serves encrypted with these certificates.
	TLS *tls.Config
	// Objects are the files of Cloud Storage from which glossaries are made, by
	// their gs:// address.
	Objects map[string]string
	// NoContext are the targets without contextual glossaries.
	NoContext []string
	// Buckets are those that can be written to; any where nil.
	Buckets []string
	// OperationPolls is how often an operation is asked for before it is done.
	OperationPolls int
	// Unmarked leaves out the mark before every reply.
	Unmarked bool
	// Log is where calls are told, marked as fake; nowhere where nil. Now is
	// the clock of the quota, time.Now where nil.
	Log *slog.Logger
	Now func() time.Time
}

// Charge is one line of the ledger: a call to translate and what it cost.
type Charge struct {
	Target, Model string
	Contents      int
	// Call is the caller's own number of the call, 0 where it gave none.
	Call int64
	// References are the pairs that went along for an adaptive translation.
	References int
	// Characters are the code points of the contents; they are billed where
	// Billed is set.
	Characters int
	Billed     bool
	Fault      fake.Fault
	Labels     map[string]string
	MimeType   string
}

// Server is a running counterpart.
type Server struct {
	translatepb.UnimplementedTranslationServiceServer
	longrunningpb.UnimplementedOperationsServer

	o        Options
	injector *fake.Injector
	grpc     *grpc.Server
	http     *http.Server
	lis      *listener

	mu         sync.Mutex
	ledger     []Charge
	window     time.Time // the minute that spent counts
	spent      int
	objects    map[string]string
	glossaries map[string]*glossary
	operations map[string]*operation
	counter    int
	entryCalls int
	failEntry  int
}

// Start serves on a TCP address; "127.0.0.1:0" takes any free port.
func Start(addr string, o Options) (*Server, error) {
	lis, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("fake google: listening on %s: %w", addr, err)
	}
	return Serve(lis, o), nil
}

// Serve serves on lis until Stop.
func Serve(lis net.Listener, o Options) *Server {
	if len(o.Languages) == 0 {
		o.Languages = strings.Fields("ar ckb de en es fa fr he it ku nl pt ru tr uk ur zh-CN zh-TW")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		o: o, injector: fake.NewInjector(o.Faults),
		lis:        listen(lis, o.TLS == nil),
		objects:    maps.Clone(o.Objects),
		glossaries: map[string]*glossary{}, operations: map[string]*operation{},
	}
	opts := []grpc.ServerOption{grpc.UnaryInterceptor(s.intercept)}
	if o.TLS != nil {
		opts = append(opts, grpc.Creds(credentials.NewTLS(o.TLS)))
	}
	s.grpc = grpc.NewServer(opts...)
	translatepb.RegisterTranslationServiceServer(s.grpc, s)
	longrunningpb.RegisterOperationsServer(s.grpc, s)
	o.Log.Info("FAKE google translation service: its words are invented", "address", s.Addr())
	if s.objects == nil {
		s.objects = map[string]string{}
	}
	s.http = s.webServer()
	go func() { _ = s.grpc.Serve(s.lis) }()
	go func() { _ = s.http.Serve(s.lis.web) }()
	return s
}

// Addr is where the server listens.
func (s *Server) Addr() string { return s.lis.Addr().String() }

// Stop ends the server and its connections. It may be called again.
func (s *Server) Stop() {
	s.grpc.Stop()
	_ = s.http.Close()
}

// Force makes the next n translations meet f.
func (s *Server) Force(f fake.Fault, n int) { s.injector.Force(f, n) }

// Ledger gives every call to translate so far, in the order of their arrival.
func (s *Server) Ledger() []Charge {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ledger)
}

// Billed is the sum of the characters that were billed.
func (s *Server) Billed() (characters int) {
	for _, c := range s.Ledger() {
		if c.Billed {
			characters += c.Characters
		}
	}
	return characters
}

// intercept asks for credentials and marks every answer as fake.
func (s *Server) intercept(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	_ = grpc.SetHeader(ctx, metadata.Pairs("x-dragoman-fake", "google"))
	if err := s.authorize(ctx); err != nil {
		return nil, err
	}
	reply, err := next(ctx, req)
	s.o.Log.Info("FAKE google call", "method", info.FullMethod, "error", err)
	return reply, err
}

func (s *Server) authorize(ctx context.Context) error {
	if s.o.Token == "" {
		return nil
	}
	md, _ := metadata.FromIncomingContext(ctx)
	if slices.ContainsFunc(md.Get("authorization"), func(v string) bool {
		bearer, ok := strings.CutPrefix(v, "Bearer ")
		return ok && (bearer == s.o.Token || s.o.Accept != nil && s.o.Accept(bearer))
	}) {
		return nil
	}
	return badCredentials()
}
