// Package memory is the look-up side of the translation memory: which
// approved sentence says what this one says, or nearly so. It holds an index
// of entries in RAM (nothing here does input or output), answers with exact,
// in-context, normalised and fuzzy matches, and repairs a fuzzy match whose
// only differences are names, numbers and dates.
//
//	ix := memory.NewIndex(memory.Options{Names: glossary})
//	ix.Add(memory.Entry{ID: 1, Locale: "ar", Source: "…", Target: "…"})
//	matches := ix.Lookup(memory.Query{Locale: "ar", Text: "…", Threshold: 70})
//
// # Likeness
//
// A score counts words: 100 is the same text, and every word, number, name or
// code that is missing, added or changed takes away its share. Numbers,
// dates and the glossary's proper names count as their class, so that another
// value of the same class takes away a fifth of a word only; a punctuation
// mark weighs two fifths of a word. Case does not count, the numbers of codes
// do not count, their kind and order do.
//
// # The index
//
// A source text is stored once, with one entry per locale and wording. Each
// text's tokens stand in it as small integers and each token has the list of
// texts that hold it. A text that is T% like the query shares at least T% of
// the query's weight with it; so if the query's rarest tokens are taken until
// together they weigh more than the rest that may be missing, every text that
// can reach T% is in the list of at least one of them, and of several where
// some more lists are taken. What a source shares of those lists is counted,
// and says what it can reach at most; so do its length and a signature of its
// words. The sources are compared in the order of what they can reach: soon
// the best are known, and what cannot be among them is not looked at. A banded
// edit distance decides. Nothing that a full scan would find is lost;
// index_test.go holds that against a full scan.
package memory
