package publish

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"dragoman/locales"
)

// policy is what a published text may hold: mark-up of text and nothing that
// acts, loads by itself or changes how the page looks. The fragments that come
// in are clean already; this is the second lock.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(
		"h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "div", "span",
		"ul", "ol", "li", "dl", "dt", "dd", "blockquote", "figure", "figcaption", "pre",
		"em", "strong", "b", "i", "u", "s", "del", "ins", "mark", "small", "sub", "sup",
		"code", "kbd", "samp", "var", "q", "cite", "abbr", "dfn", "bdi", "bdo", "time", "wbr",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
	)
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)).Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("title").Globally()
	// Footnotes point at each other by name; no other names, they could be
	// taken for the page's own.
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^fn[-:A-Za-z0-9]*$`)).Globally()
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|right|center)$`)).OnElements("th", "td")
	p.AllowStyles("text-align").MatchingEnum("left", "right", "center").OnElements("th", "td")
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^doc-[a-z]+$`)).Globally()
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(row|col|rowgroup|colgroup)$`)).OnElements("th")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("th", "td")
	p.AllowAttrs("datetime").Matching(regexp.MustCompile(`^[0-9T:Z.+ -]+$`)).OnElements("time")
	p.AllowAttrs("href", "hreflang").OnElements("a")
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(bluemonday.Integer).OnElements("img")
	p.AllowURLSchemes("https", "http", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	return p
})

// body is an edition's text, made ready for its place on the page.
type body struct {
	html string
	// attribution is the line taken from the end of the text, or the one it
	// lacked; "" where it stands inside a paragraph.
	attribution string
	lead        string // the first paragraph's text
}

// prepare sanitises the page's fragment, takes the attribution line from its
// end, and fits the mark-up to the page.
func prepare(p *Page, w *words) (body, error) {
	clean := policy().Sanitize(p.BodyHTML)
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(clean), root)
	if err != nil {
		return body{}, fmt.Errorf("publish: %s/%s: body: %w", p.Locale, p.Slug, err)
	}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	b := body{attribution: takeAttribution(root, p, w)}
	b.lead = leadOf(root)
	fit(root, w.Profile)
	var out strings.Builder
	for n := root.FirstChild; n != nil; n = n.NextSibling {
		if err := html.Render(&out, n); err != nil {
			return body{}, fmt.Errorf("publish: %s/%s: body: %w", p.Locale, p.Slug, err)
		}
	}
	b.html = strings.TrimSpace(out.String())
	return b, nil
}

// takeAttribution returns the line that says whom the release comes from. A
// paragraph at the end of the text that is nothing else is taken out of it;
// where the line stands inside a paragraph there is none to show again.
func takeAttribution(root *html.Node, p *Page, w *words) string {
	line, text := lastParagraph(root), ""
	if line != nil {
		text = oneLine(textOf(line))
	}
	whole, inside := attributed(text, p)
	if whole {
		line.Parent.RemoveChild(line)
		return text
	}
	if inside {
		return ""
	}
	return w.attribution(p)
}

// attributed reports whether the text of a last paragraph is the attribution
// line, or holds it.
func attributed(text string, p *Page) (whole, inside bool) {
	if p.Attribution != "" {
		return text == p.Attribution, strings.Contains(text, p.Attribution)
	}
	if p.Source == "" || !strings.Contains(text, p.Source) {
		return false, false
	}
	// "(Source: …)" in whatever words the translation has for it.
	rest := utf8.RuneCountInString(text) - utf8.RuneCountInString(p.Source)
	whole = rest <= 24 && strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")")
	return whole, whole || strings.HasSuffix(strings.TrimRight(text, ".)"), p.Source)
}

