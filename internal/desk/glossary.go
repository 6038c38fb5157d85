package desk

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"dragoman/glossary"
	"dragoman/pipeline"
)

// perConcepts is how many concepts one page of the glossary shows.
const perConcepts = 50

// kinds are the kinds of concepts in the order in which they are shown.
var kinds = []glossary.Kind{glossary.PER, glossary.LOC, glossary.ORG, glossary.FIXED, glossary.NISBA, glossary.GROUP, glossary.COMMON, glossary.TERM}

// glossaryHead is what all pages of the glossary have on top.
type glossaryHead struct {
	frame
	Tab  string // names, proposed, history, files
	Keep bool   // the person may change something in it
	Add  bool   // and add concepts
}

func (c *call) glossaryHead(tab, title string) glossaryHead {
	h := glossaryHead{frame: c.frame("glossary", title), Tab: tab, Keep: c.me.MayAnywhere(toKeep), Add: may(c.me, toKeep, "")}
	if tab != "names" {
		h.Page, h.Room = "concept", "glossary"
	}
	return h
}

// glossaryView is the list of concepts.
type glossaryView struct {
	glossaryHead
	Search, Kind, Lacks string
	Kinds               []choice
	Locales             []choice
	Lines               []conceptLine
	Pages               pager
	Filtered            bool
}

// conceptLine is one concept of the list.
type conceptLine struct {
	*words
	Href, ID, Name, Kind string
	Variants             int
	Terms                []termLine
}

// termLine is what a concept is called in one language.
type termLine struct {
	To   script
	Text string
	Name string // of the language
}

func (d *Desk) glossaryPage(c *call) error {
	g := d.pipe.Glossary()
	q := c.r.URL.Query()
	view := glossaryView{Search: c.search("q"), Kind: q.Get("kind"), Lacks: q.Get("lacks")}
	if view.Lacks != "" {
		if err := c.allow(toRead, view.Lacks); err != nil {
			return err
		}
	}
	found := g.Search(view.Search, func(k *glossary.Concept) bool {
		return (view.Kind == "" || string(k.Kind) == view.Kind) && (view.Lacks == "" || len(k.Targets[view.Lacks].Preferred) == 0)
	})
	page := c.pageNo()
	from := min((page-1)*perConcepts, len(found))
	shown := found[from:min(from+perConcepts, len(found))]
	for _, i := range shown {
		view.Lines = append(view.Lines, c.conceptLine(g.Concept(i)))
	}
	view.Pages = c.pages(page, perConcepts, len(shown), len(found))
	view.Filtered = view.Search != "" || view.Kind != "" || view.Lacks != ""
	view.glossaryHead = c.glossaryHead("names", c.T("nav.glossary"))
	for _, k := range kinds {
		view.Kinds = append(view.Kinds, choice{Tag: string(k), Name: c.T("desk.kind." + string(k)), Current: string(k) == view.Kind})
	}
	for _, l := range c.readable() {
		view.Locales = append(view.Locales, choice{Tag: l, Name: c.Language(l), Current: l == view.Lacks})
	}
	return c.list("glossary-list", "glossary.html", view)
}

// list answers with a page, or with its list where the page's script asks.
func (c *call) list(part, whole string, view any) error {
	if !c.json {
		return c.page(http.StatusOK, whole, view)
	}
	html, err := fragment(part, view)
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]string{"list": html})
}

func (c *call) conceptLine(k *glossary.Concept) conceptLine {
	l := conceptLine{words: c.words, Href: conceptPath(k.ID), ID: k.ID, Name: k.Source, Kind: c.or("desk.kind."+string(k.Kind), string(k.Kind)), Variants: len(k.Variants)}
	for _, locale := range c.readable() {
		if ts := k.Targets[locale].Preferred; len(ts) > 0 {
			l.Terms = append(l.Terms, termLine{scriptOf(locale), ts[0].Text, c.Language(locale)})
		}
	}
	return l
}

// fieldView is one column of a concept that a version changed.
type fieldView struct {
	Name     string
	Old, New string
	To       script
}

// changeView is what a version of the glossary made of a concept.
type changeView struct {
	*words
	Href, ID, Name string
	Number         int64
	Kind           string // added, removed, changed, merged
	Folded         bool   // its values are shown when they are asked for
	Who, Why, When string
	Machine        string
	Fields         []fieldView
}

// change says what became of a concept, in the languages that the person may
// read.
func (c *call) change(x *pipeline.ConceptChange) changeView {
	v := changeView{
		words: c.words, Href: conceptPath(x.ID), ID: x.ID, Name: x.Concept.Source, Number: x.Number, Kind: string(x.Change.Kind),
		Who: c.author(x.Author), Why: c.told(x.Reason), When: c.When(x.Created), Machine: c.Machine(x.Created),
	}
	for _, f := range x.Fields {
		if fv, ok := c.field(f); ok {
			v.Fields = append(v.Fields, fv)
		}
	}
	return v
}

