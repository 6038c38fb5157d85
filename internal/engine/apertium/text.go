package apertium

import (
	"fmt"
	"regexp"
	"strings"

	"dragoman/content"
)

// address is what has no grammar, and whose words must not be translated.
var address = regexp.MustCompile(`https?://[^\s⟦⟧<>"“”]*[^\s⟦⟧<>"“”.,;:!?)]|\bwww\.[^\s⟦⟧<>"“”]*[^\s⟦⟧<>"“”.,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[#@][\pL\pN_]+`)

// shield puts a standalone code in the place of every address and hashtag of
// coded text, and gives what puts them back.
func shield(coded string) (string, *strings.Replacer) {
	next := 1
	for _, t := range content.Tokens(coded) {
		next = max(next, t.ID+1)
	}
	var back []string
	shielded := address.ReplaceAllStringFunc(coded, func(a string) string {
		code := fmt.Sprintf("⟦%d/⟧", next)
		next++
		back = append(back, code, a)
		return code
	})
	return shielded, strings.NewReplacer(back...)
}

// end follows every text on its way through the pipeline: an empty blank that
// ends the sentence without a stop.
const end = "[][\n]"

// special are the characters of Apertium's stream format
// (wiki.apertium.org/wiki/Apertium_stream_format); one "$" that is not escaped
// ends the process.
const special = `[]{}^$/\@<>`

// escape writes text in the stream format.
func escape(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	var b strings.Builder
	b.Grow(len(text) + 8)
	for _, r := range text {
		switch {
		case r == 0: // ends a text
			continue
		case strings.ContainsRune(special, r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unescape reads what came out of the pipeline.
func unescape(out string) string {
	out = strings.TrimSuffix(out, end)
	var b strings.Builder
	b.Grow(len(out))
	escaped := false
	for _, r := range out {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}

var quoted = regexp.MustCompile(`" *([^"]*?) *" *`)

// settleQuotes puts right the spaces beside straight quotation marks, which
// Apertium carries to the other side of them: `" Dice" `. It does so where the
// source has well-set pairs and the reply as many.
func settleQuotes(source, reply string) string {
	n := strings.Count(reply, `"`)
	if n == 0 || n%2 != 0 || n != strings.Count(source, `"`) || strings.Contains(source, `" "`) {
		return reply
	}
	var b strings.Builder
	at := 0
	for _, m := range quoted.FindAllStringSubmatchIndex(reply, -1) {
		before := reply[at:m[0]]
		b.WriteString(before)
		if inner := reply[m[0]+1 : m[2]]; inner != "" && before != "" && !strings.HasSuffix(before, " ") {
			b.WriteByte(' ')
		}
		b.WriteString(`"` + reply[m[2]:m[3]] + `"`)
		rest := reply[m[1]:]
		if rest != "" && !strings.ContainsRune(".,;:!?)", []rune(rest)[0]) && reply[m[3]:m[1]] != `"` {
			b.WriteByte(' ')
		}
		at = m[1]
	}
	return b.String() + reply[at:]
}
