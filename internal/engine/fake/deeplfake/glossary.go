package deeplfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"dragoman/internal/engine/fake/httpfake"
)

// glossary is one glossary of the account: a dictionary for each pair.
type glossary struct {
	id, name     string
	dictionaries map[[2]string]map[string]string // by source and target language
}

// dictionary is what callers send and get.
type dictionary struct {
	Source  string `json:"source_lang"`
	Target  string `json:"target_lang"`
	Entries string `json:"entries,omitempty"`
	Format  string `json:"entries_format,omitempty"`
	Count   int    `json:"entry_count,omitempty"`
}

// MaxTerm bounds a term in bytes, MaxGlossary a request with a glossary.
const (
	MaxTerm     = 1024
	MaxGlossary = 10 << 20
)

// handleGlossaries serves /v3/glossaries.
func (s *Server) handleGlossaries(mux *http.ServeMux) {
	for id, targets := range s.o.Glossaries {
		g := &glossary{id: id, name: id, dictionaries: map[[2]string]map[string]string{}}
		for target, terms := range targets {
			g.dictionaries[[2]string{"en", glossaryLanguage(target)}] = terms
		}
		s.glossaries = append(s.glossaries, g)
	}
	mux.HandleFunc("GET /v3/glossaries", s.locked(s.listGlossaries))
	mux.HandleFunc("POST /v3/glossaries", s.locked(s.createGlossary))
	mux.HandleFunc("GET /v3/glossaries/{id}", s.onGlossary(func(w http.ResponseWriter, _ *http.Request, g *glossary) {
		httpfake.JSON(w, http.StatusOK, g.info())
	}))
	mux.HandleFunc("GET /v3/glossaries/{id}/entries", s.onGlossary(getEntries))
	mux.HandleFunc("PUT /v3/glossaries/{id}/dictionaries", s.onGlossary(s.putDictionary))
	mux.HandleFunc("DELETE /v3/glossaries/{id}/dictionaries", s.onGlossary(deleteDictionary))
	mux.HandleFunc("DELETE /v3/glossaries/{id}", s.onGlossary(func(w http.ResponseWriter, _ *http.Request, g *glossary) {
		s.glossaries = slices.DeleteFunc(s.glossaries, func(o *glossary) bool { return o == g })
		w.WriteHeader(http.StatusNoContent)
	}))
}

func (s *Server) locked(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		next(w, r)
	}
}

func (s *Server) onGlossary(next func(http.ResponseWriter, *http.Request, *glossary)) http.HandlerFunc {
	return s.locked(func(w http.ResponseWriter, r *http.Request) {
		if g := s.byID(r.PathValue("id")); g != nil {
			next(w, r, g)
			return
		}
		problem(w, http.StatusNotFound, "Glossary not found")
	})
}

func (s *Server) byID(id string) *glossary {
	for _, g := range s.glossaries {
		if g.id == id {
			return g
		}
	}
	return nil
}

// has reports whether there is such a glossary.
func (s *Server) has(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byID(id) != nil
}

// glossaryLanguage is a language as glossaries know it: small letters, no region.
func glossaryLanguage(code string) string {
	l, _, _ := strings.Cut(strings.ToLower(code), "-")
	return l
}

// terms gives what the glossary of a question says for its pair.
func (s *Server) terms(q question) (map[string]string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.byID(q.Glossary)
	if g == nil {
		return nil, false
	}
	d, ok := g.dictionaries[[2]string{glossaryLanguage(q.SourceLang), glossaryLanguage(q.TargetLang)}]
	return maps.Clone(d), ok
}

// Terms gives what a glossary says for English to a target, nil where there is
// no such dictionary.
func (s *Server) Terms(id, target string) map[string]string {
	terms, _ := s.terms(question{Glossary: id, SourceLang: "en", TargetLang: target})
	return terms
}

func (g *glossary) info() map[string]any {
	list := []dictionary{}
	for pair, terms := range g.dictionaries {
		list = append(list, dictionary{Source: pair[0], Target: pair[1], Count: len(terms)})
	}
	slices.SortFunc(list, func(a, b dictionary) int { return strings.Compare(a.Target, b.Target) })
	return map[string]any{"glossary_id": g.id, "name": g.name, "dictionaries": list, "creation_time": "2018-02-05T09:00:00Z"}
}

func (s *Server) listGlossaries(w http.ResponseWriter, _ *http.Request) {
	list := []any{}
	for _, g := range s.glossaries {
		list = append(list, g.info())
	}
	httpfake.JSON(w, http.StatusOK, map[string]any{"glossaries": list})
}

