package desk

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
)

// readable are the target locales that the person may read, in the order in
// which they are shown.
func (c *call) readable() []string {
	var out []string
	for _, l := range c.d.Locales {
		if may(c.me, toRead, l) {
			out = append(out, l)
		}
	}
	return out
}

// chosen is the locale that an address names, if the person may read it, or
// the first of theirs.
func (c *call) chosen(name string, fallback bool) (string, error) {
	l := c.r.URL.Query().Get(name)
	if l != "" && !c.knows(l) {
		return "", errNowhere
	}
	if l != "" {
		return l, c.allow(toRead, l)
	}
	if mine := c.readable(); fallback && len(mine) > 0 {
		return mine[0], nil
	}
	return "", nil
}

// knows reports whether a locale is one of the house's or of the glossary's.
func (c *call) knows(locale string) bool {
	return slices.Contains(c.d.Locales, locale) || slices.Contains(c.d.pipe.Glossary().Languages(), locale)
}

// search is what a search field asks for.
func (c *call) search(name string) string { return clip(squeezed(c.r.URL.Query().Get(name)), 200) }

// pager leads through a long list.
type pager struct {
	*words
	From, To, Total int
	Previous, Next  string
}

// maxPages bounds how far an address can lead into a list.
const maxPages = 1_000_000

// pageNo is the page that the address asks for, from 1.
func (c *call) pageNo() int {
	n, _ := strconv.Atoi(c.r.URL.Query().Get("page"))
	return min(max(n, 1), maxPages)
}

// pages makes the pager of the list at the call's address.
func (c *call) pages(page, per, shown, total int) pager {
	p := pager{words: c.words, From: (page-1)*per + 1, To: (page-1)*per + shown, Total: total}
	if page > 1 {
		p.Previous = c.with("page", strconv.Itoa(page-1))
	}
	if p.To < total && shown > 0 {
		p.Next = c.with("page", strconv.Itoa(page+1))
	}
	return p
}

// with is the call's address with one value changed, "" taking it out. What
// list is shown begins anew unless its page is what changes.
func (c *call) with(name, value string) string {
	q := url.Values{}
	for k, vs := range c.r.URL.Query() {
		if len(vs) > 0 && vs[0] != "" && (k != "page" || name == "page") {
			q.Set(k, clip(vs[0], 200))
		}
	}
	q.Set(name, value)
	if value == "" || name == "page" && value == "1" {
		q.Del(name)
	}
	if len(q) == 0 {
		return c.r.URL.EscapedPath()
	}
	return c.r.URL.EscapedPath() + "?" + q.Encode()
}

// localeTabs leads to the same page for another locale.
func (c *call) localeTabs(current string, all bool) []choice {
	var out []choice
	if all {
		out = append(out, choice{Href: c.with("locale", ""), Name: c.T("queue.all"), Current: current == ""})
	}
	for _, l := range c.readable() {
		out = append(out, choice{Href: c.with("locale", l), Name: c.Language(l), Tag: l, Current: l == current})
	}
	return out
}

// jsonText is a text as JSON, on one line.
func jsonText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
