package check

import (
	"bufio"
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/chatter.txt
var chatterText string

// phrases are beginnings in small letters, by their first byte.
type phrases map[byte][]string

func (p phrases) add(phrase string) {
	p[phrase[0]] = append(p[phrase[0]], phrase)
	// The capital of a letter beyond ASCII may begin with another byte.
	if upper := strings.ToUpper(phrase); phrase[0] >= 0x80 && upper[0] != phrase[0] {
		p[upper[0]] = append(p[upper[0]], phrase)
	}
}

// begin returns the phrase that s begins with, whatever the case of s, or "".
func (p phrases) begin(s string) string {
	if s == "" {
		return ""
	}
	first := s[0]
	if first >= 'A' && first <= 'Z' {
		first += 'a' - 'A'
	}
	for _, phrase := range p[first] {
		if len(s) >= len(phrase) && strings.EqualFold(s[:len(phrase)], phrase) {
			return phrase
		}
	}
	return ""
}

// chatterPhrases are what engines say instead of translating, by the
// language that they say it in.
var chatterPhrases = sync.OnceValue(func() map[string]phrases {
	m := make(map[string]phrases)
	s := bufio.NewScanner(strings.NewReader(chatterText))
	for s.Scan() {
		lang, phrase, ok := strings.Cut(s.Text(), "|")
		if ok && !strings.HasPrefix(lang, "#") {
			lang, phrase = strings.TrimSpace(lang), strings.TrimSpace(phrase)
			if m[lang] == nil {
				m[lang] = make(phrases)
			}
			m[lang].add(phrase)
			if strings.Contains(phrase, " :") || strings.Contains(phrase, " !") {
				for _, space := range [...]string{"\u00a0", "\u202f"} {
					m[lang].add(strings.NewReplacer(" :", space+":", " !", space+"!").Replace(phrase))
				}
			}
		}
	}
	return m
})

// chatter finds what an engine said about the translation, and mark-up and
// placeholders that it left in it.
func (c *checker) chatter() {
	c.chatterAt(0)
	if c.tgt.has&hasLineBreak != 0 {
		for i := strings.IndexByte(c.tgt.plain, '\n'); i >= 0; {
			c.chatterAt(i + 1)
			next := strings.IndexByte(c.tgt.plain[i+1:], '\n')
			if next < 0 {
				break
			}
			i += 1 + next
		}
	}
	if c.tgt.has&(hasMarkup|hasAngle) != 0 {
		c.leftMarkup()
	}
}

func (c *checker) chatterAt(i int) {
	s := c.tgt.plain[i:]
	start := i + len(s) - len(strings.TrimLeft(s, " \"“«'*[("))
	if start >= len(c.tgt.plain) {
		return
	}
	const longest = 48
	head := c.tgt.plain[start:min(start+longest, len(c.tgt.plain))]
	for _, lang := range [...]string{"en", c.p.Tag} {
		if lang == c.src.p.Tag && c.p.Tag == lang {
			continue
		}
		phrase := chatterPhrases()[lang].begin(head)
		if phrase == "" || c.saysItself() {
			continue
		}
		c.add("engine.chatter", start, start+len(phrase), "Text", short(head))
		return
	}
}

// saysItself reports a source that begins as an engine's talk does.
func (c *checker) saysItself() bool {
	source := strings.TrimLeft(c.src.plain, " \"“")
	return chatterPhrases()[c.src.p.Tag].begin(source) != ""
}

// markupSigns are Markdown and prompt signs, placeholderSigns what stands
// for a value; either is reported where the source has none of it.
var (
	markupSigns      = []string{"**", "```", "__", "##", "<|", "|>", "[INST]", "[/INST]", "</s>", "<s>"}
	placeholderSigns = []string{"{{", "}}", "{0}", "{1}", "{2}", "{3}", "%s", "%d", "%1$", "[[", "]]", "{name}", "⟪", "<0>", "TERM_", "XLT_"}
)

func (c *checker) leftMarkup() {
	for _, sign := range markupSigns {
		if i := strings.Index(c.tgt.plain, sign); i >= 0 && !strings.Contains(c.src.plain, sign) {
			c.add("engine.markup", i, i+len(sign), "Text", sign)
			return
		}
	}
	for _, sign := range placeholderSigns {
		if i := strings.Index(c.tgt.plain, sign); i >= 0 && !strings.Contains(c.src.plain, sign) {
			c.add("engine.placeholder", i, i+len(sign), "Text", sign)
			return
		}
	}
}
