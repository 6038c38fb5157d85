package openai

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"dragoman/content"
	"dragoman/internal/engine/transport"
)

// coded is a segment in the form in which models keep codes best: a pair as
// <1>…</1>, any other code as <2/>. Where the text itself holds such a thing,
// the transport's HTML stands instead.
type coded struct {
	source string
	text   string
	html   bool
	// tags gives the transport's tag for each of ours.
	tags map[string]string
}

var (
	htmlTag  = regexp.MustCompile(`<span data-c="(\d+)">|</span>|<img data-c="(\d+)[oc]?">`)
	shortTag = regexp.MustCompile(`<\s*(/?)\s*(\d+)\s*(/?)\s*>`)
)

// write puts coded text into that form.
func write(source string) coded {
	c := coded{source: source, tags: map[string]string{}}
	plain := content.Plain(source)
	if !strings.Contains(source, "⟦") {
		c.text = plain
		return c
	}
	sent := transport.HTML(source)
	if shortTag.MatchString(plain) {
		c.text, c.html = sent, true
		return c
	}
	var open []string
	c.text = html.UnescapeString(replace(htmlTag, sent, func(m []string) string {
		var tag string
		switch {
		case m[1] != "":
			open = append(open, m[1])
			tag = "<" + m[1] + ">"
		case m[2] != "":
			tag = "<" + m[2] + "/>"
		default:
			tag = "</" + open[len(open)-1] + ">"
			open = open[:len(open)-1]
		}
		c.tags[tag] = m[0]
		return tag
	}))
	return c
}

// read gives the coded text of a reply. Tags that were not sent are an error,
// and so are pairs that cross.
func (c coded) read(reply string) (string, error) {
	if c.html {
		return transport.FromHTML(c.source, reply)
	}
	if len(c.tags) == 0 {
		if m := shortTag.FindString(reply); m != "" && !strings.Contains(c.text, m) {
			return "", fmt.Errorf("%w: %q", transport.ErrMarkup, m)
		}
		return transport.FromPlain(reply), nil
	}
	if len(reply) > 8192+32*len(c.source) {
		return "", fmt.Errorf("%w: a reply of %d bytes to a text of %d", transport.ErrMarkup, len(reply), len(c.source))
	}
	tagged, err := c.tagged(reply)
	if err != nil {
		return "", err
	}
	return transport.FromHTML(c.source, tagged)
}

// tagged writes a reply as the transport's HTML.
func (c coded) tagged(reply string) (string, error) {
	var b strings.Builder
	var open []string
	at := 0
	for _, m := range shortTag.FindAllStringSubmatchIndex(reply, -1) {
		b.WriteString(escaper.Replace(reply[at:m[0]]))
		at = m[1]
		tag := "<" + reply[m[2]:m[3]] + reply[m[4]:m[5]] + reply[m[6]:m[7]] + ">"
		sent, ok := c.tags[tag]
		if !ok {
			return "", fmt.Errorf("%w: %q", transport.ErrCodes, tag)
		}
		id := reply[m[4]:m[5]]
		switch {
		case m[2] < m[3] && (len(open) == 0 || open[len(open)-1] != id):
			return "", fmt.Errorf("%w: %q closes another code", transport.ErrCodes, tag)
		case m[2] < m[3]:
			open = open[:len(open)-1]
		case m[6] == m[7]:
			open = append(open, id)
		}
		b.WriteString(sent)
	}
	b.WriteString(escaper.Replace(reply[at:]))
	return b.String(), nil
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// replace is regexp's ReplaceAllStringFunc with the groups.
func replace(re *regexp.Regexp, s string, f func(groups []string) string) string {
	return re.ReplaceAllStringFunc(s, func(m string) string { return f(re.FindStringSubmatch(m)) })
}
