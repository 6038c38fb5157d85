package transport

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/content"
)

// settle puts right the plain spaces that services leave around codes, by the
// source's example. Where a pair stood tight around its words, spaces inside it
// go outside. Where a side of a code was tight, no space stays between the code
// and a closing mark or an opening bracket. Where a standalone code touched a
// word, it touches one again (a footnote's mark). A no-break space is the
// language's own and stays.
func settle(source, target []piece) []piece {
	was := map[piece]int{}
	for i, p := range source {
		if p.kind != content.Text {
			was[p] = i
		}
	}
	for i, p := range target {
		j, ok := was[p]
		if p.kind == content.Text || !ok {
			continue
		}
		left, right := lastOf(source, j), firstOf(source, j)
		switch p.kind {
		case content.Open:
			trimLeftOutside(target, i, left)
			if tight(right) {
				beforeOpen(target, i)
			}
		case content.Close:
			trimRightOutside(target, i, right)
			if tight(left) {
				afterClose(target, i)
			}
		case content.Single:
			trimLeftOutside(target, i, left)
			trimRightOutside(target, i, right)
			if wordly(left) {
				trimEnd(target, i-1)
			}
			if wordly(right) {
				trimStart(target, i+1)
			}
		}
		single(source, j, target, i)
	}
	return target
}

// single makes one space of several beside the code at i where the source has
// no more than one there.
func single(source []piece, j int, target []piece, i int) {
	const two = "  "
	if i > 0 && !(j > 0 && strings.HasSuffix(source[j-1].text, two)) && strings.HasSuffix(target[i-1].text, two) {
		trimEnd(target, i-1)
		target[i-1].text += " "
	}
	if i+1 < len(target) && !(j+1 < len(source) && strings.HasPrefix(source[j+1].text, two)) && strings.HasPrefix(target[i+1].text, two) {
		trimStart(target, i+1)
		target[i+1].text = " " + target[i+1].text
	}
}

// lastOf gives the character before position i, firstOf the one after it, codes
// not counted; 0 at the edges.
func lastOf(ps []piece, i int) rune {
	for i--; i >= 0; i-- {
		if ps[i].kind == content.Text && ps[i].text != "" {
			r, _ := utf8.DecodeLastRuneInString(ps[i].text)
			return r
		}
	}
	return 0
}

func firstOf(ps []piece, i int) rune {
	for i++; i < len(ps); i++ {
		if ps[i].kind == content.Text && ps[i].text != "" {
			r, _ := utf8.DecodeRuneInString(ps[i].text)
			return r
		}
	}
	return 0
}

func tight(r rune) bool { return r != 0 && !unicode.IsSpace(r) }
func wordly(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(closing, r)
}

// closing are marks that no language sets apart with a plain space. (French
// does so with : ; ! ? and », so these are left to the checks.)
const closing = ".,)]}،؛؟…。、"

// opening are marks after which no plain space stands.
const opening = "([{¿¡"

// trimLeftOutside drops spaces between an opening bracket and the code at i.
func trimLeftOutside(ps []piece, i int, was rune) {
	if i == 0 || !tight(was) || ps[i-1].kind != content.Text {
		return
	}
	text := strings.TrimRight(ps[i-1].text, " ")
	if r, _ := utf8.DecodeLastRuneInString(text); text != "" && strings.ContainsRune(opening, r) {
		ps[i-1].text = text
	}
}

// trimRightOutside drops spaces between the code at i and a closing mark.
func trimRightOutside(ps []piece, i int, was rune) {
	if i+1 >= len(ps) || !tight(was) || ps[i+1].kind != content.Text {
		return
	}
	text := strings.TrimLeft(ps[i+1].text, " ")
	if r, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune(closing, r) {
		ps[i+1].text = text
	}
}

func trimEnd(ps []piece, i int) {
	if i >= 0 && ps[i].kind == content.Text {
		ps[i].text = strings.TrimRight(ps[i].text, " ")
	}
}

func trimStart(ps []piece, i int) {
	if i < len(ps) && ps[i].kind == content.Text {
		ps[i].text = strings.TrimLeft(ps[i].text, " ")
	}
}

// beforeOpen moves the spaces after the opening code at i before it.
func beforeOpen(ps []piece, i int) {
	if i+1 >= len(ps) || ps[i+1].kind != content.Text || !strings.HasPrefix(ps[i+1].text, " ") {
		return
	}
	trimStart(ps, i+1)
	before := lastOf(ps, i)
	if i > 0 && ps[i-1].kind == content.Text && tight(before) && !strings.ContainsRune(opening, before) {
		ps[i-1].text += " "
	}
}

// afterClose moves the spaces before the closing code at i after it.
func afterClose(ps []piece, i int) {
	if i == 0 || ps[i-1].kind != content.Text || !strings.HasSuffix(ps[i-1].text, " ") {
		return
	}
	trimEnd(ps, i-1)
	after := firstOf(ps, i)
	if i+1 < len(ps) && ps[i+1].kind == content.Text && tight(after) && !strings.ContainsRune(closing, after) {
		ps[i+1].text = " " + ps[i+1].text
	}
}
