package publish

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// RenderMarkdown gives the edition as Markdown: its metadata as YAML front
// matter, then the text without its title.
func RenderMarkdown(site Site, p Page) ([]byte, error) {
	p, err := p.clean()
	if err != nil {
		return nil, err
	}
	w, err := speak(p.Locale)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("---\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(frontMatter(site, &p, w)); err != nil {
		return nil, fmt.Errorf("publish: %s/%s: front matter: %w", p.Locale, p.Slug, err)
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("publish: %s/%s: front matter: %w", p.Locale, p.Slug, err)
	}
	b.WriteString("---\n")
	text := strings.Trim(p.BodyMarkdown, "\n")
	if text != "" {
		b.WriteString("\n" + text + "\n")
	}
	if line := missingAttribution(text, &p, w); line != "" {
		b.WriteString("\n" + escapeMarkdown(line) + "\n")
	}
	return b.Bytes(), nil
}

// frontMatter is a mapping in a fixed order, without what is not known.
func frontMatter(site Site, p *Page, w *words) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	// Encode, unlike SetString, quotes what another YAML would not read as a
	// string, such as "yes".
	scalar := func(value string) *yaml.Node {
		n := new(yaml.Node)
		if err := n.Encode(value); err != nil {
			panic(err) // a string can always be written
		}
		return n
	}
	add := func(key string, value *yaml.Node) {
		m.Content = append(m.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
	}
	text := func(key, value string) {
		if value != "" {
			add(key, scalar(value))
		}
	}
	when := func(key string, t time.Time, only bool) {
		if !t.IsZero() {
			add(key, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!timestamp", Value: machineDate(t, only)})
		}
	}
	text("title", p.Title)
	when("date", p.Date, p.DateOnly)
	text("lang", p.Locale)
	text("dir", w.Dir)
	text("slug", p.Slug)
	text("category", p.Category)
	text("place", p.Place)
	text("source", p.Source)
	text("author", p.Author)
	if len(p.Tags) > 0 {
		tags := &yaml.Node{Kind: yaml.SequenceNode}
		for _, t := range p.Tags {
			tags.Content = append(tags.Content, scalar(t))
		}
		add("tags", tags)
	}
	text("summary", p.Summary)
	text("social", p.Social)
	if p.Locale != site.source() {
		text("translated_from", site.source())
		text("original_title", p.OriginalTitle)
	}
	when("published", p.Published, false)
	when("modified", p.changed(), false)
	return m
}

// missingAttribution is the attribution line where the text does not end with
// it.
func missingAttribution(text string, p *Page, w *words) string {
	last := text
	if i := strings.LastIndex(text, "\n\n"); i >= 0 {
		last = text[i:]
	}
	// Escapes that the text may have made are no difference.
	last = oneLine(markdownEscape.ReplaceAllString(last, "$1"))
	if whole, inside := attributed(last, p); whole || inside {
		return ""
	}
	return w.attribution(p)
}

// markdownEscape is a backslash escape: CommonMark 0.31, section 2.4.
var markdownEscape = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")

// escapeMarkdown writes a line of plain text so that Markdown reads it as
// nothing else.
func escapeMarkdown(line string) string {
	line = markdownActive.ReplaceAllString(line, `\$0`)
	return markdownStart.ReplaceAllString(line, `$1\$2`)
}

var (
	markdownActive = regexp.MustCompile("[\\\\`*_\\[\\]<>&|~]")
	// What begins a list, a heading or a rule at the start of a line.
	markdownStart = regexp.MustCompile(`^(\d*)([-+=#.)])`)
)
