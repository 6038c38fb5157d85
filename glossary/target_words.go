package glossary

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// This file cuts a translation into words and normalises their letters
// (terminology rules, the "L0" of each language). Bytes of the coded text are
// kept for every word, so that a match is always reported in the original.

// word is one word of a target text.
type word struct {
	start, end int32 // bytes of the coded text, from first to last letter
	r0, r1     int32 // its normalised letters: reader.letters[r0:r1]
	n0, n1     int32 // its readings: reader.readings[n0:n1]
	// apos is the number of letters before its last inner apostrophe, or -1.
	apos  int16
	flags wordFlags
}

type wordFlags uint16

const (
	// wordBreak is set where punctuation that parts terms stands before.
	wordBreak wordFlags = 1 << iota
	// wordSpace is set where white space stands before.
	wordSpace
	// wordHyphen is set where the word hangs on the one before by a hyphen.
	wordHyphen
	wordCapital // begins with a capital
	wordCaps    // two letters or more, all of them capitals
	wordTanwin  // carries fathatan (U+064B)
	wordAccent  // holds a letter that folds to another one
	wordDigits
	wordDotted // a dotted initial; the next one may be glued to it
	wordElided // an apostrophe stands right after (French l', d')
	wordGlued  // Latin letters right after Arabic ones that are no proclitic
)

// letterKind says what a character does to words.
type letterKind uint8

const (
	kindBreak  letterKind = iota // parts words and terms: , ; : ! …
	kindSpace                    // parts words
	kindSoft                     // quotes and brackets: part words, not terms
	kindLetter                   // makes words
	kindDigit
	kindMark    // stays within a word and leaves no letter
	kindTanwin  // such a mark, remembered: fathatan
	kindCombine // a combining accent, to be composed with its letter
	kindApostrophe
	kindHyphen
	kindHidden // invisible: neither parts nor joins
	kindPoint
)

type cell struct {
	out  uint16
	kind letterKind
}

// spelling is how a language's letters are normalised before anything else.
type spelling struct {
	table [0x800]cell
	// lower makes a letter small and maps it to its canonical code point.
	lower func(rune) rune
	// fold maps a letter to its tier 1 class (accents, hamza seats); letters
	// that fold to others are legal only by the language's own rule.
	// n is the number of letters of the word.
	fold func(r rune, n int) rune
	// joinsApostrophe keeps an inner apostrophe within the word.
	joinsApostrophe bool
	// keepsApostrophe makes it a letter as well (Ukrainian).
	keepsApostrophe bool
	// pairs glues dotted pairs with a space between them: EE. UU.
	pairs bool
	// collapse is a letter whose repetition does not count for the folded
	// hash (Sorani وو and و).
	collapse rune
	// sorani turns ه+ZWNJ and a final ه into ە.
	sorani bool
}

// newSpelling fills the table from lower.
func newSpelling(sp spelling) *spelling {
	s := &sp
	for r := rune(0); r < rune(len(s.table)); r++ {
		out, kind := s.classify(r)
		s.table[r] = cell{uint16(out), kind}
	}
	return s
}

// look gives the normal form and the kind of r.
func (sp *spelling) look(r rune) (rune, letterKind) {
	if int(r) < len(sp.table) {
		c := sp.table[r]
		return rune(c.out), c.kind
	}
	return sp.classify(r)
}

func (sp *spelling) classify(r rune) (rune, letterKind) {
	switch {
	case r == '\u064b':
		return 0, kindTanwin
	case 0x0653 <= r && r <= 0x0655: // madda and hamza of a decomposed آ أ إ ؤ ئ
		return r, kindCombine
	case r == '\u0640', 0x0610 <= r && r <= 0x061a, 0x064b <= r && r <= 0x065f, r == 0x0670,
		0x06d6 <= r && r <= 0x06ed && r != 0x06dd && r != 0x06de && r != 0x06e5 && r != 0x06e6 && r != 0x06e9:
		return 0, kindMark
	case r == '\u200b', r == '\u00ad', isInvisible(r):
		return 0, kindHidden
	case isApostrophe(r):
		return '\'', kindApostrophe
	case isHyphen(r), r == '\u2011':
		return '-', kindHyphen
	case r == '.':
		return '.', kindPoint
	case unicode.IsSpace(r), r == '\u202f', r == '\u2007':
		return ' ', kindSpace
	case unicode.Is(unicode.Quotation_Mark, r), unicode.Is(unicode.Ps, r), unicode.Is(unicode.Pe, r), r == '*', r == '_':
		return 0, kindSoft
	case 0x0300 <= r && r <= 0x036f:
		return r, kindCombine
	case unicode.Is(unicode.Mn, r):
		return 0, kindMark
	case unicode.IsLetter(r):
		return sp.lower(r), kindLetter
	case unicode.IsDigit(r):
		return foldDigit(r), kindDigit
	}
	return 0, kindBreak
}

