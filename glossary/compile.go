package glossary

// Options are the choices of Compile.
type Options struct {
	// Trusted skips the validation of concepts that have passed it before,
	// such as those of the database. The problems then hold only names that
	// can never be found.
	Trusted bool
}

// Glossary is a compiled set of concepts: ready to find them in a source text
// and, per language, to verify them in a translation. It is immutable and
// safe for concurrent use.
type Glossary struct {
	concepts  []Concept
	byID      map[string]int
	languages []string // sorted
	source    *sourceIndex
	prints    prints
	skeletons skeletons
	search    searchIndex
	targets   targetSet // per language, each made when first needed
}

// Compile makes a glossary of concepts, whose order decides between two of
// them with the same name: the first wins. Problems that are only warnings or
// information come beside the glossary; where one is an error the glossary is
// nil. The glossary keeps concepts, which must not be changed after.
func Compile(concepts []Concept, o Options) (*Glossary, Problems) {
	g := &Glossary{concepts: concepts}
	var problems Problems
	if o.Trusted {
		g.byID = make(map[string]int, len(concepts))
		for i := range concepts {
			g.byID[concepts[i].ID] = i
		}
		g.languages = termLanguages(concepts)
	} else {
		k := &checker{concepts: concepts, at: byPlace(concepts)}
		k.run(true)
		if problems = k.problems; problems.HasErrors() {
			return nil, problems
		}
		g.byID, g.languages = k.byID, sortedKeys(k.langs)
	}
	source, never := newSourceIndex(concepts, g.byID)
	g.source = source
	for _, p := range never {
		problems.add(p)
	}
	problems.Sort()
	return g, problems
}

// Len gives the number of concepts.
func (g *Glossary) Len() int { return len(g.concepts) }

// Concept gives the concept at index i, which must not be changed.
func (g *Glossary) Concept(i int) *Concept { return &g.concepts[i] }

// Concepts gives all concepts in order, which must not be changed.
func (g *Glossary) Concepts() []Concept { return g.concepts }

// ByID gives the index of the concept with this id.
func (g *Glossary) ByID(id string) (int, bool) {
	i, ok := g.byID[id]
	return i, ok
}

// Languages gives the target languages that have terms, sorted. They must not
// be changed.
func (g *Glossary) Languages() []string { return g.languages }
