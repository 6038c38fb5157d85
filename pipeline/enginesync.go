package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/engine"
)

// GlossarySync is what became of one engine's glossary for one locale.
type GlossarySync struct {
	Engine, Locale string
	// Glossary is the version of Dragoman's that it was made from.
	Glossary int64
	engine.GlossaryReport
	// Held counts the concepts that are kept from the service: sensitive ones,
	// those known from confidential releases only, and those that cannot be said
	// without their document.
	Held HeldBack
	Err  error
}

// HeldBack counts concepts by why a service does not get them.
type HeldBack struct {
	Sensitive    int `json:"sensitive"`
	Confidential int `json:"confidential"`
	// Conditional are those that count in some documents only, or in none now;
	// Ambiguous those whose name another concept shares.
	Conditional int `json:"conditional"`
	Ambiguous   int `json:"ambiguous"`
}

// SyncGlossaries makes the glossaries that engines keep say what Dragoman's
// says, for each locale on whose route such an engine is; names limits it to
// those engines. It may be run again at any time and goes on where it was
// interrupted. What fails for one engine and locale stands in its Err and joined
// in the error; the others are done all the same.
func (p *Pipeline) SyncGlossaries(ctx context.Context, names ...string) ([]GlossarySync, error) {
	jobs := p.glossaryKeepers(names)
	if len(jobs) == 0 {
		return nil, nil
	}
	if err := p.Refresh(ctx); err != nil {
		return nil, err
	}
	g := p.terms.Load()
	secret, err := p.secretConcepts(ctx, g)
	if err != nil {
		return nil, fmt.Errorf("find out what is confidential: %w", err)
	}
	var out []GlossarySync
	var failed error
	for _, j := range jobs {
		entries, held := glossaryEntries(g, j.locale, p.store.Now(), secret)
		s := GlossarySync{Engine: j.engine.Name(), Locale: j.locale, Glossary: g.version, Held: held}
		s.GlossaryReport, s.Err = j.engine.SyncGlossary(ctx, engine.NewGlossary(sourceLocale, j.locale, entries))
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if s.Err != nil {
			failed = errors.Join(failed, s.Err)
			p.log.Warn("an engine's glossary could not be synced", "engine", s.Engine, "locale", s.Locale, "error", s.Err)
		}
		out = append(out, s)
	}
	return out, failed
}

type keeper struct {
	engine engine.GlossarySyncer
	locale string
}

// glossaryKeepers are the engines that keep glossaries, with their locales.
func (p *Pipeline) glossaryKeepers(names []string) (jobs []keeper) {
	for _, locale := range p.cfg.Locales {
		for _, e := range p.cfg.Routes[locale] {
			k, ok := engine.As[engine.GlossarySyncer](e)
			if ok && k.KeepsGlossaries() && (len(names) == 0 || slices.Contains(names, k.Name())) {
				jobs = append(jobs, keeper{k, locale})
			}
		}
	}
	slices.SortStableFunc(jobs, func(a, b keeper) int { return cmp.Compare(a.engine.Name(), b.engine.Name()) })
	return jobs
}

// privacyStep is how many revisions are read at a time.
const privacyStep = 200

// secretConcepts are the concepts that are known from confidential releases
// only, by the database's numbers.
func (p *Pipeline) secretConcepts(ctx context.Context, g *terms) (map[int64]bool, error) {
	secret := map[int64]bool{}
	for after := int64(0); ; {
		ids, err := p.store.UnknownPrivacy(ctx, after, privacyStep)
		if err != nil {
			return nil, err
		}
		known := map[int64]bool{}
		for _, id := range ids {
			after = id
			rev, err := p.store.Revision(ctx, id)
			if err != nil {
				return nil, err
			}
			doc, err := p.cut(rev)
			confidential := err != nil || doc.Meta.Confidential // what cannot be read is not given away
			switch {
			case rev.Parser != 0:
				known[id] = confidential
			case err == nil && confidential: // not in the index yet
				for _, s := range doc.Segments() {
					for _, o := range g.Find(nil, s.Text) {
						secret[g.ids[o.Concept]] = true
					}
				}
			}
		}
		if err := p.store.InTx(ctx, func(tx Tx) error { return tx.SetPrivacy(ctx, known) }); err != nil {
			return nil, err
		}
		if len(ids) < privacyStep {
			break
		}
	}
	ids, err := p.store.ConfidentialConcepts(ctx)
	for _, id := range ids {
		secret[id] = true
	}
	return secret, err
}

