package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	"dragoman/internal/edition"
)

// Fixed applies every certain fix among the findings to the target's coded
// text, to see that what was fixed is found no more and that fixes of several
// rules stand side by side; people take them one by one. Where two fixes overlap the first one wins; a second Run then offers
// the other. Fixes whose bytes are not in the target are left out.
func Fixed(target string, findings []edition.Finding) string {
	var edits []edition.Fix
	for _, f := range findings {
		if f.Fix != nil && f.Fix.Start >= 0 && f.Fix.Start <= f.Fix.End && f.Fix.End <= len(target) {
			edits = append(edits, ends(*f.Fix, target)...)
		}
	}
	slices.SortStableFunc(edits, func(a, b edition.Fix) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return a.End - b.End
	})
	var b strings.Builder
	done := 0
	for i, e := range edits {
		if e.Start < done || i > 0 && e == edits[i-1] {
			continue
		}
		b.WriteString(target[done:e.Start])
		b.WriteString(e.Text)
		done = e.End
	}
	if done == 0 && b.Len() == 0 {
		return target
	}
	b.WriteString(target[done:])
	return b.String()
}

// ends cuts a fix that changes only the two ends of a long run, as that of a
// pair of quotation marks does, into two, so that other fixes can act on
// what stands between.
func ends(f edition.Fix, target string) []edition.Fix {
	old := target[f.Start:f.End]
	const reach = 12 // bytes at either end that may change
	if len(old) <= 2*reach {
		return []edition.Fix{f}
	}
	for i := 1; i <= reach && i < len(old); i++ {
		for j := 1; j <= reach && i+j < len(old); j++ {
			if !utf8.RuneStart(old[i]) || !utf8.RuneStart(old[len(old)-j]) {
				continue
			}
			middle := old[i : len(old)-j]
			at := strings.Index(f.Text, middle)
			if at < 0 || at > reach || len(f.Text)-at-len(middle) > reach {
				continue
			}
			return []edition.Fix{
				{Start: f.Start, End: f.Start + i, Text: f.Text[:at]},
				{Start: f.End - j, End: f.End, Text: f.Text[at+len(middle):]},
			}
		}
	}
	return []edition.Fix{f}
}
