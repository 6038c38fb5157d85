package engine

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed chatter.txt
var chatterText string

// phrase is something that engines say about a translation.
type phrase struct{ where, words string }

var phrases = sync.OnceValue(func() (list []phrase) {
	for where, words := range keyed(chatterText) {
		list = append(list, phrase{where, strings.ToLower(words)})
	}
	return list
})

// chatter looks for talk about the translation that the source does not have. A
// label ("Translation:") does not count where the source has one of its own.
func chatter(src, dst, _ string) []Violation {
	said := lowered(strings.TrimLeft(dst, "\"'“«*( "))
	src = lowered(src)
	labelled := strings.Contains(src, ":")
	for _, p := range phrases() {
		if labelled && strings.HasSuffix(p.words, ":") {
			continue
		}
		if p.in(said) && !strings.Contains(src, p.words) {
			return []Violation{{RuleChatter, p.words}}
		}
	}
	return nil
}

func (p phrase) in(said string) bool {
	if p.where == "start" {
		return strings.HasPrefix(said, p.words)
	}
	return strings.Contains(said, p.words)
}
