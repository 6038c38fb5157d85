package main

import (
	"fmt"

	"dragoman/glossary"
)

// verdictJSON is what `glossary verify --json` says of one required concept of
// one line.
type verdictJSON struct {
	Line    int             `json:"line"`
	Concept string          `json:"concept"`
	Source  spanJSON        `json:"source"`
	Verdict glossary.Result `json:"verdict"`
	Reason  string          `json:"reason"`
	// Tier is 0 exact, 1 orthography, 2 clitic or apostrophe, 3 inflection,
	// 4 spacing; -1 where nothing was found.
	Tier   int       `json:"tier"`
	Target *spanJSON `json:"target"` // null where nothing was found
	Hint   string    `json:"hint"`
	Fix    *fixJSON  `json:"fix"`
	// Term is the listed term that was found, Expected the preferred one.
	Term     string `json:"term"`
	Expected string `json:"expected"`
	// Also are further forbidden renderings in the same line.
	Also []alsoJSON `json:"also,omitempty"`
	// Info is "count" where the name is mentioned less often than in the
	// source.
	Info string `json:"info,omitempty"`
}

type spanJSON struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

type fixJSON struct {
	Start   int    `json:"start"`
	End     int    `json:"end"`
	Text    string `json:"text"`
	Certain bool   `json:"certain"`
}

type alsoJSON struct {
	Reason string    `json:"reason"`
	Term   string    `json:"term"`
	Target *spanJSON `json:"target"`
	Fix    *fixJSON  `json:"fix"`
}

// object is the verdicts of one concept as one object.
func (v *verifier) object(p *pair, vs []glossary.Verdict) verdictJSON {
	first := &vs[0]
	j := verdictJSON{
		Line: p.line, Concept: first.ID, Source: *p.src.spanJSON(first.Source.Start, first.Source.End), Verdict: first.Result, Reason: first.Reason,
		Tier: first.Tier, Target: p.dst.target(first), Hint: p.dst.plain(first.Hint), Fix: p.dst.fix(first),
		Expected: v.gl.Preferred(v.o.target, first.Concept),
	}
	if first.Tier != glossary.NoTier {
		j.Term = first.Term
	}
	for i := range vs[1:] {
		more := &vs[1+i]
		if more.Result == glossary.ResultInfo {
			j.Info = more.Reason
			continue
		}
		j.Also = append(j.Also, alsoJSON{Reason: more.Reason, Term: more.Term, Target: p.dst.target(more), Fix: p.dst.fix(more)})
	}
	return j
}

func (t *textLine) spanJSON(start, end int) *spanJSON {
	start, end = t.span(start, end)
	return &spanJSON{start, end, t.raw[start:end]}
}

// target is where the rendering stands, nil where there is none.
func (t *textLine) target(v *glossary.Verdict) *spanJSON {
	if v.Start == v.End {
		return nil
	}
	return t.spanJSON(v.Start, v.End)
}

func (t *textLine) fix(v *glossary.Verdict) *fixJSON {
	if v.Fix == nil {
		return nil
	}
	start, end := t.span(v.Fix.Start, v.Fix.End)
	return &fixJSON{start, end, t.plain(v.Fix.Text), v.Fix.Certain}
}

// say prints what is wrong with one concept of a line, for a person.
func (v *verifier) say(p *pair, vs []glossary.Verdict) error {
	for i := range vs {
		d := &vs[i]
		if d.Result != glossary.ResultFail && d.Result != glossary.ResultWarn {
			continue
		}
		word := "FAIL"
		if d.Result == glossary.ResultWarn {
			word = "warn"
		}
		expected := v.gl.Preferred(v.o.target, d.Concept)
		fmt.Fprintf(v.out, "line %d  %s  %s (%s): %s\n", p.line, word, p.src.plain(p.src.text[d.Source.Start:d.Source.End]), d.ID, verdictText(d))
		if d.Text != "" {
			fmt.Fprintf(v.out, "    found     %s\n", p.dst.plain(d.Text))
		}
		fmt.Fprintf(v.out, "    expected  %s\n", expected)
		if d.Hint != "" && d.Hint != d.Text {
			fmt.Fprintf(v.out, "    nearest   %s\n", p.dst.plain(d.Hint))
		}
		if d.Fix != nil {
			sure := "to be decided by a person"
			if d.Fix.Certain {
				sure = "certain"
			}
			fmt.Fprintf(v.out, "    fix       %s → %s (%s)\n", p.dst.plain(p.dst.text[d.Fix.Start:d.Fix.End]), p.dst.plain(d.Fix.Text), sure)
		}
	}
	return nil
}

// verdictText says in plain words what a reason means.
func verdictText(d *glossary.Verdict) string {
	switch d.Reason {
	case glossary.ReasonMissing:
		return "no rendering was found"
	case glossary.ReasonForbidden:
		return "rendered by a forbidden term"
	case glossary.ReasonSpacing:
		return "the spaces of the name are lost"
	case glossary.ReasonDerived:
		return "an adjective stands where the name is wanted"
	case glossary.ReasonAgreement:
		return "the words of the term do not agree with each other"
	case glossary.ReasonHarmony:
		return "the ending does not fit the vowels of the name"
	case glossary.ReasonAmbiguous:
		return "the form found is also another word: see that the name is meant"
	case glossary.ReasonOrthography:
		return "misspelt"
	}
	return d.Reason
}