func (s *Server) createGlossary(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name         string
		Dictionaries []dictionary
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, MaxGlossary)).Decode(&in); err != nil || in.Name == "" || len(in.Dictionaries) == 0 {
		problem(w, http.StatusBadRequest, "Could not decode JSON, or the name or the dictionaries are missing")
		return
	}
	if s.o.MaxGlossaries > 0 && len(s.glossaries) >= s.o.MaxGlossaries {
		problem(w, quotaExceeded, "Maximum number of glossaries reached")
		return
	}
	s.made++
	g := &glossary{id: fmt.Sprintf("fake-%d", s.made), name: in.Name, dictionaries: map[[2]string]map[string]string{}}
	for _, d := range in.Dictionaries {
		if !s.take(w, g, d) {
			return
		}
	}
	s.glossaries = append(s.glossaries, g)
	httpfake.JSON(w, http.StatusCreated, g.info())
}

func (s *Server) putDictionary(w http.ResponseWriter, r *http.Request, g *glossary) {
	var d dictionary
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, MaxGlossary)).Decode(&d); err != nil {
		problem(w, http.StatusBadRequest, "Could not decode JSON")
		return
	}
	if s.take(w, g, d) {
		httpfake.JSON(w, http.StatusOK, dictionary{Source: d.Source, Target: d.Target, Count: len(g.dictionaries[[2]string{d.Source, d.Target}])})
	}
}

// take puts a dictionary into a glossary, or says what is wrong with it.
func (s *Server) take(w http.ResponseWriter, g *glossary, d dictionary) bool {
	known := func(language string, among []string) bool {
		return slices.ContainsFunc(among, func(code string) bool { return glossaryLanguage(code) == language })
	}
	if !known(d.Source, s.o.Sources) || !known(d.Target, s.o.Targets) || d.Source == d.Target {
		problem(w, http.StatusBadRequest, "Unsupported glossary source or target language")
		return false
	}
	terms, wrong := readEntries(d)
	if wrong != "" {
		httpfake.JSON(w, http.StatusBadRequest, map[string]string{"message": "Invalid glossary entries provided", "detail": wrong})
		return false
	}
	g.dictionaries[[2]string{d.Source, d.Target}] = terms
	return true
}

// readEntries reads tab-separated values as DeepL does.
func readEntries(d dictionary) (terms map[string]string, wrong string) {
	terms = map[string]string{}
	for i, line := range strings.Split(d.Entries, "\n") {
		from, to, ok := strings.Cut(line, "\t")
		_, twice := terms[from]
		switch {
		case d.Format != "tsv":
			return nil, "Invalid entries_format"
		case !ok || from == "" || to == "" || strings.TrimSpace(from) != from || strings.TrimSpace(to) != to:
			return nil, fmt.Sprintf("Entry with the index %d is not a pair of terms", i)
		case strings.ContainsFunc(from+to, unicode.IsControl):
			return nil, fmt.Sprintf("Entry with the index %d has a control character", i)
		case len(from) > MaxTerm || len(to) > MaxTerm:
			return nil, fmt.Sprintf("Entry with the index %d is too long", i)
		case twice:
			return nil, fmt.Sprintf("Key with the index %d duplicates an earlier key", i)
		}
		terms[from] = to
	}
	return terms, ""
}

func pairIn(r *http.Request) [2]string {
	q := r.URL.Query()
	return [2]string{q.Get("source_lang"), q.Get("target_lang")}
}

func getEntries(w http.ResponseWriter, r *http.Request, g *glossary) {
	pair := pairIn(r)
	terms, ok := g.dictionaries[pair]
	if !ok {
		problem(w, http.StatusNotFound, "Dictionary not found")
		return
	}
	var lines []string
	for _, from := range slices.Sorted(maps.Keys(terms)) {
		lines = append(lines, from+"\t"+terms[from])
	}
	httpfake.JSON(w, http.StatusOK, map[string]any{"dictionaries": []dictionary{{Source: pair[0], Target: pair[1], Entries: strings.Join(lines, "\n"), Format: "tsv"}}})
}

func deleteDictionary(w http.ResponseWriter, r *http.Request, g *glossary) {
	if _, ok := g.dictionaries[pairIn(r)]; !ok {
		problem(w, http.StatusNotFound, "Dictionary not found")
		return
	}
	delete(g.dictionaries, pairIn(r))
	w.WriteHeader(http.StatusNoContent)
}
