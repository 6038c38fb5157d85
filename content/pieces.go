package content

import "strings"

// piece is a run of text or one half of a code of a target, on its way into a
// document.
type piece struct {
	kind TokenKind
	text string
	code *Code
	// pair is the index of the other half's piece, -1 for text and single
	// codes.
	pair int
}

// pieces takes coded text apart and makes it fit for writing: codes that the
// unit does not have, that come twice or by half, that close what is not open
// or overlap are left out, and so are links within links and marks around
// nothing. Whatever a target holds, what comes out can be written; whether it
// says what it should is for CheckCodes and a person.
func pieces(coded string, codes []Code) []piece {
	var out []piece
	var open []int
	seen := make([]bool, len(codes)+1)
	for _, t := range Tokens(coded) {
		if t.Kind == Text {
			out = append(out, piece{kind: Text, text: t.Text, pair: -1})
			continue
		}
		if t.ID > len(codes) || codes[t.ID-1].Paired == (t.Kind == Single) {
			continue
		}
		c := &codes[t.ID-1]
		switch t.Kind {
		case Close:
			if n := len(open); n > 0 && out[open[n-1]].code == c {
				out[open[n-1]].pair = len(out)
				out = append(out, piece{kind: Close, code: c, pair: open[n-1]})
				open = open[:n-1]
			}
		default:
			if seen[t.ID] {
				continue
			}
			seen[t.ID] = true
			if t.Kind == Open {
				open = append(open, len(out))
			}
			out = append(out, piece{kind: t.Kind, code: c, pair: -1})
		}
	}
	return prune(out)
}

// prune drops the pieces that cannot stand where they are; in Markdown, no link can
// stand in the text of another.
func prune(in []piece) []piece {
	drop := make([]bool, len(in))
	links := 0
	for i, p := range in {
		switch p.kind {
		case Open:
			if p.pair < 0 || isMark(p.code) && hollow(in, i, p.pair) {
				drop[i] = true
				if p.pair >= 0 {
					drop[p.pair] = true
				}
				continue
			}
			if p.code.Open == "[" {
				if links > 0 {
					drop[i], drop[p.pair] = true, true
					continue
				}
				links++
			}
		case Close:
			if !drop[i] && p.code.Open == "[" {
				links--
			}
		case Single:
			if p.code.Type == "url" && p.code.Open[0] != '<' && links > 0 {
				in[i] = piece{kind: Text, text: p.code.Display, pair: -1}
			}
		}
	}
	return compact(in, drop)
}

// hollow tells whether nothing but marks and white space stands between two
// pieces.
func hollow(in []piece, from, to int) bool {
	for _, p := range in[from+1 : to] {
		if p.kind == Text && strings.TrimSpace(p.text) != "" || p.kind == Single {
			return false
		}
	}
	return true
}

// compact takes the dropped pieces out and joins runs of text.
func compact(in []piece, drop []bool) []piece {
	out := make([]piece, 0, len(in))
	place := make([]int, len(in))
	for i, p := range in {
		if drop[i] || p.kind == Text && p.text == "" {
			continue
		}
		if n := len(out); p.kind == Text && n > 0 && out[n-1].kind == Text {
			out[n-1].text += p.text
			continue
		}
		place[i] = len(out)
		if p.kind == Close {
			p.pair = place[p.pair]
			out[p.pair].pair = len(out)
		}
		out = append(out, p)
	}
	return out
}
