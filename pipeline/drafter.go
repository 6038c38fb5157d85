package pipeline

import (
	"context"
	"fmt"
	"strings"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/check"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/memory"
	"dragoman/locales"
)

// drafter drafts and examines the segments of one document in one locale.
type drafter struct {
	p      *Pipeline
	g      *terms
	d      *document
	locale *locales.Profile
	// edition is its number, for the ledger.
	edition int64
	// route are the engines that may see the document, hold what keeps others
	// from it.
	route []engine.Engine
	hold  edition.Hold
	// pseudo is set once words came in that must never be published.
	pseudo bool
	// undo and touched are what a person's change is taken back by.
	undo    *edition.Undo
	touched []*edition.Target
}

func (p *Pipeline) drafter(g *terms, d *document, e edition.Edition) (*drafter, error) {
	l, err := locales.Get(e.Locale)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", edition.ErrGiveUp, err)
	}
	dr := &drafter{p: p, g: g, d: d, locale: l, edition: e.ID}
	dr.route, dr.hold = p.permitted(e.Locale, d.doc.Meta.Confidential)
	return dr, nil
}

// recall asks what the house has said before: a quotation's own wording, then
// the memory. A fuzzy match gives way to an engine where one may be asked,
// unless it is very near.
func (dr *drafter) recall(i int) (text string, origin edition.Origin, ok bool) {
	return dr.recallFrom(i, len(dr.route) > 0)
}

// recallFrom is recall with or without an engine to give way to.
func (dr *drafter) recallFrom(i int, engines bool) (text string, origin edition.Origin, ok bool) {
	seg := &dr.d.segs[i]
	if w := dr.original(seg); w != "" {
		return w, edition.Origin{Kind: edition.FromOriginal, Score: 100}, true
	}
	prev, next := dr.d.neighbours(i)
	ms := dr.p.find(memory.Query{Locale: dr.locale.Tag, Text: seg.Source, Prev: prev, Next: next, Terms: listed(dr.d.lic[i]), Threshold: dr.p.threshold(dr.locale.Tag), Limit: 1})
	if len(ms) == 0 || ms[0].Outdated || len(ms[0].OpenSlots()) > 0 {
		return "", edition.Origin{}, false
	}
	m := ms[0]
	if m.Kind == edition.FromFuzzy && engines && m.Score < dr.p.cfg.FuzzyBeforeEngine {
		return "", edition.Origin{}, false
	}
	return m.Target, m.Origin(), true
}

// original returns the wording of a segment that is, as a whole, a quotation
// whose words were first spoken in the locale.
func (dr *drafter) original(seg *edition.Segment) string {
	w := dr.d.wordingOf(dr.locale.Tag, seg.Source)
	if w == "" {
		return ""
	}
	q := dr.locale.Quotes
	if strings.ContainsAny(seg.Source, "“\"«") && !strings.ContainsAny(w, "«»“”\"") {
		w = q[0] + w + q[1]
	}
	return content.Escape(w)
}

// bareQuote folds away quotation marks and spaces around a quotation.
func bareQuote(s string) string {
	return strings.Trim(content.Normalise(content.Plain(s)), "\"“”«»' ")
}

// canAsk reports whether engines are left to ask in a job of their own.
func (dr *drafter) canAsk() bool { return len(dr.route) > 0 && !dr.pseudo && !dr.isInstant() }

func (dr *drafter) isInstant() bool {
	if len(dr.route) == 0 {
		return false
	}
	e, ok := dr.route[0].(engine.Instant)
	return ok && e.Instant()
}

const sourceLocale = "en"

func (dr *drafter) codes(i int) []content.Code { return dr.d.codes(i) }

// askInstant asks the route's engine for the open segments there and then,
// where it is one that answers without waiting.
func (c *carrier) askInstant(ctx context.Context) {
	if !c.isInstant() || len(c.open) == 0 {
		return
	}
	e := c.route[0]
	replies, err := e.Translate(ctx, c.question(e, c.open).request)
	if err != nil {
		return // what is open stays untranslated, and goes to a person
	}
	for n, i := range c.open {
		if replies[n].Err == nil {
			c.slots[i].text = replies[n].Text
			c.slots[i].origin = edition.Origin{Kind: edition.FromEngine, Engine: e.Name()}
			c.pseudo = c.pseudo || !e.Info().Publishable
		}
	}
}

// examine runs the quality rules and the term verifier over a target.
func (dr *drafter) examine(i int, text string, origin edition.Origin) []edition.Finding {
	seg := &dr.d.segs[i]
	in := check.Input{Locale: dr.locale, Source: seg.Source, Target: text, Kind: seg.Kind, Origin: origin}
	return append(examineText(dr.g, in, dr.d.lic[i]), dr.quotation(i, text)...)
}

// examineText is what there is to say of one segment and its translation:
// what the quality rules find, and what the terms that count in it do not pass.
func examineText(g *terms, in check.Input, occ []glossary.Occurrence) []edition.Finding {
	return append(check.Run(in), termFindings(g, in.Locale.Tag, in.Source, occ, in.Target)...)
}

// termFindings is what the term verifier does not pass.
func termFindings(g *terms, lang, source string, occ []glossary.Occurrence, target string) []edition.Finding {
	return faultFindings(g, lang, source, g.Verify(nil, lang, source, occ, target))
}

// faultFindings puts the verdicts that are not passed as findings.
func faultFindings(g *terms, lang, source string, vs []glossary.Verdict) []edition.Finding {
	var fs []edition.Finding
	for _, v := range vs {
		if f, ok := termFinding(g, lang, source, v); ok && !g.excepted(lang, source, v.ID) {
			fs = append(fs, f)
		}
	}
	return fs
}

// termFinding puts a verdict that is not plainly good as a finding.
func termFinding(g *terms, lang, source string, v glossary.Verdict) (edition.Finding, bool) {
	var sev edition.Severity
	switch v.Result {
	case glossary.ResultFail:
		sev = edition.Error
	case glossary.ResultWarn:
		sev = edition.Warning
	default:
		return edition.Finding{}, false
	}
	f := edition.Finding{
		Rule: "term." + v.Reason, Severity: sev, Start: v.Start, End: v.End,
		SourceStart: v.Source.Start, SourceEnd: v.Source.End,
		Args: map[string]string{
			"Concept":  v.ID,
			"Source":   content.Plain(source[v.Source.Start:v.Source.End]),
			"Expected": g.Preferred(lang, v.Concept),
			"Found":    v.Text,
			"Hint":     v.Hint,
		},
	}
	if v.Fix != nil && v.Fix.Certain {
		f.Fix = &edition.Fix{Start: v.Fix.Start, End: v.Fix.End, Text: v.Fix.Text}
	}
	return f, true
}
