package segment

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// place is what stands around a place where a sentence may end.
type place struct {
	// word is the run of letters, figures and inner marks before the stop, and
	// before is the place where it begins.
	word   string
	before int
	// stop is the stop itself: ".", "?!", "…", ". . ."; it begins at stopAt.
	stop   string
	stopAt int
	// closers is what closes after it, spaces within included.
	closers string
	// next is the word that follows, first its first letter or mark, and
	// nextAt where it stands, behind what opens.
	next   string
	first  rune
	nextAt int
	// joined tells that no space divides the two.
	joined bool
}

// ends tells whether the sentence at hand ends before at, where something
// other than white space stands.
func (b *boundaries) ends(at int) bool {
	if r, _ := utf8.DecodeRuneInString(b.text[at:]); isBullet(r) && r != '·' {
		return true
	}
	if l, ok := labelAt(b.text, at); ok {
		if head, ok := labelAt(b.text, b.start); ok && at > head.end && l.follows(head) && b.capitalAt(l.end) {
			return true // not the second initial of "J. K. Rowling"
		}
	}
	if b.omission(at) {
		return true
	}
	p := b.look(at)
	if p.stop == "" || !strings.ContainsFunc(b.text[b.start:p.stopAt], wordly) {
		// UAX #29 ends a sentence without a stop at a paragraph separator only.
		return false
	}
	return b.stops(at, p) && !b.bracketed(at)
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// omission tells whether three spaced dots and a capital stand at at, right
// behind a sentence with its stop: words were left out between two sentences,
// and the dots belong to the second.
func (b *boundaries) omission(at int) bool {
	const dots = ". . . "
	if !strings.HasPrefix(b.text[at:], dots) || !b.capitalAt(at+len(dots)) {
		return false
	}
	end := trimRight(b.text, b.start, at)
	before := strings.TrimSuffix(b.text[b.start:end], ".")
	r, _ := utf8.DecodeLastRuneInString(before)
	return b.start+len(before) == end-1 && unicode.IsLetter(r)
}

// look reads what stands around the place before at.
func (b *boundaries) look(at int) place {
	end := trimRight(b.text, b.start, at)
	p := place{joined: end == at}
	i := b.uncloser(end)
	p.closers = b.text[i:end]
	p.stopAt = b.unstop(i)
	p.stop = b.text[p.stopAt:i]
	p.before = b.unword(p.stopAt)
	p.word = b.text[p.before:p.stopAt]
	p.nextAt = b.opened(at)
	p.first, _ = utf8.DecodeRuneInString(b.text[p.nextAt:])
	p.next = wordAt(b.text, p.nextAt)
	return p
}

// stops decides by the stop, the word before it and the word after it.
func (b *boundaries) stops(at int, p place) bool {
	switch r, _ := utf8.DecodeRuneInString(b.text[at:]); r {
	case ',', ';', ':', ')', ']', '}', '»', '”', '%', '/', '،', '؛', '-', '–', '—', '…', '.', '!', '?', '؟':
		return false
	}
	if p.joined && !b.unspaced(p) || footnote(b.text[at:]) > 0 {
		return false
	}
	if b.ellipsis(p) {
		return b.afterEllipsis(p)
	}
	if p.stop != "." {
		return b.afterMark(p)
	}
	if b.abbreviated(p) {
		return false
	}
	return b.sentenceLike(p)
}

// unspaced tells whether a stop with no space after it ends a sentence:
// "the town.Today", but not "ASP.NET".
func (b *boundaries) unspaced(p place) bool {
	if strings.ContainsAny(p.word, "@/_") || strings.Contains(p.word, "www") {
		return false
	}
	if unicode.IsLower(p.first) || unicode.IsDigit(p.first) {
		return false
	}
	if p.stop != "." || !cased(p.first) {
		return letters(p.word) != 1
	}
	if letters(p.word) < 2 && !isNumber(p.word) {
		return false
	}
	return !strings.Contains(p.word, ".") && (b.starts(p.next) || b.abbreviations[p.next+"."]&never != 0)
}

// ellipsis tells whether the stop is one: three dots or more, spaced or not,
// or the sign.
func (b *boundaries) ellipsis(p place) bool {
	return strings.Contains(p.stop, "…") && strings.Trim(p.stop, "…. ") == "" ||
		strings.Count(p.stop, ".") > 1 && strings.Trim(p.stop, ". ") == ""
}

// afterEllipsis decides after dots. Three in a sentence mark what was left
// out; before a capital they end it, unless they are spaced, as in a
// quotation (a fourth is the stop then) or stand in brackets.
func (b *boundaries) afterEllipsis(p place) bool {
	dots := strings.Count(p.stop, ".") + 3*strings.Count(p.stop, "…")
	if unicode.IsLower(p.first) || unicode.IsDigit(p.first) {
		return false
	}
	if p.word == "" && p.stopAt > 0 && strings.ContainsRune("[(", rune(b.text[p.stopAt-1])) {
		return b.starts(p.next)
	}
	before := strings.TrimRight(b.text[b.start:p.stopAt], " ")
	if dots == 3 && strings.Contains(p.stop, " ") || strings.HasSuffix(before, ",") || strings.HasSuffix(before, "،") {
		return false
	}
	return unicode.IsLetter(p.first) || p.nextAt < len(b.text)
}

// afterMark decides after a question or exclamation mark: a small letter goes
// on, as in “Why?” he asked; a name with a mark goes on, as Yahoo! News does.
func (b *boundaries) afterMark(p place) bool {
	if unicode.IsLower(p.first) {
		return false
	}
	if b.marked[p.word+p.stop] && !b.starts(p.next) {
		return false
	}
	if p.word == "" && p.stopAt > 0 && strings.ContainsRune("[(", rune(b.text[p.stopAt-1])) {
		return false
	}
	return !b.figure(p)
}

// figure tells that a mark stands for a number that is not known: "Fig. ??".
func (b *boundaries) figure(p place) bool {
	return p.word == "" && strings.Trim(p.stop, "?") == "" && len(p.stop) > 1
}

// abbreviated tells whether the stop belongs to an abbreviation, an initial,
// a label or an ordinal and ends no sentence here.
func (b *boundaries) abbreviated(p place) bool {
	if b.heads(p) {
		return true
	}
	c := b.classOf(p)
	starter := b.starts(p.next) && !b.initialAt(p.nextAt)
	switch {
	case c&plain != 0:
		return unicode.IsLower(p.first) || unicode.IsDigit(p.first)
	case c&unit != 0 && isNumber(b.previous(p.before)):
		return unicode.IsLower(p.first)
	case c&number != 0 && b.numberAt(p):
		return true
	case c&never != 0:
		return true
	case c&timeOfDay != 0 && b.abbreviations[p.next+"."]&never != 0:
		return strings.Count(strings.TrimSpace(b.text[b.start:p.before]), " ") < 2
	case c&(may|timeOfDay) != 0 || acronym(p.word):
		return !starter
	case initial(p.word):
		return !starter || !cased(p.first)
	case b.ordinals && (isNumber(p.word) || roman(p.word)):
		return !starter
	}
	return false
}

// heads tells whether the stop is that of a label at the head of the sentence:
// "1. The first".
func (b *boundaries) heads(p place) bool {
	head := strings.TrimFunc(b.text[b.start:p.before], func(r rune) bool {
		return r == ' ' || r == '(' || isBullet(r)
	})
	if head != "" {
		return false
	}
	if letters(p.word) == 1 && utf8.RuneCountInString(p.word) == 1 {
		return true
	}
	return isNumber(p.word) && (len(p.word) <= 3 || strings.Contains(p.word, "."))
}

// classOf gives what the rules say of the word and its stop, and of the two
// words where an abbreviation has a space in it.
func (b *boundaries) classOf(p place) class {
	key := b.text[p.before : p.stopAt+1]
	c := b.abbreviations[key]
	if c == 0 {
		if i := strings.LastIndexAny(key, "'’-"); i >= 0 {
			_, n := utf8.DecodeRuneInString(key[i:])
			c = b.abbreviations[key[i+n:]]
		}
	}
	for _, j := range b.joined {
		if c == 0 && strings.HasPrefix(key, j) {
			c = b.abbreviations[key[len(j):]]
		}
	}
	if b.spaced && p.before > 0 {
		prev := b.unword(trimRight(b.text, 0, p.before))
		c |= b.abbreviations[spaced(b.text[prev:p.stopAt+1])]
	}
	return c
}

// spaced gives an abbreviation with plain spaces.
func spaced(s string) string {
	if !strings.ContainsAny(s, "\u00a0\u202f") {
		return s
	}
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)
}

