package check

import (
	"bufio"
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/doubled.txt
var doubledText string

// doubledWords say for each language which words are doubled by mistake only
// ("never": the second is certainly too many) and which may rightly stand
// twice ("may"); "only" as a language's first entry means that words are
// doubled freely there and none but the listed ones is reported.
type doubledWords struct {
	never, may map[string]bool
	only       bool
}

var doubledLists = sync.OnceValue(func() map[string]*doubledWords {
	m := make(map[string]*doubledWords)
	s := bufio.NewScanner(strings.NewReader(doubledText))
	for s.Scan() {
		f := strings.Split(s.Text(), "|")
		if len(f) != 3 || strings.HasPrefix(f[0], "#") {
			continue
		}
		tag := strings.TrimSpace(f[0])
		if m[tag] == nil {
			m[tag] = &doubledWords{never: map[string]bool{}, may: map[string]bool{}}
		}
		kind := strings.TrimSpace(f[1])
		if kind == "only" {
			m[tag].only = true
		}
		for w := range strings.FieldsSeq(f[2]) {
			if kind == "may" {
				m[tag].may[w] = true
			} else {
				m[tag].never[w] = true
			}
		}
	}
	return m
})

// words reports a word that stands twice in a row.
func (c *checker) words() {
	ws := c.tgt.words
	for i := 0; i+1 < len(ws); i++ {
		a, b := ws[i], ws[i+1]
		if a.letters != b.letters || a.letters < 2 || b.start-a.end != 1 || c.tgt.plain[a.end] != ' ' || a.link {
			continue
		}
		first, second := c.tgt.word(a), c.tgt.word(b)
		if len(first) != len(second) || first != second && c.p.Lower(first) != c.p.Lower(second) {
			continue
		}
		c.doubledWord(a, b, c.p.Lower(second))
	}
}

func (c *checker) doubledWord(a, b word, s string) {
	list := doubledLists()[c.p.Tag]
	sure := list != nil && list.never[s]
	if list != nil && (list.may[s] || list.only && !sure) || c.sourceDoubles() {
		return
	}
	c.add("words.doubled", a.start, b.end, "Word", c.tgt.word(b))
	if sure {
		c.fix(a.end, b.end, "")
	}
}

// sourceDoubles reports that the source has a word twice in a row too.
func (c *checker) sourceDoubles() bool {
	ws := c.src.words
	for i := 0; i+1 < len(ws); i++ {
		if ws[i].letters > 1 && strings.EqualFold(c.src.word(ws[i]), c.src.word(ws[i+1])) {
			return true
		}
	}
	return false
}
