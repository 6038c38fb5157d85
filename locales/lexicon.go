package locales

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Gender is the grammatical gender of a counted noun.
type Gender byte

// The genders; AnyGender stands where a language makes no difference.
const (
	AnyGender Gender = iota
	Masculine
	Feminine
	Neuter
)

var genderCodes = map[string]Gender{"m": Masculine, "f": Feminine, "n": Neuter, "-": AnyGender}

// lexicon is what a profile looks words up in; keys are as wordKey gives.
type lexicon struct {
	tag language.Tag
	// entries say what a word means, by its key; a month is under the first
	// word of its name.
	entries  map[string]*entry
	prefixes map[rune][]numberPrefix
	// written holds the words one to ten that NumberWord gives, by gender.
	written  [11][4]string
	percents []string
	cues     map[string]bool
	nouns    map[string][]*Noun // by every form
	allNouns []*Noun
}

// entry is what one word can mean.
type entry struct {
	numbers  []wordNumber
	months   []monthName
	weekday  weekdayName
	isDay    bool
	percent  bool // says "percent" by itself (بالمئة)
	connects bool // joins number words ("hundred and five")
}

type wordNumber struct {
	value  int64
	kind   NumberKind
	gender Gender
}

type numberPrefix struct {
	text  string // as wordKey gives
	value int64
}

type monthName struct {
	rest       string // the further words of the name, keyed, or ""
	spelled    string // as it must be spelled where case counts, or ""
	month      time.Month
	foreign    bool
	needNumber bool
}

type weekdayName struct {
	day  time.Weekday
	weak bool
}

func (p *Profile) loadLexicon() error {
	tag, err := language.Parse(p.PluralTag)
	if err != nil {
		return fmt.Errorf("data/%s.toml: plural %q: %w", p.Tag, p.PluralTag, err)
	}
	p.tag = tag
	p.entries = make(map[string]*entry)
	p.loadMonths()
	p.loadWeekdays()
	for _, w := range p.PercentWords {
		p.percents = append(p.percents, p.key(w))
		if !strings.Contains(w, " ") {
			p.entry(w).percent = true
		}
	}
	for _, w := range p.Connectors {
		p.entry(w).connects = true
	}
	p.cues = make(map[string]bool)
	for _, w := range p.MonthCues {
		p.cues[p.key(w)] = true
	}
	if err := p.loadNumbers(); err != nil {
		return err
	}
	return p.loadNouns()
}

// entry returns the entry of a word, a new one where there is none yet.
func (p *Profile) entry(word string) *entry {
	k := p.key(word)
	if p.entries[k] == nil {
		p.entries[k] = new(entry)
	}
	return p.entries[k]
}

func (p *Profile) loadMonths() {
	need := make(map[string]bool)
	for _, n := range p.MonthsNeedNumber {
		need[n] = true
	}
	add := func(name string, m int, foreign bool) {
		first, rest, _ := strings.Cut(name, " ")
		n := monthName{rest: p.key(rest), month: time.Month(m + 1), foreign: foreign, needNumber: need[name]}
		if p.MonthsKeepCase {
			n.spelled = first
		}
		e := p.entry(first)
		e.months = append(e.months, n)
	}
	for m, name := range p.Months {
		add(name, m, false)
	}
	for m, names := range p.MonthForms {
		for _, n := range names {
			add(n, m, false)
		}
	}
	for m, names := range p.MonthsForeign {
		for _, n := range names {
			add(n, m, true)
		}
	}
}

func (p *Profile) loadWeekdays() {
	weak := make(map[string]bool)
	for _, w := range p.WeekdaysWeak {
		weak[w] = true
	}
	add := func(name string, d int) {
		e := p.entry(name)
		e.weekday, e.isDay = weekdayName{time.Weekday(d), weak[name]}, true
	}
	for d, name := range p.Weekdays {
		add(name, d)
	}
	for d, names := range p.WeekdayForms {
		for _, n := range names {
			add(n, d)
		}
	}
}

