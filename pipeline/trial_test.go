package pipeline_test

import (
	"strings"
	"testing"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/pipeline"
)

// TestTryingEnginesKeepsWhatStaysInTheHouse: a trial hides names as a release
// does, and sends no sentence of a confidential release outside.
func TestTryingEnginesKeepsWhatStaysInTheHouse(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		out := &mt{name: "outside", info: engine.Info{Hints: true}}
		out.say = func(s engine.Segment) (string, error) {
			return "قال " + hidden(s.Text) + " ذلك في إدلب.", nil
		}
		in := &mt{name: "inside", info: engine.Info{Local: true, Hints: true}, say: fixed("قال سليم حداد ذلك في إدلب.")}
		h := build(t, options{postgres: postgres, ledger: booked(out, in), pipeline: func(c *pipeline.Config) {
			c.Engines = map[string]pipeline.EngineRule{"outside": {Redact: true}}
		}})
		h.saveConcepts("id,kind,flags,en,rule,ar\nper.salim,PER,sensitive,Salim Haddad,cs,سليم حداد\nloc.idlib,LOC,,Idlib,cs,إدلب\n")
		h.write("secret.md", "---\ntitle: The third thing\nslug: third\nconfidential: true\n---\n\nThe talks begin in **Idlib** on Monday. Everybody met there.\n")
		h.write("open.md", "---\ntitle: The fourth thing\nslug: fourth\n---\n\nEverybody met there.\n")
		h.run()
		asked := out.calls.Load()
		try := func(text string, confidential bool) []pipeline.EngineTrial {
			t.Helper()
			ts, err := h.pipe.TryEngines(t.Context(), "ar", content.Escape(text), nil, confidential, nil)
			if err != nil || len(ts) != 2 {
				t.Fatalf("%+v, %v", ts, err)
			}
			return ts
		}
		ts := try("Salim Haddad said so in Idlib.", false)
		if sent := out.last.Load().Segments[0]; strings.Contains(sent.Text, "Haddad") || len(sent.Terms) != 1 {
			t.Errorf("sent %+v", sent)
		}
		if o := ts[0]; o.Text != "قال سليم حداد ذلك في إدلب." || o.Hidden != 1 || o.Terms != 2 || len(o.Missed) != 0 {
			t.Errorf("%+v", o)
		}
		if out.calls.Load() != asked+1 {
			t.Errorf("asked %d times", out.calls.Load()-asked)
		}
		asked = out.calls.Load()
		for _, text := range []string{"The talks begin in Idlib on Monday.", "Well: the talks begin in IDLIB on Monday!", "Mr. Haddad said so."} {
			ts = try(text, false)
			if !ts[0].NotAsked || ts[0].Trouble.Reason == "" || ts[1].Text == "" && ts[1].Error == "" || ts[1].NotAsked {
				t.Errorf("%s: %+v", text, ts)
			}
		}
		if ts = try("Good morning to everybody.", true); !ts[0].NotAsked || ts[1].NotAsked || ts[0].Trouble.Reason != edition.TroubleOutside {
			t.Errorf("%+v", ts)
		}
		if out.calls.Load() != asked {
			t.Errorf("an engine outside was asked %d times", out.calls.Load()-asked)
		}
		if ts = try("Everybody met there.", false); ts[0].NotAsked {
			t.Errorf("a sentence that a public release has too: %+v", ts)
		}
	})
}

// TestAReleaseThatBecomesConfidential takes what the memory learnt from it home.
func TestAReleaseThatBecomesConfidential(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		e := &mt{name: "llm", info: engine.Info{Examples: true}, say: fixed("شوهد بعض الجنود قرب البلدة أمس.")}
		h := build(t, options{postgres: postgres, ledger: booked(e)})
		const text = "title: Some soldiers\nslug: soldiers\n---\n\nSome soldiers were seen near the town yesterday.\n"
		h.write("a.md", "---\n"+text)
		h.run()
		h.approveAll("Lina", "soldiers", "ar")
		examples := func(sentence string) string {
			t.Helper()
			h.write("b.md", body(sentence))
			h.run()
			if got := e.last.Load().Segments; got[len(got)-1].Text != sentence {
				t.Fatalf("asked for %+v, not %q", got, sentence)
			}
			var all []string
			for _, s := range e.last.Load().Segments {
				for _, x := range s.Examples {
					all = append(all, x.Source)
				}
			}
			return strings.Join(all, "|")
		}
		if got := examples("Some soldiers were killed near the city yesterday."); !strings.Contains(got, "near the town") {
			t.Fatalf("examples %q", got)
		}
		h.write("a.md", "---\nconfidential: true\n"+text)
		h.run()
		if got := examples("Some soldiers were killed near the village yesterday."); strings.Contains(got, "near the town") {
			t.Errorf("examples %q", got)
		}
	})
}

// TestNothingSensitiveGoesAlong: neither examples, nor terms, nor the question
// that is asked again, nor a former reply holds a name that stays in the house.
func TestNothingSensitiveGoesAlong(t *testing.T) {
	t.Parallel()
	asked := 0
	h, sent := outside(t, engine.Info{Hints: true, Examples: true}, func(s engine.Segment) (string, error) {
		if hidden(s.Text) == "" {
			return "نص من المحرك.", nil
		}
		asked++
		if len(s.Missed) == 0 {
			return "شوهد " + hidden(s.Text) + " في مكان ما.", nil
		}
		return "شوهد " + hidden(s.Text) + " في إدلب.", nil
	})
	h.saveConcepts("id,kind,flags,en,rule,ar\nper.salim,PER,sensitive,Salim Haddad,cs,سليم حداد\nper.karim,PER,sensitive,Karim Aziz,cs,كريم عزيز\nloc.idlib,LOC,,Idlib,cs,إدلب\n")
	h.remember(
		edition.MemoryEntry{Locale: "ar", Source: "Salim Haddad was seen in Idlib again.", Target: "شوهد سليم حداد في إدلب مجددًا.", Origin: "desk"},
		edition.MemoryEntry{Locale: "ar", Source: "He was seen in Idlib once more.", Target: "شوهد سليم حداد في إدلب مرة أخرى.", Origin: "desk"},
		edition.MemoryEntry{Locale: "ar", Source: "Mr. Haddad was seen in Idlib too.", Target: "شوهد الرجل في إدلب أيضًا.", Origin: "desk"},
	)
	h.write("a.md", body("Salim Haddad was seen in Idlib."))
	h.run()
	if got := h.row(h.view("rev", "ar"), "Salim Haddad was seen in Idlib.").Target; got.Standing.Text != "شوهد سليم حداد في إدلب." || got.Errors != 0 {
		t.Errorf("%+v", got)
	}
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
	// The same sentence of another person is answered by the former reply.
	h.write("a.md", body("Karim Aziz was seen in Idlib."))
	h.run()
	if got := h.row(h.view("rev", "ar"), "Karim Aziz was seen in Idlib.").Target; got.Standing.Text != "شوهد كريم عزيز في إدلب." {
		t.Errorf("%+v", got)
	}
	if asked != 2 {
		t.Errorf("asked %d times: the former replies were not used", asked)
	}
	all := sent()
	for _, name := range []string{"Salim", "Haddad", "Karim", "Aziz", "سليم", "حداد", "كريم", "عزيز"} {
		if strings.Contains(all, name) {
			t.Errorf("%s was sent: %q", name, all)
		}
	}
	if !strings.Contains(all, "Idlib|إدلب") {
		t.Errorf("the other term was not sent: %q", all)
	}
}
