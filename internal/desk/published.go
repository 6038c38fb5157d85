package desk

import (
	"encoding/json"
	"html/template"
	"net/http"
	"path"
	"strconv"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/publish"
)

// perPublic is how many public pages one page of the list shows.
const perPublic = 50

type publishedView struct {
	frame
	Search  string
	Locale  string
	Locales []choice
	Lines   []publicLine
	Pages   pager
}

// publicLine is one public page.
type publicLine struct {
	*words
	Href, LogHref, PublicHref string
	Title, Own                string // in English, and in its own language
	To                        script
	Language                  string
	At, Modified, Machine     string
	Corrected                 bool
	State                     edition.State
	Word                      string
	Can                       bool
	Correct                   bool
	Path                      string
}

func (d *Desk) publishedPage(c *call) error {
	locale, err := c.chosen("locale", false)
	if err != nil {
		return err
	}
	view := publishedView{Search: c.search("q"), Locale: locale}
	page := c.pageNo()
	f := edition.PublicFilter{Locales: c.readable(), Search: view.Search, Limit: perPublic, Offset: (page - 1) * perPublic}
	if locale != "" {
		f.Locales = []string{locale}
	}
	lines, total, err := d.pipe.PublicLines(c.ctx(), f)
	if err != nil {
		return err
	}
	for i := range lines {
		view.Lines = append(view.Lines, c.publicLine(&lines[i]))
	}
	counts, err := d.pipe.PublicCounts(c.ctx())
	if err != nil {
		return err
	}
	view.Locales = c.localeTabs(locale, true)
	for i, l := range view.Locales {
		view.Locales[i].Count = counts[l.Tag]
	}
	for _, l := range c.readable() {
		view.Locales[0].Count += counts[l]
	}
	view.Pages = c.pages(page, perPublic, len(lines), total)
	view.frame = c.frame("published", c.T("desk.house.published"))
	return c.list("published-list", "published.html", view)
}

func (c *call) publicLine(l *edition.PublicLine) publicLine {
	v := publicLine{
		words: c.words, Href: editionHref(l.Edition), LogHref: "/published/" + strconv.FormatInt(l.Edition, 10), Path: editionHref(l.Edition), Title: l.Title,
		To: scriptOf(l.Locale), Language: c.Language(l.Locale), At: c.When(l.At), Modified: c.When(l.Modified), Machine: c.Machine(l.Modified),
		Corrected: l.Modified.After(l.At), State: l.State, Word: c.State(l.State), Can: may(c.me, toPublish, l.Locale),
		Correct: l.State == edition.Published && may(c.me, toReview, l.Locale),
	}
	var e publish.Entry
	if json.Unmarshal(l.Entry, &e) == nil {
		v.Own = e.Title
	}
	if c.d.Public != "" {
		v.PublicHref = publicHref(l.Locale, l.Slug)
	}
	return v
}

// logLine is one line of the log of what was public when.
type logLine struct {
	*words
	When, Machine, Until string
	Act, Hash            string
	Href                 string // what was public then
	Title                template.HTML
	Diff                 template.HTML // against what was public before
	Kept                 bool
}

type publicLogView struct {
	frame
	E     edition.Edition
	To    script
	Name  string
	Href  string
	Lines []logLine
}

// publicLog shows what was public of an edition when, the newest first, each
// with what changed in it.
func (d *Desk) publicLog(c *call) error {
	e, err := c.onEdition(toRead)
	if err != nil {
		return err
	}
	log, err := d.pipe.PublicLog(c.ctx(), e.ID)
	if err != nil {
		return err
	}
	v, err := d.pipe.View(c.ctx(), e.ID, c.me.Name)
	if err != nil {
		return err
	}
	view := publicLogView{E: e, To: scriptOf(e.Locale), Name: v.Release.Title, Href: editionHref(e.ID)}
	before, until := "", ""
	for i := range log {
		l := c.logLine(&log[i], view.To, &before)
		if i+1 < len(log) {
			until = c.When(log[i+1].At)
			if l.Act != "withdraw" {
				l.Until = until
			}
		}
		view.Lines = append([]logLine{l}, view.Lines...)
	}
	view.frame = c.frame("public-log", view.Name)
	view.Room = "published"
	return c.page(http.StatusOK, "public-log.html", view)
}

func (c *call) logLine(p *edition.Publication, to script, before *string) logLine {
	l := logLine{words: c.words, When: c.When(p.At), Machine: c.Machine(p.At), Act: p.Act, Hash: p.Hash.String()}
	if len(l.Hash) > 12 {
		l.Hash = l.Hash[:12]
	}
	if p.Act == "withdraw" || p.Body == nil {
		return l
	}
	var page publish.Page
	if json.Unmarshal(p.Body, &page) != nil {
		return l
	}
	l.Kept, l.Href = true, "/published/"+strconv.FormatInt(p.Edition, 10)+"/at/"+strconv.FormatInt(p.ID, 10)
	l.Title = setText(to, content.Escape(page.Title), nil, nil)
	text := content.Escape(page.Title + "\n" + page.BodyMarkdown)
	if *before != "" && *before != text {
		l.Diff = c.setDiff(to, nil, *before, text)
	}
	*before = text
	return l
}

// pictureThen is a picture of a page as it was public, where it still is.
func (d *Desk) pictureThen(c *call) error {
	e, err := c.onEdition(toRead)
	if err != nil {
		return err
	}
	if c.r.PathValue("folder") != strconv.FormatInt(e.ID, 10) {
		return errNowhere
	}
	return d.servePublic(c, e.Locale+"/pictures/"+c.r.PathValue("folder")+"/"+path.Base(c.r.PathValue("file")))
}

// publicThen shows a page as it was public at a time. It may run nothing.
func (d *Desk) publicThen(c *call) error {
	e, err := c.onEdition(toRead)
	if err != nil {
		return err
	}
	at, err := c.id("line")
	if err != nil {
		return err
	}
	log, err := d.pipe.PublicLog(c.ctx(), e.ID)
	if err != nil {
		return err
	}
	for i := range log {
		if log[i].ID != at || log[i].Body == nil {
			continue
		}
		var page publish.Page
		if err := json.Unmarshal(log[i].Body, &page); err != nil {
			return err
		}
		b, err := publish.RenderHTML(d.pipe.Config().Site, page, nil)
		if err != nil {
			return err
		}
		foreign(c.w.Header())
		c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = c.w.Write(b)
		return nil
	}
	return errNowhere
}
