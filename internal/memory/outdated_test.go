package memory

import (
	"strings"
	"testing"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// pastNames is a glossary in its second version, in which one town has a new
// name.
type pastNames struct {
	*glossary.Glossary
	changed string // id of the concept
	former  string
}

func (p pastNames) Version() int64 { return 2 }

func (p pastNames) Changed(concept int) int64 {
	if p.Concept(concept).ID == p.changed {
		return 2
	}
	return 1
}

func (p pastNames) Former(_ string, concept int) []string {
	if p.Concept(concept).ID == p.changed && p.former != "" {
		return []string{p.former}
	}
	return nil
}

// termNames compiles a glossary of one town and one term.
func termNames(t *testing.T, town, forbidden string) *glossary.Glossary {
	t.Helper()
	cs, err := glossary.ReadCSV(strings.NewReader("id,kind,en,ar,ar.forbidden\nloc.saraqib,LOC,Saraqib,"+town+","+forbidden+
		"\norg.helmets,ORG,White Helmets,الخوذ البيضاء,\n"), "test.csv")
	if err != nil {
		t.Fatal(err)
	}
	g, problems := glossary.Compile(cs, glossary.Options{})
	if g == nil {
		t.Fatal(problems)
	}
	return g
}

func TestOutdatedTermsNeverComeBack(t *testing.T) {
	t.Parallel()
	const (
		source = "The market of Saraqib was shelled."
		old    = "قصف سوق سراقب."
		fresh  = "قصف سوق سراقيب."
	)
	type want struct {
		kind     edition.OriginKind
		target   string
		outdated bool
	}
	for name, c := range map[string]struct {
		names   Names
		entries []Entry
		query   string
		want    []want
	}{
		"up to date": {
			names:   termNames(t, "سراقب", ""),
			entries: []Entry{{Target: old}},
			want:    []want{{edition.FromExact, old, false}},
		},
		"the old name is forbidden now": {
			names:   termNames(t, "سراقيب", "سراقب"),
			entries: []Entry{{Target: old}},
			want:    []want{{edition.FromRepaired, fresh, false}},
		},
		"the glossary knows what it was called": {
			names:   pastNames{termNames(t, "سراقيب", ""), "loc.saraqib", "سراقب"},
			entries: []Entry{{Target: old, Glossary: 1}},
			want:    []want{{edition.FromRepaired, fresh, false}},
		},
		"nobody knows": {
			names:   pastNames{termNames(t, "سراقيب", ""), "loc.saraqib", ""},
			entries: []Entry{{Target: old, Glossary: 1}},
			want:    []want{{edition.FromFuzzy, old, true}},
		},
		"a person approved it under the terms as they are": {
			names:   pastNames{termNames(t, "سراقيب", ""), "loc.saraqib", ""},
			entries: []Entry{{Target: old, Glossary: 2}},
			want:    []want{{edition.FromExact, old, false}},
		},
		"another concept has changed": {
			names:   pastNames{termNames(t, "سراقيب", ""), "org.helmets", ""},
			entries: []Entry{{Target: old, Glossary: 1}},
			want:    []want{{edition.FromExact, old, false}},
		},
		"the outdated one is no rival": {
			names:   pastNames{termNames(t, "سراقيب", ""), "loc.saraqib", ""},
			entries: []Entry{{Target: old, Glossary: 1}, {Target: fresh, Glossary: 2}},
			want:    []want{{edition.FromExact, fresh, false}, {edition.FromFuzzy, old, true}},
		},
		"mended, it is what the other one says": {
			names:   termNames(t, "سراقيب", "سراقب"),
			entries: []Entry{{Target: old}, {Target: fresh}},
			want:    []want{{edition.FromExact, fresh, false}},
		},
		"a fuzzy match is mended too": {
			names:   termNames(t, "سراقيب", "سراقب"),
			entries: []Entry{{Target: old}},
			query:   "The big market of Saraqib was shelled.",
			want:    []want{{edition.FromFuzzy, fresh, false}},
		},
		"one that is outdated gives way to a lesser one": {
			names:   pastNames{termNames(t, "سراقيب", ""), "loc.saraqib", ""},
			entries: []Entry{{Target: old, Glossary: 1}, {Source: "The old market of Saraqib was shelled.", Target: "قصف سوق سراقيب القديم.", Glossary: 2}},
			want:    []want{{edition.FromFuzzy, "قصف سوق سراقيب القديم.", false}, {edition.FromFuzzy, old, true}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ix := NewIndex(Options{Names: c.names})
			for i, e := range c.entries {
				e.ID, e.Locale = int64(i+1), "ar"
				if e.Source == "" {
					e.Source = source
				}
				must(t, ix.Add(e))
			}
			q := Query{Locale: "ar", Text: source}
			if c.query != "" {
				q.Text = c.query
			}
			ms := ix.Lookup(q)
			if len(ms) != len(c.want) {
				t.Fatalf("%d matches, want %d: %+v", len(ms), len(c.want), ms)
			}
			for i, w := range c.want {
				m := ms[i]
				if m.Kind != w.kind || m.Target != w.target || m.Outdated != w.outdated || m.Ambiguous {
					t.Errorf("match %d: %s %q outdated %t ambiguous %t (%s), want %+v", i, m.Kind, m.Target, m.Outdated, m.Ambiguous, m.NoRepair, w)
				}
			}
		})
	}
}
