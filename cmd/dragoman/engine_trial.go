package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/engine"
)

// testSentence has a name, a number and a code, which an engine must keep.
const testSentence = "The ⟦1⟧Syrian Coalition⟦/1⟧ said on Monday that 12 civilians had been injured in Idlib."

func newEngineTest(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "test LOCALE [TEXT]",
		Short: "Have every engine of a locale's route translate a sentence",
		Long: `Have every engine of a locale's route translate a sentence, with its terms, and
say whether the reply can be used, which terms it has, and what was wrong with
the engine's replies this month. Engines are really asked: it may cost what one
sentence costs.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				text := testSentence
				if len(args) == 2 {
					text = content.Escape(args[1])
				}
				trials, err := a.testEngines(c.Context(), args[0], text)
				if err != nil {
					return err
				}
				if asJSON {
					err = json.NewEncoder(a.stdout).Encode(trials)
				} else {
					a.printTrials(trials)
				}
				if err == nil && slices.ContainsFunc(trials, func(t trial) bool { return t.Error != "" }) {
					return errFound
				}
				return err
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON list")
	return c
}

// trial is what came of trying one engine.
type trial struct {
	Engine string `json:"engine"`
	Model  string `json:"model,omitempty"`
	Local  bool   `json:"local"`
	Took   int64  `json:"took_ms"`
	Text   string `json:"text,omitempty"` // coded
	Error  string `json:"error,omitempty"`
	// Violations are the rules of the contract that the reply broke.
	Violations []string `json:"violations,omitempty"`
	// Terms are those required, Missed those that the reply does not have.
	Terms  int      `json:"terms"`
	Missed []string `json:"missed,omitempty"`
	// Broken counts this month's replies that broke the contract in this
	// locale, by rule.
	Broken map[string]int `json:"broken,omitempty"`
}

// testEngines has the engines of a locale's route translate a text.
func (a *app) testEngines(ctx context.Context, locale, text string) ([]trial, error) {
	names := a.cfg.Route(locale)
	if len(names) == 0 {
		return nil, fmt.Errorf("no engine is on the route of %s: drafts come from the memory alone; see docs/engines.md", locale)
	}
	g := a.pipe.Glossary()
	occ := g.License(nil, g.Find(nil, text), text)
	r := engine.Request{
		Source: "en", Target: locale, Trial: true, Confidential: slices.Contains(a.cfg.LocalOnly(), locale),
		Segments: []engine.Segment{{Text: text, Codes: []content.Code{{ID: 1, Type: "strong", Paired: true}}}},
	}
	if len(content.Tokens(text)) == 1 {
		r.Segments[0].Codes = nil
	}
	for _, o := range occ {
		if t := g.Preferred(locale, o.Concept); t != "" && !o.Nested {
			r.Segments[0].Terms = append(r.Segments[0].Terms, engine.Hint{Source: content.Plain(text[o.Start:o.End]), Target: t})
		}
	}
	var out []trial
	for _, n := range names {
		e, err := a.openEngine(n)
		if err != nil {
			return nil, err
		}
		t := try(ctx, e, r)
		if t.Error == "" {
			t.terms(g, locale, text, occ)
		}
		out = append(out, t)
	}
	report, err := a.pipe.EngineReport(ctx, "")
	if err != nil {
		return nil, err
	}
	for i := range out {
		for _, s := range report.Engines {
			for _, l := range s.Locales {
				if s.Name == out[i].Engine && l.Locale == locale {
					out[i].Broken = l.Broken
				}
			}
		}
	}
	return out, nil
}

// try asks one engine.
func try(ctx context.Context, e engine.Engine, r engine.Request) trial {
	info := e.Info()
	t := trial{Engine: e.Name(), Model: info.Model, Local: info.Local}
	begin := time.Now()
	replies, err := e.Translate(ctx, r)
	t.Took = time.Since(begin).Milliseconds()
	if err == nil {
		err = replies[0].Err
	}
	if err == nil {
		t.Text = replies[0].Text
		return t
	}
	t.Error = err.Error()
	var ee *engine.Error
	if errors.As(err, &ee) {
		for _, v := range ee.Violations {
			t.Violations = append(t.Violations, v.Rule)
		}
	}
	return t
}

// terms says which terms of the text the translation has.
func (t *trial) terms(g *glossary.Glossary, locale, text string, occ []glossary.Occurrence) {
	seen := map[int]bool{}
	for _, v := range g.Verify(nil, locale, text, occ, t.Text) {
		if v.Result == glossary.ResultInfo || seen[v.Concept] {
			continue
		}
		seen[v.Concept] = true
		t.Terms++
		if v.Result == glossary.ResultFail {
			t.Missed = append(t.Missed, g.Preferred(locale, v.Concept))
		}
	}
}

func (a *app) printTrials(trials []trial) {
	for _, t := range trials {
		if t.Error != "" {
			fmt.Fprintf(a.stdout, "%s: %s\n", t.Engine, strings.TrimPrefix(t.Error, "engine "+t.Engine+": "))
		} else {
			fmt.Fprintf(a.stdout, "%s (%d ms): %s\n  kept the contract; %d of %d term(s)", t.Engine, t.Took, t.Text, t.Terms-len(t.Missed), t.Terms)
			for i, m := range t.Missed {
				fmt.Fprint(a.stdout, map[bool]string{true: ", missed: ", false: ", "}[i == 0], m)
			}
			fmt.Fprintln(a.stdout)
		}
		if len(t.Broken) > 0 {
			fmt.Fprintf(a.stdout, "  unfit replies this month: %s\n", counted(t.Broken))
		}
	}
}
