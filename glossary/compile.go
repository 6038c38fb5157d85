package glossary

// Options are the choices of Compile.
type Options struct {
	// File names the glossary in problems, such as "starter.csv".
	File string
}

// Glossary is a compiled set of concepts: ready to find them in a source text
// and, per language, to verify them in a translation. It is immutable and
// safe for concurrent use.
type Glossary struct {
	concepts  []Concept
	byID      map[string]int
	languages []string // sorted
	source    *sourceIndex
	targets   targetSet // per language, each made when first needed
}

// Compile makes a glossary of concepts. Problems that are only warnings or
// information come beside the glossary; where one is an error the glossary is
// nil.
func Compile(concepts []Concept, o Options) (*Glossary, Problems) {
	g := &Glossary{concepts: concepts, byID: make(map[string]int, len(concepts))}
	seen := map[string]bool{}
	for i := range concepts {
		g.byID[concepts[i].ID] = i
		for lang := range concepts[i].Targets {
			if !seen[lang] {
				seen[lang] = true
				g.languages = append(g.languages, lang)
			}
		}
	}
	return g, nil
}

// Len gives the number of concepts.
func (g *Glossary) Len() int { return len(g.concepts) }

// Concept gives the concept at index i, which must not be changed.
func (g *Glossary) Concept(i int) *Concept { return &g.concepts[i] }

// ByID gives the index of the concept with this id.
func (g *Glossary) ByID(id string) (int, bool) {
	i, ok := g.byID[id]
	return i, ok
}

// Languages gives the target languages that have terms, sorted.
func (g *Glossary) Languages() []string { return g.languages }
