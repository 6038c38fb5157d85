package memory

import (
	"strconv"
	"strings"
)

// codeMark is an inline code in a coded text.
type codeMark struct {
	kind       tokenKind
	id         int
	start, end int
}

// codeMarks finds the inline codes of a coded text.
func codeMarks(coded string) []codeMark {
	var out []codeMark
	for i := strings.Index(coded, "⟦"); i >= 0 && i < len(coded); {
		if kind, id, n := parseCode(coded[i:]); n > 0 {
			out = append(out, codeMark{kind, id, i, i + n})
			i += n
		} else if strings.HasPrefix(coded[i:], "⟦⟦") {
			i += len("⟦⟦")
		} else {
			i += len("⟦")
		}
		next := strings.Index(coded[i:], "⟦")
		if next < 0 {
			break
		}
		i += next
	}
	return out
}

// renumber gives a coded text with its codes numbered from 1 in the order in
// which they first stand: numbers count within a unit, so that the same
// sentence has other ones elsewhere.
func renumber(coded string) string {
	marks := codeMarks(coded)
	if len(marks) == 0 {
		return coded
	}
	ids := map[int]int{}
	for _, m := range marks {
		if _, ok := ids[m.id]; !ok {
			ids[m.id] = len(ids) + 1
		}
	}
	return replaceCodes(coded, marks, ids)
}

// fitCodes gives an entry's target with the codes of the query in place of
// those of the entry's source. False means that the codes of the two sources
// differ in kind or order, or that the target has codes that its own source
// has not: then nothing certain can be said.
func fitCodes(source, query, target string) (string, bool) {
	have, want := codeMarks(source), codeMarks(query)
	if len(have) != len(want) {
		return target, false
	}
	ids, taken := map[int]int{}, map[int]bool{}
	for i := range have {
		if have[i].kind != want[i].kind {
			return target, false
		}
		if to, ok := ids[have[i].id]; ok && to != want[i].id || !ok && taken[want[i].id] {
			return target, false
		}
		ids[have[i].id], taken[want[i].id] = want[i].id, true
	}
	marks := codeMarks(target)
	for _, m := range marks {
		if ids[m.id] == 0 {
			return target, false
		}
	}
	return replaceCodes(target, marks, ids), true
}

// replaceCodes puts other numbers into the codes of a text.
func replaceCodes(coded string, marks []codeMark, ids map[int]int) string {
	var b strings.Builder
	last := 0
	for _, m := range marks {
		b.WriteString(coded[last:m.start])
		b.WriteString("⟦")
		if m.kind == closeToken {
			b.WriteByte('/')
		}
		b.WriteString(strconv.Itoa(ids[m.id]))
		if m.kind == singleToken {
			b.WriteByte('/')
		}
		b.WriteString("⟧")
		last = m.end
	}
	b.WriteString(coded[last:])
	return b.String()
}
