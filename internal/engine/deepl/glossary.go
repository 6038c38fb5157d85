package deepl

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"dragoman/internal/engine"
	"dragoman/internal/engine/httpjson"
)

// maxTerm bounds a term of a glossary in bytes
// (developers.deepl.com/api-reference/multilingual-glossaries).
const maxTerm = 1024

// KeepsGlossaries reports whether the settings ask for it.
func (e *Engine) KeepsGlossaries() bool { return e.s.SyncGlossary }

// SyncedGlossary is what is used for a pair now.
func (e *Engine) SyncedGlossary(ctx context.Context, source, target string) (*engine.SyncedGlossary, error) {
	if !e.s.SyncGlossary {
		return nil, nil
	}
	return e.notes.Synced(ctx, source, target)
}

// glossaryFor is the id of the glossary that a request uses, "" for none.
func (e *Engine) glossaryFor(ctx context.Context, r engine.Request) (string, error) {
	if !e.s.SyncGlossary {
		return e.s.Glossary, nil
	}
	note, err := e.notes.Note(ctx, r.Source, r.Target)
	return note.ID, err
}

// info is one glossary of the account.
type info struct {
	ID           string `json:"glossary_id"`
	Name         string `json:"name"`
	Dictionaries []dictionary
}

// dictionary is the part of a glossary for one pair of languages.
type dictionary struct {
	Source  string `json:"source_lang"`
	Target  string `json:"target_lang"`
	Entries string `json:"entries"`
	Format  string `json:"entries_format"`
	Count   int    `json:"entry_count,omitempty"`
}

// glossaryTitle is the name of the glossary that holds a target. One glossary
// has all languages (an account of DeepL API Free may have no more), but DeepL
// knows no regions there: a target that shares its language with another one has
// a glossary of its own.
func (e *Engine) glossaryTitle(target string) string {
	title := "Dragoman " + e.s.Name
	if variants := regional[base(target)]; len(variants) > 0 {
		if v := variant(target, variants); v != variants[0] {
			return title + " " + v
		}
	}
	return title
}

// SyncGlossary makes the dictionary of a pair say what g says: it replaces the
// whole dictionary in one call, so there is nothing to resume.
func (e *Engine) SyncGlossary(ctx context.Context, g engine.Glossary) (engine.GlossaryReport, error) {
	e.syncing.Lock()
	defer e.syncing.Unlock()
	g = fitting(g)
	report := engine.GlossaryReport{Version: g.Version(), Entries: len(g.Entries)}
	there, err := e.findGlossary(ctx, g)
	if err != nil {
		return report, err
	}
	d := dictionary{Source: strings.ToLower(base(g.Source)), Target: strings.ToLower(base(g.Target)), Entries: tsv(g), Format: "tsv"}
	old, err := e.entries(ctx, there, d)
	if err != nil {
		return report, err
	}
	report.Added, report.Changed, report.Removed = compare(old, g)
	switch {
	case len(g.Entries) == 0:
		if err := e.notes.Use(ctx, "", g); err != nil || len(old) == 0 { // no longer used, before it is gone
			return report, err
		}
		query := url.Values{"source_lang": {d.Source}, "target_lang": {d.Target}}
		return report, e.call(ctx, g, http.MethodDelete, "/v3/glossaries/"+url.PathEscape(there.ID)+"/dictionaries?"+query.Encode(), nil, nil)
	case there == nil:
		there = &info{}
		report.Created = true
		in := map[string]any{"name": e.glossaryTitle(g.Target), "dictionaries": []dictionary{d}}
		err = e.call(ctx, g, http.MethodPost, "/v3/glossaries", in, there)
		if err == nil && there.ID == "" {
			err = engine.Unreadable(e.s.Name, errors.New("a glossary without an id"))
		}
	case report.Added+report.Changed+report.Removed > 0:
		err = e.call(ctx, g, http.MethodPut, "/v3/glossaries/"+url.PathEscape(there.ID)+"/dictionaries", d, &dictionary{})
	}
	if err != nil {
		return report, err
	}
	report.ID = there.ID
	return report, e.notes.Use(ctx, there.ID, g)
}

