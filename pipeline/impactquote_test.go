package pipeline_test

import (
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/pipeline"
)

// road is what the engines of these tests are asked for again: the old words
// of it do not hold the name.
const road = "The road to Maasran closed."

// roadTo says the road with the name that it is told, but for the old one.
func roadTo(s engine.Segment) (string, error) {
	if !strings.Contains(s.Text, "Maasran") {
		return "هدوء.", nil
	}
	name, way := "المدينة", "طريق"
	for _, h := range s.Terms {
		if h.Target != "معصران" {
			name = h.Target
		}
	}
	if strings.Contains(s.Text, "⟦") {
		way = "⟦1⟧" + way + "⟦/1⟧"
	}
	text := "أغلق " + way + " " + name
	for _, h := range s.Terms { // and whoever else it is told of
		if h.Target != name && h.Target != "معصران" {
			text += " " + h.Target
		}
	}
	if word := hidden(s.Text); word != "" {
		text += " " + word
	}
	return text + ".", nil
}

// sent counts what engines are sent, in characters.
type sent struct {
	mu sync.Mutex
	by map[string]int
}

func (s *sent) engine(name string, local bool) *mt {
	return &mt{name: name, info: engine.Info{Local: local, Hints: true, Publishable: true}, say: func(g engine.Segment) (string, error) {
		s.mu.Lock()
		s.by[name] += engine.SizeOf(g.Text).CodePoints
		s.mu.Unlock()
		return roadTo(g)
	}}
}

// take gives what was sent since it was called last.
func (s *sent) take() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.by
	s.by = map[string]int{}
	return out
}

// charactersOf are the characters of a preview by engine, and how many
// segments nobody would be sent for.
func charactersOf(im edition.Impact) (by map[string]int, known int) {
	by = map[string]int{}
	for _, e := range im.Engines {
		if e.Characters > 0 {
			by[e.Engine] += e.Characters
		}
		known += e.Known
	}
	return by, known
}

// TestThePreviewCountsWhatIsSent: a sentence of several releases once, one
// that has been answered before not at all, and a confidential one for the
// engine in the house.
func TestThePreviewCountsWhatIsSent(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		count := &sent{by: map[string]int{}}
		h := build(t, options{postgres: postgres, ledger: booked(count.engine("outside", false), count.engine("inside", true))})
		h.write("a.md", "---\ntitle: Nothing\nslug: a\n---\n\n"+road+" Nobody came. "+road+"\n")
		h.write("b.md", "---\ntitle: Nothing\nslug: b\n---\n\n"+road+"\n")
		h.write("c.md", "---\ntitle: Nothing\nslug: c\nconfidential: true\n---\n\n"+road+"\n")
		h.write("d.md", "---\ntitle: Nothing\nslug: d\n---\n\nThe *road* to Maasran closed.\n")
		h.run()
		count.take()
		set := h.draft(h.prefer("loc.maasran", "معر شمارين"))
		im, err := h.pipe.PreviewChanges(t.Context(), set.ID, pipeline.PreviewOptions{})
		if err != nil {
			t.Fatal(err)
		}
		want, known := charactersOf(im)
		if want["outside"] == 0 || want["inside"] != len(road) || known != 2 || im.Sum().Retranslate != 5 {
			t.Errorf("counted %v, %d known: %+v", want, known, im.Engines)
		}
		b, err := h.pipe.Apply(t.Context(), "Lina", set.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.settle()
		if d := gocmp.Diff(want, count.take()); d != "" {
			t.Errorf("counted and sent (-want +got):\n%s", d)
		}
		if b = h.batch(b.ID); b.Count(edition.ItemApplied) != 5 {
			t.Errorf("%+v", b.Counts)
		}
		if _, err := h.pipe.UndoBatch(t.Context(), "Lina", b.ID); err != nil {
			t.Fatal(err)
		}
		h.settle()
		count.take()
		set = h.draft(h.prefer("loc.maasran", "معر شمارين"))
		if im, err = h.pipe.PreviewChanges(t.Context(), set.ID, pipeline.PreviewOptions{}); err != nil {
			t.Fatal(err)
		}
		if want, known = charactersOf(im); len(want) != 0 || known != 5 {
			t.Errorf("counted %v, %d known: %+v", want, known, im.Engines)
		}
		if _, err := h.pipe.Apply(t.Context(), "Lina", set.ID); err != nil {
			t.Fatal(err)
		}
		h.settle()
		if got := count.take(); len(got) != 0 {
			t.Errorf("what was answered before was sent again: %v", got)
		}
	})
}

// TestThePreviewSaysWhoMayNotBeAsked, and why.
func TestThePreviewSaysWhoMayNotBeAsked(t *testing.T) {
	t.Parallel()
	count := &sent{by: map[string]int{}}
	h := build(t, options{ledger: booked(count.engine("outside", false))})
	h.write("a.md", "---\ntitle: Nothing\nslug: a\n---\n\n"+road+"\n")
	h.run()
	local := h.pipe.Config()
	local.LocalOnly = []string{"ar"}
	h.reopen(local)
	im, err := h.pipe.PreviewChanges(t.Context(), h.draft(h.prefer("loc.maasran", "معر شمارين")).ID, pipeline.PreviewOptions{})
	if err != nil || len(im.Engines) != 1 || im.Engines[0].Engine != "" || im.Engines[0].Segments != 1 || !strings.Contains(im.Engines[0].Why, "outside") {
		t.Errorf("%+v, %v", im.Engines, err)
	}
}

