package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// EngineReport is how the engines do: what they were sent in a month and what
// it cost, which terms they got right, what was wrong with their replies, and
// what waits for them.
type EngineReport struct {
	Month   string        `json:"month"` // such as "2026-11", on the house's clocks
	Engines []EngineState `json:"engines"`
	// Releases are what was sent by release, locale and engine, the dearest
	// first, 50 at most.
	Releases []edition.EngineSum `json:"releases"`
	// Held are the editions that wait for an engine or have segments that no
	// engine gave, 200 at most, the oldest first.
	Held []HeldEdition `json:"held"`
}

// HeldEdition is an edition that engines have not given everything.
type HeldEdition struct {
	Edition int64         `json:"edition"`
	Release string        `json:"release"` // slug
	Title   string        `json:"title"`
	Locale  string        `json:"locale"`
	State   edition.State `json:"state"`
	Hold    edition.Hold  `json:"hold"`
}

// EngineState is how one engine does.
type EngineState struct {
	Name  string `json:"name"`
	Model string `json:"model,omitempty"`
	Local bool   `json:"local"`
	// Routed are the locales on whose routes it is; none where it is used no
	// more but has a line in the ledger.
	Routed []string `json:"routed"`
	// Breaker says whether this process is asking it now: closed (yes), open
	// (it failed too often and is left alone until Until) or half-open (one call
	// is let through to see); "" where nobody keeps watch.
	Breaker   string    `json:"breaker,omitempty"`
	Until     time.Time `json:"until,omitzero"`
	LastError string    `json:"last_error,omitempty"`
	LastAt    time.Time `json:"last_at,omitzero"`
	// Trouble is LastError for readers of other languages.
	Trouble edition.Trouble `json:"trouble,omitzero"`
	// Spent and Budget are in millionths of the currency's unit, Budget 0 where
	// there is no limit.
	Spent    int64  `json:"spent_millionths"`
	Budget   int64  `json:"budget_millionths,omitempty"`
	Currency string `json:"currency,omitempty"`
	// Calls were answered or may have been carried out, Unknown are those of
	// them of which nobody knows.
	Calls         int            `json:"calls"`
	Unknown       int            `json:"unknown"`
	Characters    int            `json:"characters"`
	CharactersOut int            `json:"characters_out"`
	Locales       []EngineLocale `json:"locales"`
}

// OverBudget reports whether the budget is used up.
func (s EngineState) OverBudget() bool { return s.Budget > 0 && s.Spent >= s.Budget }

// EngineLocale is an engine's work in one locale.
type EngineLocale struct {
	Locale     string `json:"locale"`
	Calls      int    `json:"calls"`
	Unknown    int    `json:"unknown"`
	Characters int    `json:"characters"`
	Spent      int64  `json:"spent_millionths"`
	// Terms counts the terms that were required, by the step that won them (see
	// edition.TermSteps; "person" are those that none did).
	Terms map[string]int `json:"terms"`
	// Broken counts replies that broke the contract, by rule.
	Broken map[string]int `json:"broken"`
}

// mostHeld and mostReleases bound the lists of a report.
const mostHeld, mostReleases = 200, 50

// EngineReport reports on a month ("2026-11"), or on the current one with "".
func (p *Pipeline) EngineReport(ctx context.Context, month string) (*EngineReport, error) {
	r := &EngineReport{Month: cmp.Or(month, p.month(p.store.Now()))}
	from, err := time.ParseInLocation("2006-01", r.Month, p.store.Zone())
	if err != nil {
		return nil, fmt.Errorf("%q is not a month: write year and month, like 2026-11", month)
	}
	states := map[string]*EngineState{}
	p.routed(states)
	sums, err := p.store.EngineMonths(ctx, r.Month)
	if err != nil {
		return nil, err
	}
	for _, m := range sums {
		s := stateOf(states, m.Engine)
		if m.Locale == "" {
			s.Calls, s.Unknown, s.Characters, s.CharactersOut, s.Spent = m.Calls, m.Unknown, m.Characters, m.CharactersOut, m.Price
			s.Currency = cmp.Or(m.Currency, s.Currency)
			continue
		}
		l := s.locale(m.Locale)
		l.Calls, l.Unknown, l.Characters, l.Spent = m.Calls, m.Unknown, m.Characters, m.Price
	}
	if err := p.tallied(ctx, states, r.Month); err != nil {
		return nil, err
	}
	for _, s := range states {
		slices.SortFunc(s.Locales, func(a, b EngineLocale) int { return cmp.Compare(a.Locale, b.Locale) })
		r.Engines = append(r.Engines, *s)
	}
	slices.SortFunc(r.Engines, func(a, b EngineState) int { return cmp.Compare(a.Name, b.Name) })
	if r.Releases, err = p.store.EngineReleases(ctx, from, from.AddDate(0, 1, 0), mostReleases); err != nil {
		return nil, err
	}
	r.Held, err = p.HeldEditions(ctx)
	return r, err
}

// month is the month of the ledger that a time falls in.
func (p *Pipeline) month(t time.Time) string { return edition.Month(t.In(p.store.Zone())) }

// HeldEditions are the editions that wait for an engine, or have segments that
// no engine gave, the oldest first, 200 at most.
func (p *Pipeline) HeldEditions(ctx context.Context) ([]HeldEdition, error) {
	lines, err := p.store.HeldEditions(ctx, mostHeld)
	var out []HeldEdition
	for _, l := range lines {
		out = append(out, HeldEdition{Edition: l.ID, Release: l.Slug, Title: l.Title, Locale: l.Locale, State: l.State, Hold: l.Hold})
	}
	return out, err
}

func stateOf(states map[string]*EngineState, name string) *EngineState {
	if states[name] == nil {
		states[name] = &EngineState{Name: name, Routed: []string{}, Locales: []EngineLocale{}}
	}
	return states[name]
}

// locale finds a locale's line, or adds one.
func (s *EngineState) locale(locale string) *EngineLocale {
	i := slices.IndexFunc(s.Locales, func(l EngineLocale) bool { return l.Locale == locale })
	if i < 0 {
		i = len(s.Locales)
		s.Locales = append(s.Locales, EngineLocale{Locale: locale, Terms: map[string]int{}, Broken: map[string]int{}})
	}
	return &s.Locales[i]
}

// routed describes the engines on the routes, as they do in this process.
func (p *Pipeline) routed(states map[string]*EngineState) {
	for _, locale := range p.cfg.Locales {
		for _, e := range p.cfg.Routes[locale] {
			info := e.Info()
			s := stateOf(states, e.Name())
			s.Model, s.Local, s.Currency = info.Model, info.Local, info.Price.Currency
			s.Budget = p.cfg.Engines[e.Name()].Budget
			s.Routed = append(s.Routed, locale)
			w, ok := e.(interface{ Status() engine.Status })
			if !ok {
				continue
			}
			now := w.Status()
			s.Breaker, s.Until = string(now.Breaker), now.Until
			s.LastError, s.LastAt, s.Trouble = now.Stats.LastError, now.Stats.LastAt, now.Stats.Last
		}
	}
}

// tallied adds the counts of terms and broken replies.
func (p *Pipeline) tallied(ctx context.Context, states map[string]*EngineState, month string) error {
	tallies, err := p.store.EngineTallies(ctx, month)
	for _, y := range tallies {
		l := stateOf(states, y.Engine).locale(y.Locale)
		switch y.Kind {
		case edition.TallyTerm:
			l.Terms[y.Name] += y.N
		case edition.TallyBroke:
			l.Broken[y.Name] += y.N
		}
	}
	return err
}