// fit changes the tree below n into what the page wants: no second <h1>,
// tables that scroll by themselves, pictures that load late, and runs of the
// other direction isolated.
func fit(n *html.Node, p *locales.Profile) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.TextNode:
			isolateText(c, p)
		case c.Type != html.ElementNode || ownDirection(c):
		default:
			fit(c, p)
		}
		switch c.DataAtom {
		case atom.H1:
			c.Data, c.DataAtom = "h2", atom.H2
		case atom.Img:
			c.Attr = append(c.Attr, html.Attribute{Key: "loading", Val: "lazy"})
		case atom.Td, atom.Th:
			alignByAttribute(c)
		case atom.Table:
			wrap(c, "div", html.Attribute{Key: "class", Val: "wide"}, html.Attribute{Key: "tabindex", Val: "0"})
		}
		c = next
	}
}

// alignByAttribute turns a cell's style, which is its alignment and nothing
// else by now, into the attribute: the page's policy forbids inline styles.
func alignByAttribute(cell *html.Node) {
	for i, a := range cell.Attr {
		if side, ok := strings.CutPrefix(a.Val, "text-align: "); ok && a.Key == "style" {
			cell.Attr[i] = html.Attribute{Key: "align", Val: strings.TrimSuffix(side, ";")}
		}
	}
}

// ownDirection reports whether what n holds is isolated from the text around
// it, or must stay as it is.
func ownDirection(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Code, atom.Pre, atom.Kbd, atom.Samp, atom.Bdi, atom.Bdo:
		return true
	}
	for _, a := range n.Attr {
		if a.Key == "dir" {
			return true
		}
	}
	return false
}

// isolateText puts the runs of the other direction in a text node into <bdi>.
func isolateText(n *html.Node, p *locales.Profile) {
	text := p.IsolateRuns(withoutIsolates.Replace(n.Data), true)
	before, rest, found := strings.Cut(text, locales.FSI)
	if !found {
		return
	}
	n.Data = before
	parent, place := n.Parent, n.NextSibling
	for found {
		run, after, _ := strings.Cut(rest, locales.PDI)
		after, rest, found = strings.Cut(after, locales.FSI)
		bdi := &html.Node{Type: html.ElementNode, Data: "bdi", DataAtom: atom.Bdi}
		bdi.AppendChild(&html.Node{Type: html.TextNode, Data: run})
		parent.InsertBefore(bdi, place)
		if after != "" {
			parent.InsertBefore(&html.Node{Type: html.TextNode, Data: after}, place)
		}
	}
	if before == "" {
		parent.RemoveChild(n)
	}
}

// withoutIsolates drops what a text is not supposed to hold, and what the
// marks put in here would be taken for.
var withoutIsolates = strings.NewReplacer(locales.FSI, "", locales.PDI, "")

func wrap(n *html.Node, tag string, attr ...html.Attribute) {
	w := &html.Node{Type: html.ElementNode, Data: tag, DataAtom: atom.Lookup([]byte(tag)), Attr: attr}
	n.Parent.InsertBefore(w, n)
	n.Parent.RemoveChild(n)
	w.AppendChild(n)
}

// lastParagraph is the paragraph that the text ends with, nil if it ends with
// something else.
func lastParagraph(n *html.Node) *html.Node {
	for c := n.LastChild; c != nil; c = c.PrevSibling {
		switch {
		case c.Type == html.ElementNode && c.DataAtom == atom.P:
			return c
		case c.Type == html.ElementNode && (c.DataAtom == atom.Div || c.DataAtom == atom.Hr):
			if p := lastParagraph(c); p != nil {
				return p
			}
		case strings.TrimSpace(textOf(c)) != "":
			return nil
		}
	}
	return nil
}

// leadOf is the text of the first paragraph, "" where there is none.
func leadOf(n *html.Node) string {
	for d := range n.Descendants() {
		if d.DataAtom == atom.P {
			if text := oneLine(textOf(d)); text != "" {
				return text
			}
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			b.WriteString(d.Data)
		case d.DataAtom == atom.Br:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// shorten cuts s to at most n characters at a space, with an ellipsis.
func shorten(s string, n int, ellipsis string) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	cut, last := 0, 0
	for i, r := range s {
		if cut == n-utf8.RuneCountInString(ellipsis) {
			if last == 0 {
				last = i
			}
			break
		}
		if r == ' ' {
			last = i
		}
		cut++
	}
	return strings.TrimRight(s[:last], " ,;:،؛–—-") + ellipsis
}
