package desk

import (
	"cmp"
	"encoding/csv"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// conceptForm is the page on which a concept is edited: each field is a column
// of the glossary's sheet, with its values one a line.
type conceptForm struct {
	glossaryHead
	ID       string // "" for a new concept
	Name     string
	Action   string
	Fields   []formField
	Terms    []termFields
	Kinds    []choice
	Old      string // what becomes of a preferred term that is replaced
	Reason   string
	Problems []said
	Notice   string
	Back     string
	English  bool // the English side may be changed too
	Retire   bool
	Seen     int64      // the glossary's version that the form was made of
	Forms    *formsView // shown where they were asked for
	FormsOf  string
	Locales  []choice // of the forms
}

// formField is one column. Lines says that it may hold several values.
type formField struct {
	Column, Name, Value, Hint string
	Lines, Date, Fixed        bool
}

// termFields are the four columns of a language.
type termFields struct {
	Locale, Language string
	To               script
	Fields           []formField
	Open             bool
}

// englishColumns are the columns of the English side in the order of the form.
var englishColumns = []string{"en", "en.variants", "rule", "flags", "valid_from", "valid_to", "replaced_by", "note"}

// keptLocales are those whose terms the person may change.
func (c *call) keptLocales(k *glossary.Concept) []string {
	var out []string
	for _, l := range c.d.Locales {
		if may(c.me, toKeep, l) {
			out = append(out, l)
		}
	}
	for _, l := range c.termLanguages(k) {
		if may(c.me, toKeep, l) && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// form makes the form of a concept; values are what stands in the fields, by
// column.
func (c *call) conceptForm(k *glossary.Concept, fresh bool, values map[string]string) conceptForm {
	f := conceptForm{Seen: c.d.pipe.GlossaryVersion(), ID: k.ID, Name: k.Source, Action: conceptPath(k.ID) + "/edit", English: may(c.me, toKeep, ""), Back: conceptPath(k.ID), Retire: may(c.me, toKeep, "") && !fresh}
	if fresh {
		f.ID, f.Action, f.Back, f.Retire = "", "/concepts", "/glossary", false
		f.Fields = append(f.Fields, formField{Column: "id", Name: c.columnName("id"), Value: values["id"], Hint: c.T("desk.change.hint-id")})
	}
	for _, col := range englishColumns {
		ff := formField{Column: col, Name: c.columnName(col), Value: values[col], Lines: col == "en.variants" || col == "note", Date: strings.HasPrefix(col, "valid_")}
		ff.Hint = c.or("desk.change.hint-"+strings.NewReplacer(".", "-", "_", "-").Replace(col), "")
		f.Fields = append(f.Fields, ff)
	}
	for _, kind := range kinds {
		f.Kinds = append(f.Kinds, choice{Tag: string(kind), Name: c.T("desk.kind." + string(kind)), Current: string(kind) == values["kind"]})
	}
	for _, l := range c.keptLocales(k) {
		t := termFields{Locale: l, Language: c.Language(l), To: scriptOf(l)}
		for _, col := range glossary.TermColumns(l) {
			_, list, _ := termColumn(col)
			t.Fields = append(t.Fields, formField{Column: col, Name: c.T("desk.glossary.list." + list), Value: values[col], Lines: true})
			t.Open = t.Open || values[col] != ""
		}
		f.Terms = append(f.Terms, t)
		f.Locales = append(f.Locales, choice{Tag: l, Name: t.Language})
	}
	return f
}

// cells are a concept's columns with their values one a line.
func cells(k *glossary.Concept, langs []string) map[string]string {
	out := map[string]string{}
	for _, col := range glossary.Columns(langs...) {
		cell := k.Cell(col)
		if many(col) {
			cell = lines(cell)
		}
		out[col] = cell
	}
	return out
}

// many reports whether a column holds several values.
func many(column string) bool {
	_, _, terms := termColumn(column)
	return column == "en.variants" || terms && column != "en"
}

// lines writes the values of a cell one a line.
func lines(cell string) string {
	var b strings.Builder
	for i := 0; i < len(cell); i++ {
		switch {
		case cell[i] == '\\' && i+1 < len(cell):
			b.WriteString(cell[i : i+2])
			i++
		case cell[i] == '|':
			b.WriteByte('\n')
		default:
			b.WriteByte(cell[i])
		}
	}
	return b.String()
}

// joined makes a cell of values that stand one a line.
func joined(text string) string {
	var out []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "|")
}

// posted are the fields that the form sent, over those of the concept. Fields
// that the person may not change stay as they are.
func (c *call) posted(k *glossary.Concept, fresh bool) map[string]string {
	langs := c.keptLocales(k)
	for lang := range k.Targets {
		if !slices.Contains(langs, lang) {
			langs = append(langs, lang)
		}
	}
	values := cells(k, langs)
	english := may(c.me, toKeep, "")
	for col := range values {
		lang, _, isTerm := termColumn(col)
		free := english && (!isTerm || lang == "en") || isTerm && lang != "en" && may(c.me, toKeep, lang)
		if col == "id" && !fresh {
			free = false
		}
		if free && c.r.PostForm.Has(col) {
			values[col] = strings.ReplaceAll(c.r.PostForm.Get(col), "\r\n", "\n")
		}
	}
	return values
}

// parse reads fields as the glossary reads a row of its sheet.
func parseConcept(values map[string]string) (*glossary.Concept, error) {
	var header, row []string
	for col, v := range values {
		if many(col) {
			v = joined(v)
		} else if col != "note" {
			v = squeezed(v)
		}
		header, row = append(header, col), append(row, v)
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := errors.Join(w.Write(header), w.Write(row)); err != nil {
		return nil, err
	}
	w.Flush()
	cs, err := glossary.ReadCSV(strings.NewReader(b.String()), "")
	if err != nil {
		return nil, err
	}
	if len(cs) != 1 {
		return nil, glossary.Problems{{Rule: formEmpty, What: "the form is empty", Severity: glossary.Error}}
	}
	return &cs[0], nil
}

// edited is the concept that the address names, for somebody who may change
// something of it.
func (c *call) edited() (*glossary.Concept, error) {
	g := c.d.pipe.Glossary()
	at, ok := g.ByID(c.r.PathValue("id"))
	if !ok {
		return nil, errNowhere
	}
	return g.Concept(at), nil
}

func (d *Desk) newConceptPage(c *call) error {
	if err := c.allow(toKeep, ""); err != nil {
		return err
	}
	k := &glossary.Concept{}
	values := cells(k, c.keptLocales(k))
	values["en"], values["kind"] = c.search("en"), string(glossary.LOC)
	return c.conceptFormPage(http.StatusOK, c.conceptForm(k, true, values))
}

func (d *Desk) editConceptPage(c *call) error {
	k, err := c.edited()
	if err != nil {
		return err
	}
	values := cells(k, c.keptLocales(k))
	q := c.r.URL.Query()
	// A rendering that reviewers let stand is offered as an accepted term.
	if word, l := c.search("accept"), q.Get("locale"); word != "" && may(c.me, toKeep, l) {
		col := glossary.TermColumns(l)[1]
		values[col] = strings.TrimSpace(values[col] + "\n" + word)
	}
	return c.conceptFormPage(http.StatusOK, c.conceptForm(k, false, values))
}

func (c *call) conceptFormPage(status int, f conceptForm) error {
	f.glossaryHead = c.glossaryHead("concept", c.T("desk.change.edit-title", "Name", f.Name))
	if f.ID == "" {
		f.Title = c.T("desk.change.add-title")
	}
	return c.page(status, "concept-edit.html", f)
}

// saveConcept keeps what the form says as a change set, whose impact is shown
// before anything happens; "show" asks for the forms that would be accepted.
func (d *Desk) saveConcept(c *call) error {
	k, err := c.edited()
	if err != nil {
		return err
	}
	if c.r.PostForm.Get("act") == "retire" {
		return d.retireConcept(c, k)
	}
	return d.keepConcept(c, k, false)
}

func (d *Desk) addConcept(c *call) error {
	if err := c.allow(toKeep, ""); err != nil {
		return err
	}
	return d.keepConcept(c, &glossary.Concept{}, true)
}

func (d *Desk) keepConcept(c *call, k *glossary.Concept, fresh bool) error {
	values := c.posted(k, fresh)
	form := c.conceptForm(k, fresh, values)
	form.Reason, form.Old = c.r.PostForm.Get("reason"), c.r.PostForm.Get("old")
	var err error
	if form.Problems, err = c.changedSince(k.ID); err != nil {
		return err
	}
	if form.Problems != nil && c.r.PostForm.Get("show") == "" {
		form.Notice = c.T("desk.concept.changed-since")
		return c.conceptFormPage(http.StatusConflict, form)
	}
	after, err := parseConcept(values)
	if err != nil {
		if form.Problems = c.problemsOf(err, false); form.Problems == nil {
			return err
		}
		return c.conceptFormPage(http.StatusUnprocessableEntity, form)
	}
	if l := c.r.PostForm.Get("show"); l != "" {
		v := c.formsOf(after, l)
		form.Forms, form.FormsOf = &v, l
		return c.conceptFormPage(http.StatusOK, form)
	}
	if _, taken := d.pipe.Glossary().ByID(after.ID); taken && fresh {
		form.Problems = []said{{Text: c.T("desk.change.taken", "ID", after.ID)}}
		return c.conceptFormPage(http.StatusUnprocessableEntity, form)
	}
	after.File, after.Line, after.Exceptions = k.File, 0, k.Exceptions
	set := edition.ChangeSet{Title: c.T("desk.change.title-changed", "Name", after.Source), Reason: squeezed(form.Reason), Edits: []edition.ConceptEdit{{ID: after.ID, After: after}}}
	if fresh {
		set.Title = c.T("desk.change.title-added", "Name", after.Source)
	}
	if set.Reason == "" || len(set.Reason) > maxReason {
		form.Notice = c.tell(errReason).Text
		return c.conceptFormPage(http.StatusUnprocessableEntity, form)
	}
	set, _, err = d.pipe.SaveChangeSet(c.ctx(), c.me.Name, set, edition.OldTerms(oldTerms(form.Old)))
	if form.Problems = c.problemsOf(err, false); form.Problems != nil {
		return c.conceptFormPage(http.StatusUnprocessableEntity, form)
	}
	var no *edition.Refusal
	if errors.As(err, &no) {
		form.Notice = c.RefusalText(no)
		return c.conceptFormPage(http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return c.goTo(changeHref(set.ID))
}

// changedSince says what others have changed of a concept since the form was
// made that the person sends: saved as it is, it would take that back.
func (c *call) changedSince(id string) ([]said, error) {
	seen, err := strconv.ParseInt(c.r.PostForm.Get("seen"), 10, 64)
	if err != nil || seen >= c.d.pipe.GlossaryVersion() {
		return nil, nil
	}
	changes, err := c.d.pipe.ConceptHistory(c.ctx(), id)
	var out []said
	for i := range changes {
		if x := &changes[i]; x.Number > seen {
			for _, f := range x.Fields {
				if v, ok := c.field(f); ok {
					out = append(out, said{Text: c.T("desk.concept.was-changed", "Who", c.author(x.Author), "Field", v.Name, "Old", cmp.Or(v.Old, "–"), "New", cmp.Or(v.New, "–"))})
				}
			}
		}
	}
	return out, err
}

// oldTerms is what a form says of the terms that are replaced.
func oldTerms(s string) string {
	switch edition.OldTerms(s) {
	case edition.OldAccepted, edition.OldDropped:
		return s
	}
	return string(edition.OldForbidden)
}

func (d *Desk) retireConcept(c *call, k *glossary.Concept) error {
	if err := c.allow(toKeep, ""); err != nil {
		return err
	}
	why, err := c.reason()
	if err != nil {
		return err
	}
	set, _, err := d.pipe.SaveChangeSet(c.ctx(), c.me.Name, edition.ChangeSet{
		Title: c.T("desk.change.title-retired", "Name", k.Source), Reason: why, Edits: []edition.ConceptEdit{{ID: k.ID}},
	}, edition.OldForbidden)
	if err != nil {
		return err
	}
	return c.goTo(changeHref(set.ID))
}

// formsPart answers the page's script with what would be accepted for the
// fields as they are being typed.
func (d *Desk) conceptForms(c *call) error {
	k, fresh := &glossary.Concept{}, true
	if id := c.r.PathValue("id"); id != "" {
		var err error
		if k, err = c.edited(); err != nil {
			return err
		}
		fresh = false
	}
	l := c.r.PostForm.Get("show")
	if err := c.allow(toRead, l); err != nil || !c.knows(l) {
		return errors.Join(err, errNowhere)
	}
	after, err := parseConcept(c.posted(k, fresh))
	v := formsView{words: c.words, To: scriptOf(l), Language: c.Language(l)}
	if problems := c.problemsOf(err, false); problems != nil {
		v.Problems = problems
	} else if err != nil {
		return err
	} else {
		v = c.formsOf(after, l)
	}
	html, err := fragment("forms", v)
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]string{"html": html})
}

// formsOf is what would be accepted for a concept that is in no glossary yet.
func (c *call) formsOf(k *glossary.Concept, locale string) formsView {
	own := *k
	own.Rule.BlockedBy, own.Rule.Licence, own.ReplacedBy = nil, nil, "" // of others, who are not there
	g, problems := glossary.Compile([]glossary.Concept{own}, glossary.Options{})
	if g == nil {
		return formsView{words: c.words, To: scriptOf(locale), Language: c.Language(locale), Problems: c.problemsOf(problems, false)}
	}
	return c.forms(g, own.ID, locale)
}

// importGlossary makes a change set of an uploaded sheet or TBX file. A file
// with mistakes is refused as a whole, with the line of each.
func (d *Desk) importGlossary(c *call) error {
	if err := c.allow(toKeep, ""); err != nil {
		return err
	}
	f, err := c.file("file")
	if err != nil {
		return err
	}
	view := importView{glossaryHead: c.glossaryHead("files", c.T("desk.change.import")), File: f.Name, Reason: c.r.PostForm.Get("reason"), Replace: c.r.PostForm.Get("replace") == "yes"}
	up, err := glossary.ReadUpdate(f.Data, f.Name)
	if err != nil {
		if view.Problems = c.problemsOf(err, true); view.Problems == nil {
			view.Problems = []said{{Text: err.Error(), English: true}}
		}
		return c.page(http.StatusUnprocessableEntity, "glossary-import.html", view)
	}
	old := d.pipe.Glossary().Concepts()
	set := edition.ChangeSet{Title: c.T("desk.change.title-import", "Name", f.Name), Reason: squeezed(c.r.PostForm.Get("reason")), Cause: "import " + f.Name}
	if set.Reason == "" {
		set.Reason = set.Title
	}
	for _, x := range glossary.Diff(old, up.Merge(old, c.r.PostForm.Get("replace") == "yes")) {
		set.Edits = append(set.Edits, edition.ConceptEdit{ID: x.ID, After: x.New})
	}
	if len(set.Edits) == 0 {
		view.Problems = []said{{Text: c.T("desk.change.import-same")}}
		return c.page(http.StatusUnprocessableEntity, "glossary-import.html", view)
	}
	set, _, err = d.pipe.SaveChangeSet(c.ctx(), c.me.Name, set, edition.OldTerms(oldTerms(c.r.PostForm.Get("old"))))
	if view.Problems = c.problemsOf(err, true); view.Problems != nil {
		return c.page(http.StatusUnprocessableEntity, "glossary-import.html", view)
	}
	if err != nil {
		return err
	}
	return c.goTo(changeHref(set.ID))
}

// importView is the page on which a file is sent, or refused.
type importView struct {
	glossaryHead
	File     string
	Reason   string // as it was typed
	Replace  bool
	Problems []said
}

func (d *Desk) importPage(c *call) error {
	if err := c.allow(toKeep, ""); err != nil {
		return err
	}
	return c.page(http.StatusOK, "glossary-import.html", importView{glossaryHead: c.glossaryHead("files", c.T("desk.change.import"))})
}

func changeHref(id int64) string { return "/changes/" + strconv.FormatInt(id, 10) }
