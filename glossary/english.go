package glossary

import (
	_ "embed" // the word lists
	"strings"
)

// The word lists are plain text so that an editor can extend them: one or
// more words a line, # begins a comment.

//go:embed words/function.txt
var functionText string

//go:embed words/verbs.txt
var verbText string

//go:embed words/calendar.txt
var calendarText string

//go:embed words/titles.txt
var titleText string

//go:embed words/abbreviations.txt
var abbreviationText string

var (
	// functionWords are small words that are never the head of a name.
	functionWords = wordSet(functionText)
	// reportVerbs are verbs that follow a name as its predicate.
	reportVerbs = wordSet(verbText)
	// calendarWords are capitalised words that are no names: months, days,
	// feasts.
	calendarWords = wordSet(calendarText)
	// titleWords stand before the name of a person and are no part of it.
	titleWords = wordSet(titleText)
	// abbreviations take a point that does not end a sentence.
	abbreviations = wordSet(abbreviationText)
)

// domains are the last parts of addresses that news texts write without www.
var domains = map[string]bool{"com": true, "org": true, "net": true, "info": true, "tv": true, "gov": true, "edu": true, "int": true, "sy": true, "eu": true}

// wordSet reads a word list.
func wordSet(text string) map[string]bool {
	set := make(map[string]bool)
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		for w := range strings.FieldsSeq(line) {
			set[w] = true
		}
	}
	return set
}
