// Package glossary says what a name must be: it holds the concepts of a
// newsroom with their names in every language, finds them in English text,
// and proves or repairs them in a translation. It needs no database and no
// network; another program could use it as it is.
//
// Concepts come from native CSV (ReadCSV, Load) or TBX (ReadTBX), and are
// compiled once:
//
//	concepts, err := glossary.Load(os.DirFS("terms"))
//	if err != nil {
//		return err // every problem with file, line, column and remedy
//	}
//	g, problems := glossary.Compile(concepts, glossary.Options{})
//
// The source side is Find, which depends on the text alone and can be kept by
// its hash, and License, which knows the document:
//
//	doc := g.NewDocument("Syrian Coalition’s Media Department", date)
//	for _, text := range segments {
//		occ := g.License(doc, g.Find(nil, text), text)
//		…
//	}
//
// The target side is Verify and Repair. Beside them stand Suggest (spellings
// that are not listed), Candidates (names that no glossary has), FindDrift and
// Ledger (what a name was rendered as, everywhere) and Diff (what a new
// version changes).
//
// # Native CSV
//
// One concept a row; columns by name, in any order. Of id, kind, flags,
// valid_from, valid_to, replaced_by, en, en.variants, rule, note and, for every
// language L, L (preferred), L.accepted, L.derived and L.forbidden, only id,
// kind, en and one language are required. Cells are separated by commas or
// semicolons. Within a cell:
//
//	|          separates values: Saraqib|Saraqeb
//	{…}        flags of one term, at its end: محمد{triptote}
//	flags      article=fixed or article=free, triptote, plural-ok,
//	           indeclinable, short, sensitive, dnt; ru:indeclinable holds
//	           for Russian only
//	rule       cs (capitals required) or ci; without either cs for names and
//	           ci for terms. Then after semicolons: blocked-by=ID,… licence=ID,…
//	           keep-case=WORD,… warn-only
//	dates      2018-02-05, both days included
//	\          makes | { } \ = + - @ literal. Dragoman writes it before a
//	           character at which a spreadsheet would begin a formula
//
// Indonesian, whose tag is taken, has the column ind.
//
// # How names are found
//
// An English name is found by its key: its words, folded. Marks on letters
// and all apostrophes go, letters become small, words are split at hyphens and
// spaces, dotted initials are glued (U.N. is un), a possessive 's is taken
// off, al-, el-, ul- and the assimilated forms before their sun letter (ez-Zor)
// are al, and a leading "the" of a variant is dropped. Key shows it.
//
// Nothing is guessed: a spelling that no variant has is at most suggested.
// Inline codes of coded text (⟦1⟧) are transparent; commas, stops, brackets
// and empty lines are not. See Find for capitals and Occurrence for what is
// reported.
//
// A concept that another one has replaced (replaced_by) is found no more,
// unless valid_to keeps it for the releases up to that day.
package glossary