// previous gives the word before i.
func (b *boundaries) previous(i int) string {
	end := trimRight(b.text, b.start, max(i, b.start))
	return b.text[max(b.unword(end), b.start):end]
}

// sentenceLike decides where nothing but the stop speaks. A small letter goes
// on, unless a whole word stands before the stop: then somebody forgot the
// capital.
func (b *boundaries) sentenceLike(p place) bool {
	if !unicode.IsLower(p.first) {
		return true
	}
	return p.closers == "" && plainWord(p.word) || strings.HasSuffix(strings.TrimSpace(b.text[:p.stopAt]), ")")
}

// plainWord tells whether a word has at least five letters and nothing else.
func plainWord(w string) bool {
	n := 0
	for _, r := range w {
		if !unicode.IsLetter(r) && r != '\'' && r != '’' {
			return false
		}
		n++
	}
	return n >= 5
}

// bracketed tells whether at stands in brackets that opened within the
// sentence, not at its head, and close soon: what they hold belongs to it.
func (b *boundaries) bracketed(at int) bool {
	const far = 500 // bytes
	depth, open := 0, 0
	for i := b.opened(b.start); i < at; i++ {
		switch b.text[i] {
		case '(', '[':
			if depth == 0 {
				open = i
			}
			depth++
		case ')', ']':
			depth = max(depth-1, 0)
		}
	}
	if depth == 0 || open <= b.start {
		return false
	}
	ahead := b.text[at:min(at+far, len(b.text))]
	i := strings.IndexAny(ahead, "()[]")
	return i >= 0 && (ahead[i] == ')' || ahead[i] == ']')
}
