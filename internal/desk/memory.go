package desk

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/memory"
	"dragoman/pipeline"
)

// perPairs is how many pairs one page of the memory shows.
const perPairs = 50

type memoryView struct {
	frame
	Search, Locale, Origin string
	Outdated               bool
	Locales                []choice
	Origins                []choice
	Pairs                  []pairView
	Total, House           string
	Next                   string
	Delete                 bool
}

// pairView is one pair of the memory.
type pairView struct {
	*words
	ID           int64
	To           script
	Language     string
	Source       template.HTML
	Target       template.HTML
	Mended       template.HTML // what look-ups offer in its place
	Outdated     bool
	Why          string
	Confidential bool
	Facts        []string
	Href         string // where it was approved
	Delete       bool
}

func (d *Desk) memoryPage(c *call) error {
	locale, err := c.chosen("locale", false)
	if err != nil {
		return err
	}
	q := c.r.URL.Query()
	view := memoryView{Search: c.search("q"), Locale: locale, Origin: clip(q.Get("origin"), 200), Outdated: q.Get("outdated") != ""}
	if locale == "" && !may(c.me, toRead, "") {
		if mine := c.readable(); len(mine) > 0 {
			view.Locale = mine[0] // nobody sees the pairs of another locale
		}
	}
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
	page, err := d.pipe.SearchMemory(c.ctx(), pipeline.MemorySearch{Text: view.Search, Locale: view.Locale, Origin: view.Origin, Outdated: view.Outdated, Before: max(before, 0), Limit: perPairs})
	if err != nil {
		return err
	}
	for i := range page.Hits {
		view.Pairs = append(view.Pairs, c.pair(&page.Hits[i]))
	}
	if page.Total >= 0 {
		view.Total = c.N("desk.house.pairs", page.Total)
	}
	if page.Next != 0 {
		view.Next = c.with("before", strconv.FormatInt(page.Next, 10))
	}
	if err := view.choices(c); err != nil {
		return err
	}
	view.Delete = slices.ContainsFunc(view.Pairs, func(p pairView) bool { return p.Delete })
	view.frame = c.frame("memory", c.T("nav.memory"))
	return c.list("memory-list", "memory.html", view)
}

// choices are the locales and origins that the memory has.
func (v *memoryView) choices(c *call) error {
	st, err := c.d.pipe.MemoryStats(c.ctx())
	if err != nil {
		return err
	}
	all, origins := 0, map[string]int{}
	locales := map[string]int{}
	for _, n := range st.Counts {
		if !may(c.me, toRead, n.Locale) {
			continue
		}
		all += n.Entries
		origins[n.Origin] += n.Entries
		locales[n.Locale] += n.Entries
	}
	v.House = c.N("desk.house.pairs", all)
	for _, l := range c.readable() {
		v.Locales = append(v.Locales, choice{Tag: l, Name: c.Language(l), Count: locales[l], Current: l == v.Locale})
	}
	for o, n := range origins {
		v.Origins = append(v.Origins, choice{Tag: o, Name: o, Count: n, Current: o == v.Origin})
	}
	slices.SortFunc(v.Origins, func(a, b choice) int { return b.Count - a.Count })
	return nil
}

func (c *call) pair(h *pipeline.MemoryHit) pairView {
	to := scriptOf(h.Locale)
	v := pairView{
		words: c.words, ID: h.ID, To: to, Language: c.Language(h.Locale), Source: setText(scriptOf("en"), h.Source, nil, nil), Target: setText(to, h.Target, nil, nil),
		Outdated: h.Outdated, Why: h.Why, Confidential: h.Confidential, Delete: may(c.me, toKeep, h.Locale),
	}
	if h.Mended != "" {
		v.Mended = c.setDiff(to, nil, h.Target, h.Mended)
	}
	v.Facts = append(v.Facts, h.Origin)
	if h.Approver != "" {
		v.Facts = append(v.Facts, c.T("desk.approved-by", "Name", h.Approver))
	}
	if h.Engine != "" {
		v.Facts = append(v.Facts, c.Origin(edition.Origin{Kind: edition.FromEngine, Engine: h.Engine}))
	}
	v.Facts = append(v.Facts, c.When(h.Created))
	if h.Edition != 0 {
		v.Href = editionHref(h.Edition)
	}
	return v
}

// forgetPairs takes pairs out of the memory, for a reason.
func (d *Desk) forgetPairs(c *call) error {
	ids, err := numbers(c.r.PostForm["pair"])
	if err != nil {
		return err
	}
	back := local(c.r.PostForm.Get("back"))
	if len(ids) == 0 {
		return c.ended(back, back, &problem{Status: http.StatusUnprocessableEntity, ID: "desk.batch.none-chosen"})
	}
	why, err := c.reason()
	if err != nil {
		return c.ended(back, back, err)
	}
	for _, id := range ids {
		m, err := d.pipe.MemoryEntry(c.ctx(), id)
		if err != nil {
			return err
		}
		if err := c.allow(toKeep, m.Locale); err != nil {
			return err
		}
	}
	gone, err := d.pipe.ForgetMemory(c.ctx(), c.me.Name, ids, why)
	if err == nil {
		c.say(notice{Kind: "done", Text: c.N("desk.house.forgotten", len(gone))})
	}
	return c.ended(back, back, err)
}

type templatesView struct {
	frame
	Locale  string
	Locales []choice
	To      script
	List    []templateView
}

type templateView struct {
	Source, Target string
	Count, Agree   string
}

// leastPattern is how many sentences must have a pattern to be listed, and
// maxPatterns how many are.
const (
	leastPattern = 3
	maxPatterns  = 200
)

// templatesPage lists the patterns that recur in approved pairs.
func (d *Desk) templatesPage(c *call) error {
	locale, err := c.chosen("locale", true)
	if err != nil {
		return err
	}
	view := templatesView{Locale: locale, Locales: c.localeTabs(locale, false), To: scriptOf(locale)}
	var ts []memory.Template
	if locale != "" {
		if ts, err = d.pipe.Templates(c.ctx(), locale, leastPattern); err != nil {
			return err
		}
	}
	for _, t := range ts[:min(len(ts), maxPatterns)] {
		view.List = append(view.List, templateView{content.Plain(t.Source), content.Plain(t.Target), c.N("desk.glossary.sentences", t.Count), c.T("desk.house.agree", "Agree", t.Agree, "All", t.Count)})
	}
	view.frame = c.frame("templates", c.T("desk.house.templates"))
	view.Room = "memory"
	return c.page(http.StatusOK, "templates.html", view)
}