// glossaryEntries are the entries of a locale that a service outside may have:
// every name of each concept with the term that Dragoman writes. A concept that
// counts only where its document says so has none, since a service's glossary
// knows nothing of documents.
func glossaryEntries(g *terms, locale string, now time.Time, secret map[int64]bool) (entries []engine.Hint, held HeldBack) {
	type claim struct {
		target string
		clash  bool
	}
	claims := map[string]*claim{}
	secrets := g.secretsOf(locale)
	var order []string
	for i := range g.Len() {
		c := g.Concept(i)
		target := g.Preferred(locale, i)
		switch {
		case target == "":
			continue
		case sensitiveIn(c, locale) || secrets.inConcept(c, target):
			held.Sensitive++
			continue
		case secret[g.ids[i]]:
			held.Confidential++
			continue
		case !unconditional(c, now):
			held.Conditional++
			continue
		}
		for _, name := range append([]string{c.Source}, c.Variants...) {
			if claims[name] == nil {
				claims[name] = &claim{target: target}
				order = append(order, name)
			} else if claims[name].target != target {
				claims[name].clash = true
			}
		}
	}
	for _, name := range order {
		if claims[name].clash {
			held.Ambiguous++
			continue
		}
		entries = append(entries, engine.Hint{Source: name, Target: claims[name].target})
	}
	return entries, held
}

// inConcept reports whether the names of a concept, or the term that is written
// for it, hold a sensitive one ("the Salim Haddad Foundation").
func (s *secrets) inConcept(c *glossary.Concept, target string) bool {
	return !s.none() && slices.ContainsFunc(append([]string{c.Source, target}, c.Variants...), func(name string) bool { return s.in(content.Escape(name)) })
}

// termSensitive reports whether the term that is written is to be hidden.
func termSensitive(c *glossary.Concept, locale string) bool {
	ts := c.Targets[locale].Preferred
	return len(ts) > 0 && ts[0].Flags.Sensitive
}

// unconditional reports whether a concept counts in every document of today.
func unconditional(c *glossary.Concept, now time.Time) bool {
	return len(c.Rule.Licence) == 0 && c.ReplacedBy == "" &&
		(c.ValidFrom.IsZero() || !now.Before(c.ValidFrom)) && (c.ValidTo.IsZero() || now.Before(c.ValidTo.AddDate(0, 0, 1)))
}

// privacyReader and privacyWriter are what the sync of glossaries needs of the
// database.
type privacyReader interface {
	// UnknownPrivacy gives revisions that were not yet looked at, with numbers
	// above after, in their order, at most limit.
	UnknownPrivacy(ctx context.Context, after int64, limit int) ([]int64, error)
	// ConfidentialConcepts are those that occur in a confidential revision and
	// in no newest one that is not.
	ConfidentialConcepts(ctx context.Context) ([]int64, error)
	// ConfidentialTexts gives f the sentences that stand in a confidential
	// revision and in no newest one that is not.
	ConfidentialTexts(ctx context.Context, f func(text string) error) error
	// Privacy says of revisions whether they are confidential, where that was
	// looked at.
	Privacy(ctx context.Context, revisions []int64) (map[int64]bool, error)
}

type privacyWriter interface {
	SetPrivacy(ctx context.Context, confidential map[int64]bool) error
	// HideMemory makes the memory's entries of a release confidential.
	HideMemory(ctx context.Context, release int64) error
}