func (c *call) field(f glossary.FieldChange) (fieldView, bool) {
	lang, list, isTerm := termColumn(f.Field)
	if isTerm && lang != "en" && !may(c.me, toRead, lang) {
		return fieldView{}, false
	}
	v := fieldView{Name: c.columnName(f.Field), Old: spaced(f.Old), New: spaced(f.New), To: scriptOf("en")}
	switch f.Field {
	case "kind":
		v.Old, v.New, v.To = c.kindName(f.Old), c.kindName(f.New), scriptOf(c.Lang)
	case "rule":
		v.Old, v.New, v.To = c.ruleWords(f.Old), c.ruleWords(f.New), scriptOf(c.Lang)
	}
	if isTerm {
		v.Name, v.To = c.T("desk.glossary.term", "Language", c.Language(lang), "List", c.T("desk.glossary.list."+list)), scriptOf(lang)
	}
	return v, true
}

// kindName is a kind in the reader's words, "" for none.
func (w *words) kindName(kind string) string {
	if kind == "" {
		return ""
	}
	return w.or("desk.kind."+kind, kind)
}

// ruleWords says how a concept is found: the capitals in words, the clauses
// that follow as the form has them.
func (w *words) ruleWords(rule string) string {
	capitals, rest, more := strings.Cut(rule, ";")
	switch capitals {
	case "cs":
		capitals = w.T("desk.glossary.rule.capitals")
	case "ci":
		capitals = w.T("desk.glossary.rule.any-capitals")
	}
	if more {
		capitals += ";" + rest
	}
	return capitals
}

// spaced writes a cell's values with spaces between them.
func spaced(cell string) string { return strings.ReplaceAll(cell, "|", " | ") }

// termColumn takes a column of terms apart: the language and which list.
func termColumn(column string) (lang, list string, ok bool) {
	lang, list, _ = strings.Cut(column, ".")
	switch list {
	case "":
		list = "preferred"
	case "accepted", "derived", "forbidden", "exceptions":
	default:
		return "", "", false
	}
	if lang == "ind" {
		lang = "id"
	}
	switch lang {
	case "id", "kind", "flags", "rule", "note", "valid_from", "valid_to", "replaced_by":
		return "", "", column == "ind"
	}
	return lang, list, true
}

// columnName names a column that holds no terms.
func (w *words) columnName(column string) string {
	if column == "id" {
		column = "number" // the catalogues keep id for themselves
	}
	return w.or("desk.glossary.column."+strings.NewReplacer("_", "-", ".", "-").Replace(column), column)
}

// perVersions is how many versions of the glossary one page shows, and
// maxChanges how many concepts of one.
const (
	perVersions = 30
	maxChanges  = 200
)

// versionLine is one version of the glossary.
type versionLine struct {
	Number             int64
	Href               string
	Who, Why           string
	When, Machine      string
	Concepts           string
	Current            bool
	Changes            []changeView // of the version that is open
	MoreThanAreToldYet bool
}

type glossaryHistoryView struct {
	glossaryHead
	Versions []versionLine
	Pages    pager
}

// glossaryHistory shows the versions of the glossary: who, when, why, and what
// the one that is asked for changed.
func (d *Desk) glossaryHistory(c *call) error {
	page := c.pageNo()
	vs, total, err := d.pipe.GlossaryVersions(c.ctx(), perVersions, (page-1)*perVersions)
	if err != nil {
		return err
	}
	open, _ := strconv.ParseInt(c.r.URL.Query().Get("version"), 10, 64)
	view := glossaryHistoryView{Pages: c.pages(page, perVersions, len(vs), total)}
	for _, v := range vs {
		l := versionLine{
			Number: v.Number, Href: c.with("version", strconv.FormatInt(v.Number, 10)), Who: c.author(v.Author), Why: c.told(v.Reason),
			When: c.When(v.Created), Machine: c.Machine(v.Created), Concepts: c.N("desk.glossary.concepts", v.Concepts), Current: v.Number == open,
		}
		if l.Current {
			xs, err := d.pipe.GlossaryChanges(c.ctx(), v.Number, maxChanges+1)
			if err != nil {
				return err
			}
			l.MoreThanAreToldYet = len(xs) > maxChanges
			for i := range xs[:min(len(xs), maxChanges)] {
				l.Changes = append(l.Changes, c.change(&xs[i]))
			}
		}
		view.Versions = append(view.Versions, l)
	}
	view.glossaryHead = c.glossaryHead("history", c.T("desk.glossary.history"))
	return c.page(http.StatusOK, "glossary-history.html", view)
}

// candidateView is a name that the glossary may want.
type candidateView struct {
	*words
	Text     string
	Count    string
	Sources  string
	Contexts []contextView
	Near     []conceptLine
	AddHref  string
}

type contextView struct{ Text, Href string }

// lessonView is a rendering that reviewers let stand against the glossary.
type lessonView struct {
	*words
	pipeline.Lesson
	Href     string
	To       script
	Language string
	Times    string
	Who      string
	Examples []contextView
	Edit     string // where it can be made an accepted term
}

