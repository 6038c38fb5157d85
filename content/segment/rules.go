package segment

import (
	"embed"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// class is what the rule files say of an abbreviation, a set of bits.
type class uint8

const (
	never class = 1 << iota
	number
	may
	timeOfDay
	unit
	plain
)

var sections = map[string]class{"never": never, "number": number, "may": may, "time": timeOfDay, "unit": unit, "plain": plain}

// rules are one language's, together with what holds in all.
type rules struct {
	abbreviations map[string]class
	starters      map[string]bool
	// prefixes are the starters that end in *.
	prefixes []string
	marked   map[string]bool
	// joined are words that may stand together with an abbreviation.
	joined   []string
	ordinals bool
	// spaced tells that some abbreviation has a space in it.
	spaced bool
}

//go:embed rules/*.txt
var files embed.FS

// languages keeps the rules by the name of their file, read when first asked
// for.
var languages sync.Map

// rulesFor gives the rules of a BCP 47 tag's language; a language without a
// file of its own has those of all.txt.
func rulesFor(lang string) *rules {
	if r, ok := languages.Load(lang); ok {
		return r.(*rules)
	}
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(lang), "_", "-"), "-")
	if _, err := files.Open("rules/" + base + ".txt"); err != nil || base == "readme" {
		base = "all"
	}
	if r, ok := languages.Load(base); ok {
		return r.(*rules)
	}
	r := newRules()
	mustRead(r, "all")
	if base != "all" {
		mustRead(r, base)
	}
	kept, _ := languages.LoadOrStore(base, r)
	return kept.(*rules)
}

// mustRead reads an embedded file; a test reads all of them, so that a mistake
// in one cannot leave the house.
func mustRead(r *rules, name string) {
	data, err := files.ReadFile("rules/" + name + ".txt")
	if err == nil {
		err = r.read(name+".txt", string(data))
	}
	if err != nil {
		panic(err)
	}
}

func newRules() *rules {
	return &rules{abbreviations: map[string]class{}, starters: map[string]bool{}, marked: map[string]bool{}}
}

// read adds what a rule file says; rules/README.txt has its format.
func (r *rules) read(name, text string) error {
	section := ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			section = strings.Trim(line, "[]")
			continue
		}
		words, err := entries(line)
		if err != nil {
			return fmt.Errorf("segment: %s:%d: %w", name, i+1, err)
		}
		for _, w := range words {
			if err := r.add(section, w); err != nil {
				return fmt.Errorf("segment: %s:%d: %w", name, i+1, err)
			}
		}
	}
	return nil
}

// entries cuts a line at white space that stands in no quotes.
func entries(line string) ([]string, error) {
	var out []string
	for line != "" {
		if line[0] == '"' {
			end := strings.IndexByte(line[1:], '"')
			if end < 0 {
				return nil, fmt.Errorf("a quotation mark has no partner")
			}
			out = append(out, line[1:1+end])
			line = strings.TrimSpace(line[2+end:])
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		out = append(out, word)
		line = strings.TrimSpace(rest)
	}
	return out, nil
}

func (r *rules) add(section, word string) error {
	switch section {
	case "starters":
		if p, ok := strings.CutSuffix(word, "*"); ok {
			r.prefixes = append(r.prefixes, p)
		} else {
			r.starters[word] = true
		}
	case "marked":
		r.marked[word] = true
	case "joined":
		r.joined = append(r.joined, word)
	case "options":
		if word != "ordinals" {
			return fmt.Errorf("there is no option %q", word)
		}
		r.ordinals = true
	default:
		c, ok := sections[section]
		if !ok {
			return fmt.Errorf("there is no section [%s]", section)
		}
		if !strings.HasSuffix(word, ".") && c != number {
			return fmt.Errorf("%q has no stop at its end", word)
		}
		r.spaced = r.spaced || strings.Contains(word, " ")
		r.abbreviations[word] |= c
		if up := capital(word); up != word {
			r.abbreviations[up] |= c
		}
	}
	return nil
}

// capital gives the word with its first letter in upper case.
func capital(word string) string {
	first, n := utf8.DecodeRuneInString(word)
	if up := unicode.ToUpper(first); up != first {
		return string(up) + word[n:]
	}
	return word
}

// starts tells whether a word is one that begins sentences.
func (r *rules) starts(word string) bool {
	if r.starters[word] {
		return true
	}
	for _, p := range r.prefixes {
		if strings.HasPrefix(word, p) {
			return true
		}
	}
	return false
}