// call makes a call about a glossary, with retries of what passes. Creating one
// twice does no harm: it is found by its name.
func (e *Engine) call(ctx context.Context, g engine.Glossary, method, path string, in, out any) error {
	return engine.Persist(ctx, e.clock, func(ctx context.Context) error {
		if out == nil {
			out = &struct{}{}
		}
		err := e.client.Call(ctx, method, path, in, out)
		var st *httpjson.Status
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &st):
			return err
		case st.Code == quotaExceeded:
			return e.fail(engine.Error{
				Kind: engine.Quota, What: "DeepL lets this account make no more glossaries",
				Remedy: "delete one that is not needed; DeepL API Free has room for one", Err: st,
			})
		case st.Code == http.StatusBadRequest:
			return e.fail(engine.Error{
				Kind: engine.Permanent, What: fmt.Sprintf("DeepL refuses the glossary for %s (HTTP 400)", g.Target),
				Remedy: "see that DeepL has glossaries for this language; its own words are in the log", Err: st,
			})
		}
		return e.classify(err, engine.Request{Source: g.Source, Target: g.Target})
	})
}

// findGlossary looks for the glossary by its name, nil where there is none: by
// its name and not by its id, so that one that was made without our seeing the
// answer is found too.
func (e *Engine) findGlossary(ctx context.Context, g engine.Glossary) (*info, error) {
	var all struct{ Glossaries []info }
	if err := e.call(ctx, g, http.MethodGet, "/v3/glossaries", nil, &all); err != nil {
		return nil, err
	}
	note, err := e.notes.Note(ctx, g.Source, g.Target)
	var named *info
	for i := range all.Glossaries {
		have := &all.Glossaries[i]
		if have.ID == note.ID {
			return have, err
		}
		if have.Name == e.glossaryTitle(g.Target) && named == nil {
			named = have
		}
	}
	return named, err
}

// entries are those of the dictionary as the service has it, none where it has
// no such dictionary.
func (e *Engine) entries(ctx context.Context, there *info, d dictionary) (map[string]string, error) {
	has := false
	if there != nil {
		for _, have := range there.Dictionaries {
			has = has || strings.EqualFold(have.Source, d.Source) && strings.EqualFold(have.Target, d.Target)
		}
	}
	if !has {
		return nil, nil
	}
	var got struct{ Dictionaries []dictionary }
	query := url.Values{"source_lang": {d.Source}, "target_lang": {d.Target}}
	err := e.call(ctx, engine.Glossary{Target: d.Target}, http.MethodGet, "/v3/glossaries/"+url.PathEscape(there.ID)+"/entries?"+query.Encode(), nil, &got)
	if err != nil {
		return nil, err
	}
	entries := map[string]string{}
	for _, part := range got.Dictionaries {
		for line := range strings.SplitSeq(part.Entries, "\n") {
			if from, to, ok := strings.Cut(strings.TrimRight(line, "\r"), "\t"); ok {
				entries[from] = to
			}
		}
	}
	return entries, nil
}

// compare counts what is to be done to old to make it g.
func compare(old map[string]string, g engine.Glossary) (added, changed, removed int) {
	kept := 0
	for _, t := range g.Entries {
		to, ok := old[t.Source]
		switch {
		case !ok:
			added++
			continue
		case to != t.Target:
			changed++
		}
		kept++
	}
	return added, changed, len(old) - kept
}

// tsv writes the entries as tab-separated values.
func tsv(g engine.Glossary) string {
	var b strings.Builder
	for i, t := range g.Entries {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(t.Source + "\t" + t.Target)
	}
	return b.String()
}

// fitting leaves out what DeepL takes no entry for: terms that are too long or
// have control characters. (engine.NewGlossary sees to double and empty ones.)
func fitting(g engine.Glossary) engine.Glossary {
	out := engine.Glossary{Source: g.Source, Target: g.Target}
	for _, t := range g.Entries {
		if len(t.Source) <= maxTerm && len(t.Target) <= maxTerm && !strings.ContainsFunc(t.Source+t.Target, unicode.IsControl) {
			out.Entries = append(out.Entries, t)
		}
	}
	return out
}
