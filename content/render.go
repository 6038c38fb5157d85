package content

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Markdown gives the body of the translation as Markdown: without the front
// matter and without the title, with every address safe to publish. A release
// in another format is written as Markdown from its units.
func (d *Document) Markdown(t TargetFunc) ([]byte, error) {
	s := d.newSplice(t)
	if d.Format != FormatMarkdown {
		return []byte(s.markdownOfBlocks()), nil
	}
	s.add(d.mends, nil)
	if len(s.targets) > 0 {
		if _, err := s.proved(); err != nil {
			return nil, err
		}
	}
	s.add(nil, d.drops)
	body := strings.TrimLeft(s.emit(d.body.Start, d.body.End, -1), "\r\n")
	return []byte(body), nil
}

// HTML gives the body of the translation as a fragment of HTML, without the
// title and sanitised: no scripts, no styles, no frames, no addresses but safe
// ones.
func (d *Document) HTML(t TargetFunc) (string, error) {
	if d.Format == FormatHTML {
		s := d.newSplice(t)
		s.add(d.mends, d.drops)
		return balanced(policy.Sanitize(s.emit(d.body.Start, d.body.End, -1))), nil
	}
	md, err := d.Markdown(t)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := renderer.Convert(md, &b); err != nil {
		return "", fmt.Errorf("content: render HTML: %w", err)
	}
	out := policy.Sanitize(b.String())
	if d.raw {
		out = balanced(out)
	}
	// What stands for a target that was left out on purpose.
	return strings.ReplaceAll(out, "<p> </p>\n", ""), nil
}

// balanced ends every element that a release began and left open, so that no
// release can reach into the page around it.
func balanced(fragment string) string {
	within := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(fragment), within)
	if err != nil {
		return html.EscapeString(fragment)
	}
	var b strings.Builder
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil {
			return html.EscapeString(fragment)
		}
	}
	return strings.TrimSpace(b.String()) + "\n"
}

// renderer writes Markdown as HTML. Raw HTML goes through, since all of it is
// sanitised afterwards.
var renderer = goldmark.New(
	goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
		extension.Strikethrough, extension.Footnote, extension.TaskList, extension.Linkify),
	goldmark.WithRendererOptions(gmhtml.WithUnsafe()),
)

// policy says which HTML may be published.
var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "div", "span", "section", "article", "header", "aside",
		"b", "strong", "i", "em", "s", "del", "ins", "u", "mark", "small", "sub", "sup", "abbr", "cite", "code", "kbd", "samp",
		"dfn", "var", "q", "pre", "blockquote", "bdi", "bdo", "wbr", "time", "figure", "figcaption", "details", "summary",
		"dl", "dt", "dd", "caption")
	p.AllowLists()
	p.AllowTables()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(?:ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$`)).Globally()
	p.AllowAttrs("title").Globally()
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^(?:fn|fnref)\d*:\d+$`)).OnElements("li", "sup")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(?:footnotes|footnote-ref|footnote-backref|task-list-item)$`)).OnElements("div", "a", "li")
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^doc-[a-z]+$`)).OnElements("div", "a")
	p.AllowAttrs("datetime").Matching(bluemonday.ISO8601).OnElements("time", "del", "ins")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(?:left|right|center)$`)).OnElements("td", "th")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("checked", "disabled").OnElements("input")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(bluemonday.NumberOrPercent).OnElements("img")
	p.AllowAttrs("cite").OnElements("blockquote", "q", "del", "ins")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	for s := range schemes {
		p.AllowURLSchemes(s)
	}
	p.SkipElementsContent("nav", "footer", "form", "template", "svg", "math", "object", "noscript", "textarea", "select", "button")
	return p
}
