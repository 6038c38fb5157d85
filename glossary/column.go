package glossary

import "slices"

// Columns are the columns of the native CSV for some languages: the fixed
// ones, then four a language.
func Columns(langs ...string) []string {
	out := slices.Clone(fixedColumns)
	for _, lang := range langs {
		for _, ending := range termColumns {
			out = append(out, languageColumn(lang)+ending)
		}
	}
	return out
}

// TermColumns are the four columns of a language: preferred, accepted, derived
// and forbidden terms.
func TermColumns(lang string) []string {
	var out []string
	for _, ending := range termColumns {
		out = append(out, languageColumn(lang)+ending)
	}
	return out
}

// Cell is what stands in a column of the native CSV for the concept, "" for
// nothing. ReadCSV reads it back.
func (c *Concept) Cell(column string) string { return c.cell(column) }
