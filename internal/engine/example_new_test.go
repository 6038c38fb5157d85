package engine_test

import (
	"context"
	"fmt"
	"strings"

	"dragoman/internal/engine"
)

// shout is the whole of a new engine's package: it speaks one service's language
// and decides nothing else. This one's service writes in capitals.
type shout struct{ s engine.Settings }

// newShout is the engine's New: it checks the settings and sends nothing.
func newShout(s engine.Settings) (engine.Engine, error) {
	if s.Endpoint == "" {
		return nil, &engine.Error{Engine: s.Name, Kind: engine.Permanent, What: "no endpoint is set", Remedy: "set the engine's endpoint"}
	}
	return &shout{s}, nil
}

func (e *shout) Name() string { return e.s.Name }

// Info says what it is: limits, price, languages, whether the text stays here.
func (e *shout) Info() engine.Info {
	return engine.Info{
		Local: true, Publishable: true, Limits: engine.Limits{Items: 10, CodePoints: 5000},
		Languages: engine.Languages{Sources: []string{"en"}, Targets: []string{"en"}},
	}
}

// Translate makes one call. Codes come and go as ⟦1⟧…⟦/1⟧; package transport
// turns them into tags and back for a service that knows tags.
func (e *shout) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	replies := make([]engine.Reply, len(r.Segments))
	for i, s := range r.Segments {
		replies[i].Text = strings.ToUpper(s.Text)
	}
	return replies, nil
}

// A new engine is one package and one line in package engine/all. Limits,
// retries, the cache, the ledger and the contract on its replies are put around
// it; its test is enginetest.Run against a counterpart of its service.
func Example_newEngine() {
	engine.Register("shout", newShout) // the line

	e, err := engine.Open(engine.Settings{Kind: "shout", Endpoint: "http://127.0.0.1:9"}, engine.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	replies, err := e.Translate(context.Background(), engine.Request{
		Source: "en", Target: "en", Segments: []engine.Segment{{Text: "The ⟦1⟧Coalition⟦/1⟧ met."}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(replies[0].Text, replies[0].Err)
	// Output: THE ⟦1⟧COALITION⟦/1⟧ MET. <nil>
}
