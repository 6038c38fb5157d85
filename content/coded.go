package content

import (
	"strconv"
	"strings"
)

// Coded text is plain Unicode text in which the inline mark-up of a release
// stands as codes (XLIFF 2.1, section 4.7): ⟦1⟧…⟦/1⟧ for a pair, ⟦2/⟧ for a
// standalone one. Ids count from 1 within a unit. A literal ⟦ of the text is
// written ⟦⟦. A ⟦ that begins neither is a literal too, so that every string
// is coded text and nothing a person types can be lost.
const (
	codeOpen  = "⟦"
	codeClose = "⟧"
	// codeMax is the number of digits an id may have.
	codeMax = 6
)

// Code says what an id of a unit's coded text stands for.
type Code struct {
	ID int
	// Type is what the code does: strong, em, strike, link, code, image, br,
	// footnote, url, html, or the name of an HTML element that has a type of
	// its own (sub, sup, u, mark, bdi …).
	Type string
	// Paired tells ⟦1⟧…⟦/1⟧ from ⟦1/⟧.
	Paired bool
	// Open and Close are the bytes of the source that the code hides. Close is
	// empty for a standalone code.
	Open, Close string
	// Href is where a link leads, or where an image lies.
	Href string
	// Display is what stands on the code's chip where a person edits text:
	// the alt text of an image, the words of inline code, the address of a
	// link. It is for eyes only.
	Display string

	// start and end bound Open, and cstart and cend bound Close, in the bytes
	// of the document. A unit within them (a link's title) is spliced there.
	start, end, cstart, cend int
	// label is written in the place of the code's last bytes where other words
	// stand around it: a reference link's label, once the text no longer names
	// the reference; inline code without the line break in it.
	label string
	// tag is the name of the element where the code is a tag of HTML.
	tag string
}

// TokenKind is the kind of one token of coded text.
type TokenKind uint8

// The kinds of token.
const (
	Text   TokenKind = iota
	Open             // ⟦1⟧
	Close            // ⟦/1⟧
	Single           // ⟦1/⟧
)

// Token is a run of text, or one code.
type Token struct {
	Kind TokenKind
	// ID is the code's id, 0 for text.
	ID int
	// Start and End are byte offsets into the coded text.
	Start, End int
	// Text is the plain text of a run of text (⟦⟦ is one ⟦ here) and the
	// code as it is written for a code.
	Text string
}

// Tokens cuts coded text into runs of text and codes, in order. The offsets
// of neighbouring tokens touch.
func Tokens(coded string) []Token {
	if coded == "" {
		return nil
	}
	if !strings.Contains(coded, codeOpen) {
		return []Token{{Kind: Text, End: len(coded), Text: coded}}
	}
	var out []Token
	run := 0
	for i := 0; i < len(coded); {
		t, ok := codeAt(coded, i)
		if !ok {
			i += literal(coded, i)
			continue
		}
		if run < i {
			out = append(out, textToken(coded, run, i))
		}
		out = append(out, t)
		i, run = t.End, t.End
	}
	if run < len(coded) {
		out = append(out, textToken(coded, run, len(coded)))
	}
	return out
}

// literal is the length of what stands at i and is not a code: up to the next
// ⟦, and both of a doubled one.
func literal(s string, i int) int {
	n := 0
	if strings.HasPrefix(s[i:], codeOpen+codeOpen) {
		n = 2 * len(codeOpen)
	} else if strings.HasPrefix(s[i:], codeOpen) {
		n = len(codeOpen)
	}
	if next := strings.Index(s[i+n:], codeOpen); next >= 0 {
		return n + next
	}
	return len(s) - i
}

func textToken(s string, start, end int) Token {
	t := s[start:end]
	if strings.Contains(t, codeOpen+codeOpen) {
		t = strings.ReplaceAll(t, codeOpen+codeOpen, codeOpen)
	}
	return Token{Kind: Text, Start: start, End: end, Text: t}
}

