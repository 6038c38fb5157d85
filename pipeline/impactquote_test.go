package pipeline_test

import (
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

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
	return "أغلق " + way + " " + name + ".", nil
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