// foldDigit maps Arabic and Persian digits to ASCII.
func foldDigit(r rune) rune {
	switch {
	case 0x0660 <= r && r <= 0x0669:
		return r - 0x0660 + '0'
	case 0x06f0 <= r && r <= 0x06f9:
		return r - 0x06f0 + '0'
	}
	return r
}

// reader holds one target text taken apart. Its buffers are used again for
// the next text, so that reading a text allocates nothing once they have
// grown.
type reader struct {
	sp       *spelling
	text     string
	words    []word
	letters  []rune
	readings []reading
	readBy   grammar // that took the words of text apart, nil where none has
	matches  []match
	needs    []need
	order    []int32 // usable matches, longest first
	taken    []bool  // words that a match has been given
	fits     [maxTermWords]fit
	trial    match

	// for what is missing: made when first needed
	folded []rune // the letters, folded
	bag    []rune
	rows   [3][]int

	// state of scan
	cur      word
	in       bool // within a word
	gap      wordFlags
	script   uint8 // of the current word
	lastRaw  rune  // last letter before normalisation
	capitals int   // capital letters of the current word
	lastEnd  int   // where the current word's last letter ended
	closedAt int   // where the last word ended
	hyphenAt int   // where a hyphen that touches the last word ended, or -1
}

// scan takes a text apart into words. Inline codes and invisible characters
// are transparent, also within a word; a standalone code parts words as a
// space does.
func (r *reader) scan(sp *spelling, text string) {
	r.sp, r.text, r.readBy = sp, text, nil
	r.words, r.letters, r.readings = r.words[:0], r.letters[:0], r.readings[:0]
	r.matches, r.needs = r.matches[:0], r.needs[:0]
	r.folded = r.folded[:0]
	r.in, r.gap, r.hyphenAt, r.closedAt = false, 0, -1, -1
	for i := 0; i < len(text); {
		c, size := rune(text[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(text[i:])
			if c == codeOpen {
				i = r.code(i, size)
				continue
			}
		}
		out, kind := sp.look(c)
		if kind == kindLetter {
			r.letter(c, out, i, i+size)
		} else {
			r.other(c, out, kind, i, i+size)
		}
		i += size
	}
	r.close()
}

// code steps over the inline code at byte i, or over a literal ⟦.
func (r *reader) code(i, size int) int {
	if end, single := codeEnd(r.text, i); end > i {
		if single {
			r.close()
			r.gap |= wordSpace
		}
		return end
	}
	r.close()
	r.gap |= wordBreak
	i += size
	if strings.HasPrefix(r.text[i:], string(codeOpen)) {
		i += size
	}
	return i
}

const (
	scriptLatin uint8 = iota + 1
	scriptCyrillic
	scriptArabic
	scriptDigit
	scriptOther
)

func scriptOf(r rune) uint8 {
	switch {
	case r < 0x0370:
		return scriptLatin
	case r < 0x0530:
		return scriptCyrillic
	case 0x0600 <= r && r < 0x0780, 0xfb50 <= r && r <= 0xfefc:
		return scriptArabic
	case 0x1e00 <= r && r < 0x1f00:
		return scriptLatin
	}
	return scriptOther
}

// letter adds a letter to the current word or begins one. A change to or from
// the Arabic script begins a new word: بـYPG.
func (r *reader) letter(raw, out rune, start, end int) {
	script := scriptOf(out)
	if !r.in || script != r.script && (script == scriptArabic || r.script == scriptArabic || r.script == scriptDigit) {
		r.open(start, script)
	}
	if raw != out && unicode.IsUpper(raw) {
		if int(r.cur.r0) == len(r.letters) {
			r.cur.flags |= wordCapital
		}
		r.capitals++
	}
	switch {
	case out == 'œ':
		r.letters = append(r.letters, 'o', 'e')
	case out == 'æ':
		r.letters = append(r.letters, 'a', 'e')
	case isPresentation(raw):
		r.presentation(raw)
	default:
		r.letters = append(r.letters, out)
	}
	r.lastRaw, r.lastEnd = raw, end
}

// isPresentation reports a presentation form: a shape of an Arabic letter, or a
// ligature of several.
func isPresentation(r rune) bool { return 0xfb50 <= r && r <= 0xfefc }

// presentation adds the letters behind an Arabic presentation form.
func (r *reader) presentation(raw rune) {
	for _, c := range norm.NFKC.String(string(raw)) {
		if out, kind := r.sp.look(c); kind == kindLetter {
			r.letters = append(r.letters, out)
		}
	}
}

// open begins a word at byte start.
func (r *reader) open(start int, script uint8) {
	glued := r.in && r.script == scriptArabic
	r.close()
	r.in, r.script, r.capitals = true, script, 0
	r.cur = word{start: int32(start), r0: int32(len(r.letters)), apos: -1, flags: r.gap}
	if glued && script == scriptLatin && !r.afterProclitic() {
		r.cur.flags |= wordGlued
	}
	if r.hyphenAt >= 0 {
		if r.hyphenAt == start {
			r.cur.flags |= wordHyphen
		} else {
			r.cur.flags |= wordBreak
		}
	}
	r.gap, r.hyphenAt = 0, -1
}

// afterProclitic reports whether the last word is a conjunction, preposition
// or article that hangs on a Latin word: بـYPG, الـYPG.
func (r *reader) afterProclitic() bool {
	if len(r.words) == 0 {
		return false
	}
	l := r.lettersOf(&r.words[len(r.words)-1])
	return len(l) <= 2 || len(l) <= 4 && l[len(l)-1] == 'ل'
}

// close ends the current word.
func (r *reader) close() {
	if !r.in {
		return
	}
	r.in = false
	if r.sp.sorani && r.lastRaw == 'ه' && len(r.letters) > int(r.cur.r0) {
		r.letters[len(r.letters)-1] = 'ە'
	}
	r.cur.r1, r.cur.end = int32(len(r.letters)), int32(r.lastEnd)
	n := int(r.cur.r1 - r.cur.r0)
	if n == 0 {
		r.gap |= r.cur.flags & (wordBreak | wordSpace)
		return
	}
	if n >= 2 && r.capitals >= n {
		r.cur.flags |= wordCaps
	}
	r.closedAt = r.lastEnd
	if !r.glue(n) {
		r.words = append(r.words, r.cur)
	}
}

// glue joins a dotted initial to the one before: U.N., and in Spanish
// EE. UU. The letters of both stand side by side already.
func (r *reader) glue(n int) bool {
	if len(r.words) == 0 {
		return false
	}
	prev := &r.words[len(r.words)-1]
	if prev.flags&wordDotted == 0 {
		return false
	}
	prev.flags &^= wordDotted
	pair := r.sp.pairs && n == 2
	if r.capitals != n || n > 1 && !pair || r.cur.flags&wordBreak != 0 || r.cur.flags&wordSpace != 0 && !pair {
		r.cur.flags |= wordBreak
		return false
	}
	prev.r1, prev.end = r.cur.r1, r.cur.end
	prev.flags |= wordCaps
	r.cur = *prev
	return true
}

// point handles a full stop: the mark of an initial, or a break.
func (r *reader) point(end int) {
	touches := r.in && r.lastEnd == end-1
	r.close()
	if touches && len(r.words) > 0 {
		w := &r.words[len(r.words)-1]
		n := int(w.r1 - w.r0)
		if int(w.end) == end-1 && r.capitals > 0 && (n == 1 || w.flags&wordCaps != 0 && r.initials(w)) {
			w.flags |= wordDotted
			return
		}
	}
	r.gap |= wordBreak
}

// initials reports whether w may go on as a dotted abbreviation: a pair of
// one letter (EE.), or initials glued before (U.N.).
func (r *reader) initials(w *word) bool {
	n := w.r1 - w.r0
	l := r.letters[w.r0:w.r1]
	if r.sp.pairs && n == 2 && l[0] == l[1] {
		return true
	}
	return int(w.end-w.start) > len(string(l)) && n <= 6 // points within
}

// other handles everything that is not a letter.
func (r *reader) other(raw, out rune, kind letterKind, start, end int) {
	switch kind {
	case kindDigit:
		if !r.in || r.script != scriptDigit {
			r.open(start, scriptDigit)
		}
		r.cur.flags |= wordDigits
		r.letters = append(r.letters, out)
		r.lastRaw, r.lastEnd = raw, end
	case kindMark, kindTanwin, kindCombine:
		r.mark(raw, kind, end)
	case kindHidden:
		if raw == '\u200c' && r.sp.sorani && r.in && r.lastRaw == 'ه' && len(r.letters) > int(r.cur.r0) {
			r.letters[len(r.letters)-1], r.lastRaw = 'ە', 'ە'
		}
	case kindApostrophe:
		r.apostrophe(end)
	case kindHyphen:
		touches := r.in && r.lastEnd == start || !r.in && r.closedAt == start
		r.close()
		if touches {
			r.hyphenAt = end
		} else {
			r.gap |= wordBreak
		}
	case kindPoint:
		r.point(end)
	case kindSpace:
		r.close()
		r.gap |= wordSpace
	case kindSoft:
		r.close()
	default:
		r.close()
		r.gap |= wordBreak
	}
}

// mark handles a mark within a word; elsewhere it is nothing.
func (r *reader) mark(raw rune, kind letterKind, end int) {
	if !r.in {
		return
	}
	r.lastEnd = end
	switch kind {
	case kindTanwin:
		r.cur.flags |= wordTanwin
	case kindCombine:
		r.combine(raw)
	}
}

// combine composes the last letter with a combining accent. A stress mark on
// a Cyrillic letter, and the point that is left of a decomposed İ, go.
func (r *reader) combine(mark rune) {
	if len(r.letters) == int(r.cur.r0) {
		return
	}
	last := &r.letters[len(r.letters)-1]
	switch {
	case mark == 0x0307 && (*last == 'ı' || *last == 'i'):
		*last = 'i'
	case mark == 0x0301 && scriptOf(*last) == scriptCyrillic:
	case mark == 0x0654 && *last == 'ی':
		*last = 'ئ' // Sorani has its own yeh
	default:
		c := norm.NFC.String(string([]rune{*last, mark}))
		if one, size := utf8.DecodeRuneInString(c); size == len(c) {
			out, _ := r.sp.look(one)
			*last = out
		}
	}
}

// apostrophe handles an apostrophe: inside a word it belongs to it where the
// language says so, elsewhere it is a quotation mark.
func (r *reader) apostrophe(end int) {
	if !r.in {
		return
	}
	next := r.scriptAt(end)
	if !r.sp.joinsApostrophe || r.script == scriptDigit || next == 0 || (next == scriptArabic) != (r.script == scriptArabic) {
		if next != 0 {
			r.cur.flags |= wordElided
		}
		r.close()
		return
	}
	r.cur.apos = int16(len(r.letters) - int(r.cur.r0))
	if r.sp.keepsApostrophe {
		r.letters = append(r.letters, '\'')
	}
}

// scriptAt gives the script of the letter at byte i, after codes and invisible
// characters; 0 where none stands there.
func (r *reader) scriptAt(i int) uint8 {
	i = skipHidden(r.text, i)
	if i >= len(r.text) {
		return 0
	}
	c, _ := utf8.DecodeRuneInString(r.text[i:])
	out, kind := r.sp.look(c)
	if kind != kindLetter {
		return 0
	}
	return scriptOf(out)
}

// lettersOf gives the normalised letters of w.
func (r *reader) lettersOf(w *word) []rune { return r.letters[w.r0:w.r1] }

// Hashing of letters. Every letter goes through a multiplication and a shift,
// so that a hash can be cut off anywhere.
const letterSeed uint64 = 0x9ae16a3b2f90404f

func hashRune(h uint64, r rune) uint64 {
	h = (h ^ uint64(r)) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

func hashRunes(rs []rune) uint64 {
	h := letterSeed
	for _, c := range rs {
		h = hashRune(h, c)
	}
	return h
}

// plain gives the reading of the letters from to to of a word under the
// language's folding, and marks words that hold a letter with an accent.
func (r *reader) plain(w *word, from, to int, shell uint16) reading {
	l := r.letters[int(w.r0)+from : int(w.r0)+to]
	core, collapse := letterSeed, r.sp.collapse
	for i, c := range l {
		f := r.sp.fold(c, len(l))
		if f != c {
			w.flags |= wordAccent
		}
		if f != collapse || i == 0 || l[i-1] != c || i > 1 && l[i-2] == c {
			core = hashRune(core, f)
		}
	}
	return reading{core: core, shell: shell, from: int16(from), to: int16(to)}
}

// exact hashes the letters of a reading as they are. Few readings are looked
// at that closely.
func (r *reader) exact(w *word, rd *reading) uint32 {
	return short(hashRunes(r.lettersOf(w)[rd.from:rd.to]))
}

// tail does so without the first letter.
func (r *reader) tail(w *word, rd *reading) uint32 {
	return short(hashRunes(r.lettersOf(w)[rd.from+1 : rd.to]))
}

// short cuts a hash to 32 bits.
func short(h uint64) uint32 { return uint32(h >> 32) }

// reading is one way to take a word apart: a core within a shell of affixes.
type reading struct {
	core     uint64 // hash of the folded letters of the core
	shell    uint16 // affixes, coded by the language
	from, to int16  // the core's letters within the word
	caps     bool   // the core was folded as a word in capitals
}
