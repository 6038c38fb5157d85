// Package transport carries coded text (package content) through services that
// do not know it: as HTML for those that keep tags, as words made of letters
// for those that take text only. What comes back is read strictly: a code that
// is missing, doubled or badly nested is an error and never guessed; only white
// space that services put around codes is put right.
//
//	sent := transport.HTML(source)              // <span data-c="1">Raqqa</span>
//	target, err := transport.FromHTML(source, reply)
package transport

import (
	"errors"
	"fmt"
	"strings"

	"dragoman/content"
)

// The errors of reading a reply. What wraps ErrMarkup found mark-up that was
// not sent; what wraps ErrCodes found codes missing, doubled or out of place.
var (
	ErrMarkup = errors.New("mark-up that was not sent")
	ErrCodes  = errors.New("codes damaged")
)

// FromPlain reads the reply to a text that went out without codes.
func FromPlain(reply string) string { return content.Escape(reply) }

// checkSize refuses a reply so large that reading it would cost more than any
// translation is worth.
func checkSize(source, reply string) error {
	if most := 8192 + 32*len(source); len(reply) > most {
		return fmt.Errorf("%w: a reply of %d bytes to a text of %d", ErrMarkup, len(reply), len(source))
	}
	return nil
}

// piece is a part of coded text: text, plain, or a code.
type piece struct {
	kind content.TokenKind
	id   int
	text string
}

// pieces takes coded text apart.
func pieces(coded string) []piece {
	tokens := content.Tokens(coded)
	ps := make([]piece, len(tokens))
	for i, t := range tokens {
		ps[i] = piece{kind: t.Kind, id: t.ID}
		if t.Kind == content.Text {
			ps[i].text = t.Text
		}
	}
	return ps
}

// join makes coded text.
func join(ps []piece) string {
	var b strings.Builder
	for _, p := range ps {
		switch p.kind {
		case content.Text:
			b.WriteString(content.Escape(p.text))
		case content.Open:
			fmt.Fprintf(&b, "⟦%d⟧", p.id)
		case content.Close:
			fmt.Fprintf(&b, "⟦/%d⟧", p.id)
		case content.Single:
			fmt.Fprintf(&b, "⟦%d/⟧", p.id)
		}
	}
	return b.String()
}

// whole marks the codes that open and close a pair within ps, well nested; the
// other half of any other pair stands in a neighbouring segment.
func whole(ps []piece) []bool {
	marks := make([]bool, len(ps))
	var open []int
	for i, p := range ps {
		switch p.kind {
		case content.Open:
			open = append(open, i)
		case content.Close:
			for k := len(open) - 1; k >= 0; k-- {
				if ps[open[k]].id == p.id {
					marks[open[k]], marks[i] = true, true
					open = open[:k]
					break
				}
			}
		}
	}
	return marks
}

// finish settles the white space of what was read and holds its codes to the
// source's.
func finish(source string, read []piece) (string, error) {
	target := join(settle(pieces(source), read))
	for _, p := range content.CheckCodes(source, target) {
		return "", fmt.Errorf("%w: %s %s", ErrCodes, p.Token.Text, p.Kind)
	}
	return target, nil
}
