package memory

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/glossary"
)

// termID is a token's number in the dictionary. Two tokens are the same where
// their ids are, and of one class where the ids of their classes are.
type termID uint32

// unknown is the id of what the dictionary does not hold.
const unknown termID = 0

// term is a token as the index sees it.
type term struct {
	id     termID
	class  termID
	weight uint8
}

// dictionary numbers tokens. Numbers are given in the order of first use, so
// that frequent ones are small and take one or two bytes in a record.
type dictionary struct {
	ids   map[string]termID
	terms []term // by id; a word's class is the word
}

func newDictionary() dictionary {
	return dictionary{ids: make(map[string]termID), terms: make([]term, 1)}
}

// term gives the token's ids without adding to d. buf is scratch.
func (d *dictionary) term(t token, text string, names Names, buf []byte) (term, []byte) {
	buf = appendKey(buf[:0], t, text, names)
	id := d.ids[string(buf)]
	class := id
	if t.isValue() {
		class = d.ids[classKey(t, names)]
	}
	return term{id, class, uint8(t.weight())}, buf
}

// add gives the token's id, a new one where it has none.
func (d *dictionary) add(t token, text string, names Names, buf []byte) (termID, []byte) {
	buf = appendKey(buf[:0], t, text, names)
	if id, ok := d.ids[string(buf)]; ok {
		return id, buf
	}
	var class termID
	if t.isValue() {
		class = d.addClass(classKey(t, names))
	}
	id := d.new(string(buf), t.kind == punctToken)
	if class != 0 {
		d.terms[id].class = class
	}
	return id, buf
}

func (d *dictionary) addClass(key string) termID {
	if id, ok := d.ids[key]; ok {
		return id
	}
	return d.new(key, false)
}

func (d *dictionary) new(key string, punct bool) termID {
	id, weight := termID(len(d.terms)), uint8(fullWeight)
	if punct {
		weight = punctWeight
	}
	d.ids[key] = id
	d.terms = append(d.terms, term{id, id, weight})
	return id
}

// get gives the term of an id.
func (d *dictionary) get(id termID) term { return d.terms[id] }

// Keys that no text can have begin with NUL.
const (
	openKey    = "\x00<"
	closeKey   = "\x00>"
	singleKey  = "\x00-"
	numberKey  = "\x00#"
	monthKey   = "\x00m"
	weekdayKey = "\x00d"
	nameKey    = "\x00n"
)

// classKey is the key of the class that a value token belongs to.
func classKey(t token, names Names) string {
	switch t.kind {
	case numberToken:
		return numberKey
	case monthToken:
		return monthKey
	case weekdayToken:
		return weekdayKey
	}
	return kindKeys[names.Concept(t.value).Kind]
}

// kindKeys are the class keys of names: a place is not like a person.
var kindKeys = map[glossary.Kind]string{
	glossary.PER: nameKey + ":PER", glossary.LOC: nameKey + ":LOC",
	glossary.ORG: nameKey + ":ORG", glossary.FIXED: nameKey + ":FIXED",
}

// appendKey appends what tells the token from others: its text folded, or its
// value.
func appendKey(b []byte, t token, text string, names Names) []byte {
	switch t.kind {
	case openToken:
		return append(b, openKey...)
	case closeToken:
		return append(b, closeKey...)
	case singleToken:
		return append(b, singleKey...)
	case numberToken:
		b = append(append(b, numberKey...), '=')
		if t.value >= 0 {
			return strconv.AppendInt(b, int64(t.value), 10)
		}
		return canonicalNumber(b, text[t.start:t.end])
	case monthToken:
		return append(append(b, monthKey...), byte('a'+t.value))
	case weekdayToken:
		return append(append(b, weekdayKey...), byte('a'+t.value))
	case nameToken:
		return append(append(append(b, nameKey...), '='), names.Concept(t.value).ID...)
	case punctToken:
		return append(b, foldMark(text[t.start:t.end])...)
	}
	return appendFolded(b, text[t.start:t.end])
}

// appendFolded appends s in lower case with one kind of apostrophe.
func appendFolded(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			b = append(b, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch r {
		case '’', '‘', 'ʼ':
			b = append(b, '\'')
		case '\u00ad':
		default:
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
	}
	return b
}

// foldMark makes one of all quotation marks and one of all dashes.
func foldMark(s string) string {
	switch {
	case strings.Contains(`"“”„‟«»'‘’‚‛‹›′″`+"`´", s):
		return `"`
	case strings.Contains("-‐‑‒–—―−", s):
		return "-"
	case s == "…":
		return "."
	}
	return s
}