type proposedView struct {
	glossaryHead
	Learnt     []learntView
	Lessons    []lessonView
	Ready      bool
	Texts      string
	At         string
	Candidates []candidateView
	Pages      pager
}

const (
	perCandidates  = 25
	maxLessons     = 50
	candidatesWait = 1500 * time.Millisecond
)

// proposedPage shows what the glossary may want: what reviewers corrected
// against it, and names that recur in the texts.
func (d *Desk) proposedPage(c *call) error {
	view := proposedView{}
	lessons, err := d.pipe.Lessons(c.ctx(), c.readable())
	if err != nil {
		return err
	}
	for _, l := range lessons[:min(len(lessons), maxLessons)] {
		view.Lessons = append(view.Lessons, c.lesson(l))
	}
	if view.Learnt, err = c.learnt(); err != nil {
		return err
	}
	list, ready, err := d.pipe.Candidates(c.ctx(), candidatesWait)
	if err != nil {
		return err
	}
	if view.Ready = ready; ready {
		page := c.pageNo()
		from := min((page-1)*perCandidates, len(list.List))
		shown := list.List[from:min(from+perCandidates, len(list.List))]
		for i := range shown {
			view.Candidates = append(view.Candidates, c.candidate(&shown[i]))
		}
		view.Pages = c.pages(page, perCandidates, len(shown), len(list.List))
		view.Texts, view.At = c.N("desk.glossary.texts-read", list.Texts), c.When(list.At)
	}
	view.glossaryHead = c.glossaryHead("proposed", c.T("desk.glossary.proposed"))
	return c.page(http.StatusOK, "glossary-proposed.html", view)
}

func (c *call) lesson(l pipeline.Lesson) lessonView {
	v := lessonView{words: c.words, Lesson: l, Href: conceptHref(l.Concept, l.Locale), To: scriptOf(l.Locale), Language: c.Language(l.Locale), Times: c.N("desk.glossary.times", l.Count)}
	v.Who = strings.Join(l.By, c.T("desk.glossary.and"))
	for _, e := range l.Examples {
		v.Examples = append(v.Examples, contextView{e.Text, segmentHref(e.Edition, e.Position+1)})
	}
	if may(c.me, toKeep, l.Locale) {
		v.Edit = conceptPath(l.Concept) + "/edit?" + query("accept", l.Found, "locale", l.Locale)
	}
	return v
}

func (c *call) candidate(k *glossary.Candidate) candidateView {
	v := candidateView{words: c.words, Text: k.Text, Count: c.N("desk.glossary.times", k.Count), Sources: c.N("desk.glossary.sentences", k.Sources)}
	for _, x := range k.Contexts {
		v.Contexts = append(v.Contexts, contextView{Text: x.Text, Href: c.textHref(x.Source)})
	}
	g := c.d.pipe.Glossary()
	for _, n := range k.Near[:min(len(k.Near), 3)] {
		v.Near = append(v.Near, c.conceptLine(g.Concept(n.Concept)))
	}
	if may(c.me, toKeep, "") {
		v.AddHref = "/concepts/new?" + query("en", k.Text)
	}
	return v
}

// textHref leads to a place where a distinct source text stands, "" where the
// person may read none.
func (c *call) textHref(number string) string {
	id, err := strconv.ParseInt(number, 10, 64)
	mine := c.readable()
	if err != nil || len(mine) == 0 {
		return ""
	}
	ed, position, _, err := c.d.pipe.TextPlace(c.ctx(), id, mine)
	if err != nil {
		return ""
	}
	return segmentHref(ed, position+1)
}

// exportFile writes the glossary as a file, in the languages that the person
// may read.
func (d *Desk) exportGlossary(c *call) error {
	concepts := d.pipe.Glossary().Concepts()
	if !may(c.me, toRead, "") {
		concepts = inLanguages(concepts, c.readable())
	}
	var b bytes.Buffer
	var err error
	name, kind := "glossary.csv", "text/csv; charset=utf-8"
	switch c.r.URL.Query().Get("format") {
	case "tbx":
		name, kind = "glossary.tbx", "application/xml; charset=utf-8"
		err = glossary.WriteTBX(&b, concepts, glossary.DCA)
	case "semicolon":
		err = glossary.CSVOptions{Semicolon: true}.Write(&b, concepts)
	case "", "csv":
		err = glossary.WriteCSV(&b, concepts)
	default:
		return errNowhere
	}
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, _ = b.WriteTo(c.w)
	return nil
}

// inLanguages leaves out the terms of other languages.
func inLanguages(concepts []glossary.Concept, langs []string) []glossary.Concept {
	out := slices.Clone(concepts)
	for i := range out {
		targets := map[string]glossary.Terms{}
		for lang, ts := range out[i].Targets {
			if slices.Contains(langs, lang) {
				targets[lang] = ts
			}
		}
		out[i].Targets = targets
	}
	return out
}