// codeAt reads the code that begins at byte i, if one does.
func codeAt(s string, i int) (Token, bool) {
	if !strings.HasPrefix(s[i:], codeOpen) {
		return Token{}, false
	}
	p := i + len(codeOpen)
	t := Token{Kind: Open, Start: i}
	if p < len(s) && s[p] == '/' {
		t.Kind = Close
		p++
	}
	digits := p
	for p < len(s) && s[p] >= '0' && s[p] <= '9' && p-digits <= codeMax {
		t.ID = t.ID*10 + int(s[p]-'0')
		p++
	}
	if p == digits || p-digits > codeMax || t.ID == 0 || s[digits] == '0' {
		return Token{}, false
	}
	if t.Kind == Open && p < len(s) && s[p] == '/' {
		t.Kind = Single
		p++
	}
	if !strings.HasPrefix(s[p:], codeClose) {
		return Token{}, false
	}
	t.End = p + len(codeClose)
	t.Text = s[i:t.End]
	return t, true
}

// Plain gives the text alone, without codes.
func Plain(coded string) string {
	if !strings.Contains(coded, codeOpen) {
		return coded
	}
	var b strings.Builder
	b.Grow(len(coded))
	for _, t := range Tokens(coded) {
		if t.Kind == Text {
			b.WriteString(t.Text)
		}
	}
	return b.String()
}

// Escape makes coded text of literal text: a ⟦ in it can no longer be read as
// the beginning of a code.
func Escape(plain string) string {
	if !strings.Contains(plain, codeOpen) {
		return plain
	}
	return strings.ReplaceAll(plain, codeOpen, codeOpen+codeOpen)
}

// writeCode appends the code as it stands in coded text.
func writeCode(b *strings.Builder, kind TokenKind, id int) {
	b.WriteString(codeOpen)
	if kind == Close {
		b.WriteByte('/')
	}
	b.WriteString(strconv.Itoa(id))
	if kind == Single {
		b.WriteByte('/')
	}
	b.WriteString(codeClose)
}

// The kinds of CodeProblem.
const (
	CodeMissing  = "missing"  // in the source, not in the target
	CodeExtra    = "extra"    // in the target, not in the source
	CodeDoubled  = "doubled"  // more often in the target than in the source
	CodeOrder    = "order"    // closes before it opens
	CodeUnnested = "unnested" // two pairs overlap instead of nesting
)

// CodeProblem is one way in which the codes of a target do not fit those of
// its source.
type CodeProblem struct {
	// Kind is one of the Code… constants above.
	Kind string
	// Token is the code in question: of the source where it is missing, else
	// of the target.
	Token Token
}

// CheckCodes compares the codes of a target with those of its source. A
// target may place codes in another order, as word order asks; it may not
// lose, add or repeat one, nor close a pair before it opens, nor let two pairs
// overlap. A code that the source holds by half (its other half stands in the
// neighbouring segment) is held by half in the target too. The result is nil
// where all is well: the problems of the target in its order, then what is
// missing.
func CheckCodes(source, target string) []CodeProblem {
	if !strings.Contains(source, codeOpen) && !strings.Contains(target, codeOpen) {
		return nil
	}
	type key struct {
		kind TokenKind
		id   int
	}
	want := make(map[key]int)
	src := Tokens(source)
	for _, t := range src {
		if t.Kind != Text {
			want[key{t.Kind, t.ID}]++
		}
	}
	var out []CodeProblem
	have := make(map[key]int)
	var open []Token
	for _, t := range Tokens(target) {
		if t.Kind == Text {
			continue
		}
		k := key{t.Kind, t.ID}
		have[k]++
		switch {
		case want[k] == 0:
			out = append(out, CodeProblem{CodeExtra, t})
			continue
		case have[k] > want[k]:
			out = append(out, CodeProblem{CodeDoubled, t})
			continue
		}
		open, out = nest(open, out, t, want[key{Open, t.ID}] > 0)
	}
	for _, t := range src {
		k := key{t.Kind, t.ID}
		if t.Kind != Text && have[k] < want[k] {
			have[k] = want[k]
			out = append(out, CodeProblem{CodeMissing, t})
		}
	}
	return out
}

// nest follows the pairs of a target: open is the stack of those that wait for
// their end. opens tells whether the source opens this id, too.
func nest(open []Token, out []CodeProblem, t Token, opens bool) ([]Token, []CodeProblem) {
	switch t.Kind {
	case Open:
		return append(open, t), out
	case Close:
		for i := len(open) - 1; i >= 0; i-- {
			if open[i].ID != t.ID {
				continue
			}
			if i != len(open)-1 {
				out = append(out, CodeProblem{CodeUnnested, t})
			}
			return append(open[:i:i], open[i+1:]...), out
		}
		if opens {
			out = append(out, CodeProblem{CodeOrder, t})
		}
	}
	return open, out
}
