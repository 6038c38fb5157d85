package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/locales"
)

// EngineTrial is what came of having one engine translate a sentence.
type EngineTrial struct {
	Engine string `json:"engine"`
	Model  string `json:"model,omitempty"`
	Local  bool   `json:"local"`
	Took   int64  `json:"took_ms"`
	// Text is coded text, "" where there is none; Error then says why.
	Text    string          `json:"text,omitempty"`
	Error   string          `json:"error,omitempty"`
	Trouble edition.Trouble `json:"trouble,omitzero"`
	// Cause is what the service itself said, for an administrator.
	Cause string `json:"cause,omitempty"`
	// NotAsked is set where the text may not be sent to the engine.
	NotAsked bool `json:"not_asked,omitempty"`
	// Hidden is how many sensitive names went out as words without a meaning.
	Hidden int `json:"hidden,omitempty"`
	// Violations are the rules of the contract that the reply broke.
	Violations []string `json:"violations,omitempty"`
	// Terms are those required, Missed those that the reply does not have.
	Terms  int      `json:"terms"`
	Missed []string `json:"missed,omitempty"`
	// Broken counts this month's replies that broke the contract in this
	// locale, by rule.
	Broken map[string]int `json:"broken,omitempty"`
}

// TryEngines has every engine of a locale's route translate a coded text with
// its codes, as a release of that one sentence would be: with its terms, and
// without the names that an engine must not see. A text that stands in a
// confidential release and nowhere else is confidential too. begin, unless nil,
// hears of each engine before it is asked. Nothing of it is used again.
func (p *Pipeline) TryEngines(ctx context.Context, locale, text string, codes []content.Code, confidential bool, begin func(engine string)) ([]EngineTrial, error) {
	l, err := locales.Get(locale)
	if err != nil {
		return nil, err
	}
	if err := p.Refresh(ctx); err != nil {
		return nil, err
	}
	g := p.terms.Load()
	if !confidential {
		if confidential, err = p.isSecret(ctx, g, text); err != nil {
			return nil, err
		}
	}
	d := &document{doc: &content.Document{}, segs: []edition.Segment{{Source: text, Kind: content.KindParagraph}}, gathered: [][]content.Code{codes}}
	d.doc.Meta.Confidential = confidential
	d.find(g)
	dr := &drafter{p: p, g: g, d: d, locale: l}
	dr.route, dr.hold = p.permitted(locale, confidential)
	report, err := p.EngineReport(ctx, "")
	if err != nil {
		return nil, err
	}
	var out []EngineTrial
	for _, e := range p.cfg.Routes[locale] {
		t := dr.try(ctx, e, begin)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		t.Broken = report.broken(e.Name(), locale)
		out = append(out, t)
	}
	return out, nil
}

// broken are the counts of an engine's broken replies in a locale.
func (r *EngineReport) broken(name, locale string) map[string]int {
	for _, s := range r.Engines {
		for _, l := range s.Locales {
			if s.Name == name && l.Locale == locale {
				return l.Broken
			}
		}
	}
	return nil
}

// try has one engine translate the document's only segment.
func (dr *drafter) try(ctx context.Context, e engine.Engine, begin func(string)) EngineTrial {
	info := e.Info()
	t := EngineTrial{Engine: e.Name(), Model: info.Model, Local: info.Local}
	if !slices.Contains(dr.route, e) {
		t.Error = "texts for this locale stay in the house, and this engine is outside"
		if dr.hold.Kind == edition.HoldConfidential {
			t.Error = "the text is confidential, and this engine is outside the house"
		}
		t.NotAsked, t.Trouble = true, edition.Trouble{Reason: edition.TroubleOutside}
		return t
	}
	q := dr.question(e, []int{0})
	if len(q.at) == 0 {
		t.NotAsked, t.Error, t.Trouble = true, "the sentence has a name that must not leave the house and cannot be hidden in it", edition.Trouble{Reason: edition.TroubleNameKept}
		return t
	}
	q.request.Trial = true
	q.request.Account = engine.Account{}
	t.Hidden = len(q.hidden[0])
	if begin != nil {
		begin(e.Name())
	}
	began := time.Now()
	replies, err := e.Translate(ctx, q.request)
	t.Took = time.Since(began).Milliseconds()
	if err != nil {
		replies = []engine.Reply{{Err: err}}
	}
	text, fault := q.read(0, replies[0])
	if fault != nil {
		t.Error, t.Trouble = strings.TrimPrefix(fault.Safe(), "engine "+e.Name()+": "), fault.Told()
		if fault.Err != nil {
			t.Cause = fault.Err.Error()
		}
		for _, v := range fault.Violations {
			t.Violations = append(t.Violations, v.Rule)
		}
		return t
	}
	t.Text = text
	dr.tryTerms(&t)
	return t
}

// tryTerms says which terms of the sentence its translation has.
func (dr *drafter) tryTerms(t *EngineTrial) {
	seen := map[int]bool{}
	for _, v := range dr.g.Verify(nil, dr.locale.Tag, dr.d.segs[0].Source, dr.d.lic[0], t.Text) {
		if v.Result == glossary.ResultInfo || seen[v.Concept] {
			continue
		}
		seen[v.Concept] = true
		t.Terms++
		if v.Result == glossary.ResultFail {
			t.Missed = append(t.Missed, dr.g.Preferred(dr.locale.Tag, v.Concept))
		}
	}
}

// errSecret ends the search for a sentence.
var errSecret = errors.New("it is confidential")

// leastSecret is how many characters a confidential sentence has at least that
// is looked for within a text; shorter ones (a date line) have to be the text.
const leastSecret = 20

// isSecret reports whether a text is, or holds, a sentence of a confidential
// release that stands in no other.
func (p *Pipeline) isSecret(ctx context.Context, g *terms, text string) (bool, error) {
	if _, err := p.secretConcepts(ctx, g); err != nil { // it notes which revisions are confidential
		return false, fmt.Errorf("find out what is confidential: %w", err)
	}
	whole := plainly(text)
	err := p.store.ConfidentialTexts(ctx, func(sentence string) error {
		if s := plainly(sentence); s == whole || len(s) >= leastSecret && strings.Contains(whole, s) {
			return errSecret
		}
		return nil
	})
	if errors.Is(err, errSecret) {
		return true, nil
	}
	return false, err
}

// plainly is a text's words alone.
func plainly(text string) string {
	var words []string
	for _, w := range foldedWords(content.Plain(text)) {
		words = append(words, w.text)
	}
	return strings.Join(words, " ")
}
