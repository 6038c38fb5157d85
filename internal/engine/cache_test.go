package engine_test

import (
	"context"
	"strings"
	"testing"

	"dragoman/content"
	"dragoman/internal/engine"
)

// TestKeyHoldsWhatTheReplyDependsOn, and nothing else.
func TestKeyHoldsWhatTheReplyDependsOn(t *testing.T) {
	t.Parallel()
	hints := []engine.Hint{{Source: "Idlib", Target: "إدلب"}, {Source: "Sarqib", Target: "سراقب"}}
	info := engine.Info{Hints: true, Model: "m", Variant: "v"}
	request := func() engine.Request {
		return engine.Request{Source: "en", Target: "ar", Segments: []engine.Segment{{
			Text: "⟦1⟧Idlib⟦/1⟧ and Sarqib", Codes: []content.Code{{ID: 1, Type: "strong", Paired: true}}, Terms: hints,
		}}}
	}
	base := engine.Key("e", info, request(), 0)
	for name, c := range map[string]struct {
		same   bool
		change func(name *string, i *engine.Info, r *engine.Request)
	}{
		"nothing": {true, func(*string, *engine.Info, *engine.Request) {}},
		"order of terms": {true, func(_ *string, _ *engine.Info, r *engine.Request) {
			r.Segments[0].Terms = []engine.Hint{hints[1], hints[0]}
		}},
		"a term twice": {true, func(_ *string, _ *engine.Info, r *engine.Request) { r.Segments[0].Terms = append(hints, hints[0]) }},
		"an example":   {true, func(_ *string, _ *engine.Info, r *engine.Request) { r.Segments[0].Examples = []engine.Example{{}} }},
		"the title":    {true, func(_ *string, _ *engine.Info, r *engine.Request) { r.Document.Title = "Idlib" }},
		"the release":  {true, func(_ *string, _ *engine.Info, r *engine.Request) { r.Account.Release = 7 }},
		"the price":    {true, func(_ *string, i *engine.Info, _ *engine.Request) { i.Price.In = 7 }},
		"a term": {false, func(_ *string, _ *engine.Info, r *engine.Request) {
			r.Segments[0].Terms = []engine.Hint{hints[0], {Source: "Sarqib", Target: "سرقيب"}}
		}},
		"a term less":     {false, func(_ *string, _ *engine.Info, r *engine.Request) { r.Segments[0].Terms = hints[:1] }},
		"a term missed":   {false, func(_ *string, _ *engine.Info, r *engine.Request) { r.Segments[0].Missed = hints[:1] }},
		"the text":        {false, func(_ *string, _ *engine.Info, r *engine.Request) { r.Segments[0].Text += "." }},
		"a code's type":   {false, func(_ *string, _ *engine.Info, r *engine.Request) { r.Segments[0].Codes[0].Type = "link" }},
		"the locale":      {false, func(_ *string, _ *engine.Info, r *engine.Request) { r.Target = "fr" }},
		"the engine":      {false, func(n *string, _ *engine.Info, _ *engine.Request) { *n = "f" }},
		"the model":       {false, func(_ *string, i *engine.Info, _ *engine.Request) { i.Model = "n" }},
		"prompt, options": {false, func(_ *string, i *engine.Info, _ *engine.Request) { i.Variant = "w" }},
	} {
		n, i, r := "e", info, request()
		c.change(&n, &i, &r)
		if same := engine.Key(n, i, r, 0) == base; same != c.same {
			t.Errorf("%s: the same key %v", name, same)
		}
	}
}

// remembered is a journal that knows replies.
type remembered struct {
	engine.Journal
	known []engine.Known
}

func (r remembered) Known(context.Context, engine.Call) ([]engine.Known, error) { return r.known, nil }
func (remembered) Intent(context.Context, engine.Call) (int64, error)           { return 1, nil }
func (remembered) Outcome(context.Context, int64, engine.Outcome) error         { return nil }

// TestWhatIsKnownIsNotAskedFor, but for replies that break the contract.
func TestWhatIsKnownIsNotAskedFor(t *testing.T) {
	t.Parallel()
	e := &scripted{answer: func(_ int, r engine.Request) ([]engine.Reply, error) { return translated(r), nil }}
	j := remembered{known: []engine.Known{
		{Reply: &engine.Reply{Text: "kept 1000"}},
		{Reply: &engine.Reply{Text: "<script>1001</script>"}, Broken: 1}, // once more
		{Broken: 2},
		{Lost: 2},
		{Lost: 1}, // once more
		{},
	}}
	l := engine.Limited(e, engine.Config{Journal: j})
	replies, err := l.Translate(t.Context(), numbered(6))
	if err != nil || !replies[0].Cached || replies[0].Text != "kept 1000" || engine.KindOf(replies[2].Err) != engine.Broken || engine.KindOf(replies[3].Err) != engine.Permanent {
		t.Errorf("%+v, %v", replies, err)
	}
	// What got lost is asked for apart from the rest.
	if len(e.calls) != 2 || len(e.calls[0].Segments)+len(e.calls[1].Segments) != 3 {
		t.Errorf("%d calls: %+v", len(e.calls), e.calls)
	}
	due, err := l.Unpaid(t.Context(), numbered(6))
	if err != nil || len(due) != 3 || due[0].At != 1 || due[0].Size.CodePoints == 0 || len(e.calls) != 2 {
		t.Errorf("%+v, %v", due, err)
	}
	twice := numbered(6)
	twice.Segments[5] = twice.Segments[4] // neither is known
	if due, err = l.Unpaid(t.Context(), twice); err != nil || len(due) != 2 {
		t.Errorf("%+v, %v", due, err)
	}
	if replies, err = l.Translate(t.Context(), twice); err != nil || replies[5].Text != replies[4].Text || len(e.calls) != 4 || len(e.calls[2].Segments)+len(e.calls[3].Segments) != 2 {
		t.Errorf("the same is asked for twice: %+v, %v, %d calls", replies, err, len(e.calls))
	}
	trial := numbered(6)
	trial.Trial = true
	if _, err := l.Translate(t.Context(), trial); err != nil || len(e.calls) != 5 || len(e.calls[4].Segments) != 6 {
		t.Errorf("a trial was answered from the cache: %v, %d calls", err, len(e.calls))
	}
}

// TestRefusedCredentialsSayWhereTheyCameFrom, since a house has several.
func TestRefusedCredentialsSayWhereTheyCameFrom(t *testing.T) {
	t.Parallel()
	e := &scripted{answer: func(int, engine.Request) ([]engine.Reply, error) {
		return nil, &engine.Error{Engine: "scripted", Kind: engine.Auth, What: "the key is not accepted"}
	}}
	l := engine.Limited(e, engine.Config{KeyFrom: "environment variable LIBRE_KEY"})
	replies, err := l.Translate(t.Context(), numbered(1))
	if err != nil || !strings.Contains(replies[0].Err.Error(), "environment variable LIBRE_KEY") {
		t.Errorf("%v, %v", replies, err)
	}
}
