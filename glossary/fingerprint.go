package glossary

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"sync"
)

// prints are the hashes of a glossary's content, made when first asked for.
type prints struct {
	once     sync.Once
	all      string
	concepts []string
}

// Fingerprint gives a hash of the whole content, in hexadecimal: two
// glossaries with the same fingerprint find and verify alike. Order counts;
// where concepts were read from does not.
func (g *Glossary) Fingerprint() string {
	g.fingerprints()
	return g.prints.all
}

// ConceptFingerprint gives a hash of the content of concept i. What hangs on
// a concept stays good as long as it stays the same.
func (g *Glossary) ConceptFingerprint(i int) string {
	g.fingerprints()
	return g.prints.concepts[i]
}

func (g *Glossary) fingerprints() {
	g.prints.once.Do(func() {
		all := sha256.New()
		g.prints.concepts = make([]string, len(g.concepts))
		for i := range g.concepts {
			g.prints.concepts[i] = g.concepts[i].sheetPrint()
			writeField(all, g.prints.concepts[i])
		}
		g.prints.all = hex.EncodeToString(all.Sum(nil)[:16])
	})
}

// Fingerprint gives a hash of the concept's content, in hexadecimal, its
// exceptions included.
func (c *Concept) Fingerprint() string {
	print := c.sheetPrint()
	if len(c.Exceptions) == 0 {
		return print
	}
	h := sha256.New()
	writeField(h, print)
	for _, x := range c.Exceptions {
		writeField(h, x.Language)
		writeField(h, x.Source)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// sheetPrint is the fingerprint of what a sheet can say of the concept.
func (c *Concept) sheetPrint() string {
	h := sha256.New()
	for _, col := range fixedColumns {
		writeField(h, c.cell(col))
	}
	for _, lang := range sortedKeys(c.Targets) {
		terms := c.Targets[lang]
		writeField(h, lang)
		for _, ending := range termColumns {
			writeField(h, formatTerms(*terms.list(ending)))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// writeField hashes s with its length, so that no two lists of fields run
// into the same bytes.
func writeField(h hash.Hash, s string) {
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
	h.Write(n[:])
	h.Write([]byte(s))
}