// TestThePreviewCountsWhatIsSentBy whichever engines a house has: one that must
// not see some names and another that may, none that keeps replies, another
// for each language, and one that is not asked since all of it is in the house.
func TestThePreviewCountsWhatIsSentBy(t *testing.T) {
	t.Parallel()
	plain := func(l *pipeline.Ledger, e engine.Engine, cached bool) engine.Engine {
		c := engine.Config{Attempts: 1, Price: engine.Price{Currency: "EUR", In: 20_000_000}}
		if cached {
			c.Journal = l
		}
		return engine.Limited(e, c)
	}
	for _, c := range []struct {
		name  string
		route func(l *pipeline.Ledger, s *sent) map[string][]engine.Engine
		cfg   func(*pipeline.Config)
	}{
		{"names hidden from the first", func(l *pipeline.Ledger, s *sent) map[string][]engine.Engine {
			return map[string][]engine.Engine{"ar": {plain(l, s.engine("outside", false), true), plain(l, s.engine("inside", true), true)}}
		}, func(c *pipeline.Config) {
			c.Locales, c.Engines = []string{"ar"}, map[string]pipeline.EngineRule{"outside": {Redact: true}}
		}},
		{"names hidden from the only one", func(l *pipeline.Ledger, s *sent) map[string][]engine.Engine {
			return map[string][]engine.Engine{"ar": {plain(l, s.engine("outside", false), true)}}
		}, func(c *pipeline.Config) {
			c.Locales, c.Engines = []string{"ar"}, map[string]pipeline.EngineRule{"outside": {Redact: true}}
		}},
		{"no reply kept", func(l *pipeline.Ledger, s *sent) map[string][]engine.Engine {
			return map[string][]engine.Engine{"ar": {plain(l, s.engine("outside", false), false), plain(l, s.engine("inside", true), false)}}
		}, nil},
		{"another for each language", func(l *pipeline.Ledger, s *sent) map[string][]engine.Engine {
			return map[string][]engine.Engine{"ar": {plain(l, s.engine("outside", false), true)}, "fr": {plain(l, s.engine("inside", true), false)}}
		}, nil},
		{"all of it in the house", func(l *pipeline.Ledger, s *sent) map[string][]engine.Engine {
			return map[string][]engine.Engine{"ar": {plain(l, s.engine("outside", false), true), plain(l, s.engine("inside", true), true)}}
		}, func(c *pipeline.Config) { c.LocalOnly = []string{"ar"} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			count := &sent{by: map[string]int{}}
			h := build(t, options{locales: []string{"ar", "fr"}, ledger: func(l *pipeline.Ledger) map[string][]engine.Engine { return c.route(l, count) }, pipeline: c.cfg})
			h.sensitiveConcepts()
			h.write("a.md", "---\ntitle: Nothing\nslug: a\n---\n\n"+road+" Nobody came. "+road+"\n")
			h.write("b.md", "---\ntitle: Nothing\nslug: b\n---\n\n"+road+" Karim Aziz left Maasran. Salim Haddad left Maasran.\n")
			h.write("c.md", "---\ntitle: Nothing\nslug: c\nconfidential: true\n---\n\n"+road+" Karim Aziz left Maasran.\n")
			h.write("d.md", "---\ntitle: Nothing\nslug: d\n---\n\nThe *road* to Maasran closed.\n")
			h.run()
			count.take()
			edit := h.prefer("loc.maasran", "معر شمارين")
			edit.After.Targets["fr"] = glossary.Terms{Preferred: []glossary.Term{{Text: "Maarchamarine"}}}
			set := h.draft(edit)
			im, err := h.pipe.PreviewChanges(t.Context(), set.ID, pipeline.PreviewOptions{})
			if err != nil {
				t.Fatal(err)
			}
			want, _ := charactersOf(im)
			for _, e := range im.Engines {
				if price := int64(e.Characters) * 20; e.Engine != "" && (e.Cost != price || e.Currency != "EUR") {
					t.Errorf("%d characters of %s cost %d %s, not %d", e.Characters, e.Engine, e.Cost, e.Currency, price)
				}
			}
			b, err := h.pipe.Apply(t.Context(), "Lina", set.ID)
			if err != nil {
				t.Fatal(err)
			}
			h.settle()
			if d := gocmp.Diff(want, count.take()); d != "" || len(want) == 0 {
				t.Errorf("counted and sent (-want +got):\n%s\n%+v", d, im.Engines)
			}
			if b = h.batch(b.ID); b.State != edition.BatchDone {
				t.Errorf("%+v", b)
			}
		})
	}
}

// sensitiveConcepts gives a house two names that must not leave it, beside its
// others; one has no Arabic term, so that it cannot be hidden.
func (h *house) sensitiveConcepts() {
	h.t.Helper()
	var edits []edition.ConceptEdit
	for id, name := range map[string]string{"per.karim": "Karim Aziz", "per.salim": "Salim Haddad"} {
		c := &glossary.Concept{ID: id, Kind: glossary.PER, Source: name, Flags: glossary.Flags{Sensitive: true}, Rule: glossary.Rule{CaseSensitive: true}, Targets: map[string]glossary.Terms{}}
		if id == "per.salim" {
			c.Targets["ar"] = glossary.Terms{Preferred: []glossary.Term{{Text: "سليم حداد"}}}
		}
		edits = append(edits, edition.ConceptEdit{ID: id, After: c})
	}
	h.change(edits...)
}
