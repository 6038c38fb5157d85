package desk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// TestEveryProblemIsSaidInTheReadersLanguage: each rule of the glossary has its
// sentence in each language of the desk, and needs nothing that the glossary
// does not give.
func TestEveryProblemIsSaidInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	rules := append(glossary.ProblemRules(), pipeline.ReusedRule, formEmpty)
	if len(rules) < 80 {
		t.Fatalf("only %d rules", len(rules))
	}
	for _, lang := range []string{"en", "ar", "fr"} {
		w := speak(lang, time.UTC, time.Now())
		seen := map[string]string{}
		for _, rule := range rules {
			p := glossary.Problem{Rule: rule, What: "in English", Args: map[string]string{}}
			for _, name := range glossary.ProblemArgs(rule) {
				p.Args[name] = "x"
			}
			if rule == pipeline.ReusedRule {
				p.Args = map[string]string{"Was": "A", "WasKind": "LOC", "Now": "B", "NowKind": "PER"}
			}
			got := w.problem(&p, true)
			if got.English || got.Text == "" || hole(got.Text) || seen[got.Text] != "" {
				t.Errorf("%s: %s gives %q (as %s)", lang, rule, got.Text, seen[got.Text])
			}
			seen[got.Text] = rule
		}
	}
}

// A mistake of a sheet is said in Arabic with its place and the names as the
// form has them; what no catalogue knows stays English and is marked so.
func TestProblemIsSaid(t *testing.T) {
	t.Parallel()
	_, err := glossary.ReadCSV(strings.NewReader("id,kind,en,ar,ar.forbidden\nloc.z,LOC,Zeta,زيتا,زيتا\n"), "z.csv")
	c := &call{words: speak("ar", time.UTC, time.Now())}
	got := c.problemsOf(err, true)
	if len(got) != 1 || got[0].English || got[0].Place != "z.csv:2:21:" || got[0].Concept != "loc.z" || !strings.Contains(got[0].Text, "ممنوع") || !strings.Contains(got[0].Text, "مفضّل") {
		t.Errorf("%+v", got)
	}
	got = c.problemsOf(glossary.Problem{File: "z.csv", Line: 2, What: "the disk is full", Severity: glossary.Error}, true)
	if len(got) != 1 || !got[0].English || got[0].Place != "z.csv:2:" || got[0].Text != "the disk is full" {
		t.Errorf("%+v", got)
	}
	var html strings.Builder
	if err := templates.ExecuteTemplate(&html, "said", got[0]); err != nil || !strings.Contains(html.String(), `<span lang="en" dir="ltr">the disk is full</span>`) {
		t.Errorf("%s (%v)", html.String(), err)
	}
	_, err = glossary.ReadCSV(strings.NewReader("id,kind,en,ar\nloc.z,LOC,Zeta,\"x\u202ey\"\n"), "")
	if got = c.problemsOf(err, false); len(got) != 1 || strings.Contains(got[0].Text, "\u202e") || !strings.Contains(got[0].Text, `\u202e`) || got[0].Place != "" {
		t.Errorf("%+v", got)
	}
	if got := c.problemsOf(errors.Join(errNowhere, &edition.Refusal{}), true); got != nil {
		t.Errorf("%+v", got)
	}
}