// dataLines calls f for each line of an embedded data file that is neither
// empty nor a comment; a file that does not exist has no lines.
func dataLines(name string, f func(line string) error) error {
	raw, err := data.ReadFile(name)
	if err != nil {
		if _, ok := err.(*fs.PathError); ok {
			return nil
		}
		return err
	}
	s := bufio.NewScanner(bytes.NewReader(raw))
	for n := 1; s.Scan(); n++ {
		line, _, _ := strings.Cut(s.Text(), "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := f(line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return s.Err()
}

func (p *Profile) loadNumbers() error {
	p.prefixes = make(map[rune][]numberPrefix)
	return dataLines("data/numbers/"+p.Tag+".txt", func(line string) error {
		f := strings.Fields(line)
		if len(f) < 3 {
			return fmt.Errorf("%q: want a value, a class and a form", line)
		}
		value, err := strconv.ParseInt(f[0], 10, 64)
		if err != nil {
			return err
		}
		w := wordNumber{value: value, kind: Cardinal}
		switch f[1] {
		case "o":
			w.kind = Ordinal
		case "v":
			w.kind = Related
		case "p":
			k := p.key(f[2])
			r, _ := utf8.DecodeRuneInString(k)
			p.prefixes[r] = append(p.prefixes[r], numberPrefix{k, value})
			return nil
		default:
			g, ok := genderCodes[f[1]]
			if !ok {
				return fmt.Errorf("class %q: want one of m f n - o v p", f[1])
			}
			w.gender = g
			if value <= 10 && p.written[value][g] == "" {
				p.written[value][g] = f[2]
			}
		}
		for _, form := range f[2:] {
			e := p.entry(form)
			e.numbers = append(e.numbers, w)
		}
		return nil
	})
}

// key reduces a word to what the lexicon is keyed by: small letters, no
// vowel marks, tatweel or invisible characters, one alef, one apostrophe,
// Russian ё as е.
func (p *Profile) key(s string) string { return string(p.appendKey(nil, s)) }

func (p *Profile) appendKey(dst []byte, s string) []byte {
	turkish := p.Tag == "tr"
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			if c >= 'A' && c <= 'Z' {
				if c == 'I' && turkish {
					dst = append(dst, "ı"...)
					continue
				}
				c += 'a' - 'A'
			}
			dst = append(dst, c)
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if r >= 0x0600 && r < 0x0700 {
			switch {
			case r == 'أ' || r == 'إ' || r == 'آ' || r == 'ٱ':
				r = 'ا'
			case r == 0x0640 || IsArabicMark(r):
				continue
			}
			dst = utf8.AppendRune(dst, r)
			continue
		}
		switch {
		case r == '’' || r == 'ʼ' || r == '‘':
			dst = append(dst, '\'')
			continue
		case IsInvisible(r):
			continue
		case r == 'İ':
			r = 'i'
		default:
			if r = unicode.ToLower(r); r == 'ё' {
				r = 'е'
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// maxKey bounds the words that are looked up; longer ones are no entries.
const maxKey = 64

// reading is one way to read a word: the entry that it is, and how many
// bytes of its key were taken off the front for it.
type reading struct {
	*entry
	cut int
}

// readings appends to dst what a word may be: itself and, in Arabic, what is
// left when conjunctions, prepositions and the article are taken off. buf is
// room for the key.
func (p *Profile) readings(dst []reading, buf []byte, word string) []reading {
	if len(word) > maxKey {
		return dst
	}
	k := p.appendKey(buf[:0], word)
	if e := p.entries[string(k)]; e != nil {
		dst = append(dst, reading{e, 0})
	}
	if p.Tag != "ar" {
		return dst
	}
	n := 0
	for _, class := range [...]string{"وف", "بكل"} {
		if len(k)-n <= 4 || !hasLetterOf(k[n:], class) {
			continue
		}
		n += 2
		if e := p.entries[string(k[n:])]; e != nil {
			dst = append(dst, reading{e, n})
		}
	}
	if len(k)-n > 4 && k[n] == 0xD8 && bytes.HasPrefix(k[n:], article) {
		n += len(article)
		if e := p.entries[string(k[n:])]; e != nil {
			dst = append(dst, reading{e, n})
		}
	}
	return dst
}

var article = []byte("ال")

// hasLetterOf reports whether k begins with one of the two-byte letters of
// class.
func hasLetterOf(k []byte, class string) bool {
	for i := 0; i < len(class); i += 2 {
		if k[0] == class[i] && k[1] == class[i+1] {
			return true
		}
	}
	return false
}

// nextWord returns the next word of text at or after i: a run of letters and
// the marks on them. start is len(text) where there is none.
func (p *Profile) nextWord(text string, i int) (start, end int) {
	for i < len(text) {
		r, size := decode(text, i)
		if isWordRune(r) {
			break
		}
		i += size
	}
	start = i
	for i < len(text) {
		r, size := decode(text, i)
		if !isWordRune(r) && !(p.Tag == "uk" && (r == '\'' || r == '’') && i > start) {
			break
		}
		i += size
	}
	return start, i
}

func decode(s string, i int) (rune, int) {
	if c := s[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s[i:])
}

func isWordRune(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r|0x20 >= 'a' && r|0x20 <= 'z'
	case r >= 0x0600 && r < 0x0700:
		return IsArabicLetter(r) || IsArabicMark(r) || r == 0x0640
	}
	return unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) || r == 0x200C || r == 0x200D
}
