package desk

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// changeSetView is a change set with what it would do, before anything
// happens.
type changeSetView struct {
	frame
	ID        int64
	Name, Why string
	Who, When string
	Status    string
	Draft     bool
	Version   int64
	Effective string
	At        time.Time // of effect, zero for none
	Scheduled bool
	Overdue   bool
	Zone      string // of the house's clocks
	Edits     []changeView
	Rest      []changeView // edits that are shown when they are asked for
	MoreEdits int
	Impact    *impactView // nil where it could not be worked out
	Conflict  string
	Apply     bool // the person may apply it
	Keep      bool
	Scope     edition.Scope
	All       bool
	Locales   []choice
	BatchHref string
	Discarded string
	retirement
}

// impactView is an impact in words.
type impactView struct {
	*words
	Sum, Spread string
	Classes     []classRow
	Groups      []groupView
	More        int
	Engines     []engineRow
	Echoes      []echoView
	Time        string
	Nothing     bool
}

// classRow is what happens to the targets of a class in a locale.
type classRow struct {
	Locale, Class, What string
	Targets             int
	Does                []string
}

type engineRow struct{ Engine, Locale, Segments, Known, Characters, Cost string }

type echoView struct {
	Href, Concept string
	To            script
	Term, New     string
}

// groupView is one replacement with examples.
type groupView struct {
	*words
	ID             int64
	Href           string
	To             script
	Language       string
	Old, New       string
	Concept        string
	ConceptHref    string
	Where          string // "in 214 sentences of 96 releases"
	Classes        string // "180 drafts, 30 approved, 4 published"
	Why            string
	Uncertain      bool
	Samples        []sampleView
	Waiting        int
	States         []string
	Decide         bool
	AcceptWord     string
	ConflictsTasks string
}

// sampleView is one sentence with what would change.
type sampleView struct {
	Href, Slug string
	No         int
	Class      string
	Source     template.HTML
	Diff       template.HTML
}

// maxEdits is how many edits of a change set are listed, maxUnfolded how many
// at once, with their values where there are no more: a sheet changes hundreds.
const (
	maxEdits    = 100
	maxUnfolded = 10
)

func (d *Desk) changePage(c *call) error {
	set, err := c.changeSet()
	if err != nil {
		return err
	}
	view := changeSetView{
		ID: set.ID, Name: c.told(set.Title), Why: c.told(set.Reason), Who: c.author(set.Author), When: c.When(set.Created), Status: c.T("desk.change.status." + string(set.Status)),
		Draft: set.Status == edition.DraftSet, Version: set.Version, Scope: set.Scope, All: set.Scope.All(), Keep: c.me.MayAnywhere(toKeep),
	}
	if !set.Effective.IsZero() {
		view.Effective, view.At = c.When(set.Effective), set.Effective
	}
	view.Scheduled, view.Overdue, view.Zone = set.Status == edition.ScheduledSet, c.overdue(&set), d.zone.String()
	open := view.Draft || view.Scheduled
	for i := range set.Edits {
		if i < maxEdits {
			e := c.edit(&set.Edits[i])
			if e.Folded = len(set.Edits) > maxUnfolded; i < maxUnfolded {
				view.Edits = append(view.Edits, e)
			} else {
				view.Rest = append(view.Rest, e)
			}
		}
	}
	view.MoreEdits, view.retirement = max(0, len(set.Edits)-maxEdits), retirementOf(&set)
	view.Apply = open && c.mayChange(&set) == nil
	for _, l := range c.d.Locales {
		view.Locales = append(view.Locales, choice{Tag: l, Name: c.Language(l), Current: len(set.Scope.Locales) == 0 || slices.Contains(set.Scope.Locales, l)})
	}
	if open {
		im, err := d.pipe.PreviewChanges(c.ctx(), set.ID, pipeline.PreviewOptions{Groups: 30, Samples: 3})
		var conflict *pipeline.ChangeConflict
		var bad *pipeline.BadChangeSet
		switch {
		case errors.As(err, &conflict), errors.As(err, &bad):
			view.Conflict, view.Apply = err.Error(), false
		case err != nil:
			return err
		default:
			view.Impact = c.impact(&im)
		}
	}
	if set.Status == edition.AppliedSet {
		if view.BatchHref, err = d.batchOf(c, set.ID); err != nil {
			return err
		}
	}
	view.frame = c.frame("change", view.Name)
	view.Room = "batches"
	return c.page(http.StatusOK, "change.html", view)
}

// changeSet is the one that the address names.
func (c *call) changeSet() (edition.ChangeSet, error) {
	id, err := c.id("id")
	if err != nil {
		return edition.ChangeSet{}, err
	}
	return c.d.pipe.ChangeSet(c.ctx(), id)
}

// edit says what a change set does to a concept.
func (c *call) edit(e *edition.ConceptEdit) changeView {
	var was, is []glossary.Concept
	if e.Before != nil {
		was = append(was, *e.Before)
	}
	if e.After != nil {
		is = append(is, *e.After)
	}
	v := changeView{words: c.words, Href: conceptPath(e.ID), ID: e.ID, Name: e.Name(), Kind: map[edition.EditKind]string{
		edition.EditAdded: "added", edition.EditRetired: "removed", edition.EditChanged: "changed", edition.EditMerged: "merged",
	}[e.Kind()]}
	for _, x := range glossary.Diff(was, is) {
		for _, f := range x.Fields {
			if fv, ok := c.field(f); ok {
				v.Fields = append(v.Fields, fv)
			}
		}
	}
	return v
}

// mayChange refuses who may not make all of a change set's edits: each is of a
// language, or of the English side, which is everybody's.
func (c *call) mayChange(set *edition.ChangeSet) error {
	if may(c.me, toKeep, "") {
		return nil
	}
	for i := range set.Edits {
		e := &set.Edits[i]
		if e.Before == nil || e.After == nil {
			return c.allow(toKeep, "")
		}
		for _, x := range glossary.Diff([]glossary.Concept{*e.Before}, []glossary.Concept{*e.After}) {
			for _, f := range x.Fields {
				lang, _, isTerm := termColumn(f.Field)
				if !isTerm || lang == "en" {
					lang = ""
				}
				if err := c.allow(toKeep, lang); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// impact puts an impact in words, in the locales that the person may read.
func (c *call) impact(im *edition.Impact) *impactView {
	v := &impactView{words: c.words, More: im.MoreGroups}
	sum := im.Sum()
	v.Nothing = sum.Targets == 0
	v.Sum = c.N("batch.sentences", sum.Targets)
	v.Spread = c.T("desk.change.spread", "Editions", c.N("desk.editions", im.Editions), "Releases", c.N("batch.releases", im.Releases))
	for _, l := range im.Locales {
		if !may(c.me, toRead, l.Locale) {
			continue
		}
		for _, k := range l.Classes {
			v.Classes = append(v.Classes, classRow{Locale: c.Language(l.Locale), Class: c.T("desk.change.class." + string(k.Class)), Targets: k.Targets, Does: c.does(k)})
		}
	}
	for i := range im.Groups {
		if may(c.me, toRead, im.Groups[i].Locale) {
			v.Groups = append(v.Groups, c.groupImpact(&im.Groups[i]))
		}
	}
	for _, e := range im.Engines {
		name := e.Engine
		if name == "" {
			name = c.T("desk.change.people")
		}
		v.Engines = append(v.Engines, engineRow{name, c.Language(e.Locale), c.N("batch.sentences", e.Segments), c.Int(e.Known), c.Int(e.Characters), c.money(e.Cost, e.Currency)})
	}
	for _, e := range im.Echoes {
		if may(c.me, toRead, e.Locale) {
			v.Echoes = append(v.Echoes, echoView{Href: conceptHref(e.Concept, e.Locale), Concept: e.Concept, To: scriptOf(e.Locale), Term: e.Term, New: e.New})
		}
	}
	v.Time = c.duration(time.Duration(im.Seconds * float64(time.Second)))
	return v
}

// does says what happens to the targets of a class.
func (c *call) does(k edition.ClassImpact) []string {
	var out []string
	for _, x := range []struct {
		name string
		n    int
	}{{"swap", k.Swap}, {"propose", k.Propose}, {"retranslate", k.Retranslate}, {"task", k.Task}} {
		if x.n > 0 {
			out = append(out, c.N("desk.change.does."+x.name, x.n))
		}
	}
	if out == nil {
		out = append(out, c.T("desk.change.does.nothing"))
	}
	return out
}

func (c *call) groupImpact(g *edition.GroupImpact) groupView {
	v := c.groupHead(g.Locale, g.Concept, g.Old, g.New, g.Certain, g.Why)
	v.Where = c.T("desk.change.where", "Sentences", c.N("batch.sentences", g.Targets), "Releases", c.N("batch.releases", g.Releases))
	for _, s := range g.Samples {
		v.Samples = append(v.Samples, c.sample(v.To, s.Edition, s.Position, s.Slug, s.Class, s.Source, s.Before, s.After))
	}
	return v
}

// groupHead says which replacement a group is.
func (c *call) groupHead(locale, concept, old, new string, certain bool, why string) groupView {
	v := groupView{words: c.words, To: scriptOf(locale), Language: c.Language(locale), Old: old, New: new, Concept: concept, ConceptHref: conceptHref(concept, locale), Uncertain: !certain}
	if i, ok := c.d.pipe.Glossary().ByID(concept); ok {
		v.Concept = c.d.pipe.Glossary().Concept(i).Source
	}
	if why != "" {
		v.Why = c.or("desk.change.why."+why, c.T("desk.change.why.unknown", "Reason", why))
	}
	return v
}

func (c *call) sample(to script, ed int64, position int, slug string, class edition.Class, source, before, after string) sampleView {
	s := sampleView{Href: segmentHref(ed, position+1), Slug: slug, No: position + 1, Class: c.T("desk.change.class." + string(class)), Source: setText(scriptOf("en"), source, nil, nil)}
	if after == "" || after == before {
		s.Diff = setText(to, before, nil, nil)
	} else {
		s.Diff = c.setDiff(to, nil, before, after)
	}
	return s
}

// money writes an amount of millionths.
func (c *call) money(millionths int64, currency string) string {
	if currency == "" && millionths == 0 {
		return "–"
	}
	write := func(millionths int64) string {
		return strings.TrimSpace(c.Profile().FormatNumber(float64(millionths)/1e6, 2) + " " + currency)
	}
	if millionths > 0 && millionths < 5_000 {
		return c.T("desk.change.under", "Amount", write(10_000)) // it would read as nothing
	}
	return write(millionths)
}

// duration says how long something takes.
func (c *call) duration(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return c.N("desk.change.seconds", max(1, int((d+time.Second/2)/time.Second)))
	case d < 90*time.Minute:
		return c.N("age.minutes", int((d+time.Minute/2)/time.Minute))
	case d < 48*time.Hour:
		return c.N("age.hours", int((d+time.Hour/2)/time.Hour))
	}
	return c.N("age.days", int(d/(24*time.Hour)))
}

// onChange opens a change set for somebody who may decide about it, and ends
// the act where it was begun.
func (c *call) onChange(f func(set edition.ChangeSet) (where string, err error)) error {
	set, err := c.changeSet()
	if err != nil {
		return err
	}
	if err := c.mayChange(&set); err != nil {
		return err
	}
	where, err := f(set)
	return c.ended(where, changeHref(set.ID), err)
}

// ended leads on after an act, or says where it began why it was refused.
func (c *call) ended(where, back string, err error) error {
	var no *edition.Refusal
	var known *problem
	var conflict *pipeline.ChangeConflict
	var bad *pipeline.BadChangeSet
	switch {
	case errors.As(err, &conflict):
		c.say(notice{Kind: "error", Text: c.T("desk.change.conflict")})
	case errors.As(err, &bad):
		var texts []string
		for _, s := range c.problemsOf(err, false) {
			texts = append(texts, s.Text)
		}
		c.say(notice{Kind: "error", Text: strings.Join(texts, " ")})
	case errors.As(err, &no), errors.As(err, &known) && known.Status == http.StatusUnprocessableEntity:
		c.say(notice{Kind: "error", Text: c.tell(err).Text})
	case err != nil:
		return err
	default:
		return c.goTo(where)
	}
	return c.goTo(back)
}

func (d *Desk) applyChange(c *call) error {
	return c.onChange(func(set edition.ChangeSet) (string, error) {
		if err := c.mayRetire(&set); err != nil {
			return "", err
		}
		b, err := d.pipe.Apply(c.ctx(), c.me.Name, set.ID)
		if err != nil {
			return "", err
		}
		c.say(notice{Kind: "done", Text: c.T("desk.batch.done.applied")})
		return batchHref(b.ID), nil
	})
}

func (d *Desk) discardChange(c *call) error {
	return c.onChange(func(set edition.ChangeSet) (string, error) {
		why, err := c.reason()
		if err != nil {
			return "", err
		}
		_, err = d.pipe.Discard(c.ctx(), c.me.Name, set.ID, why)
		c.sayIf(err, "desk.change.discarded")
		return "/batches", err
	})
}

// sayIf says that something was done, unless it was not.
func (c *call) sayIf(err error, id string) {
	if err == nil {
		c.say(notice{Kind: "done", Text: c.T(id)})
	}
}

// scopeChange says which editions a change set shall reach.
func (d *Desk) scopeChange(c *call) error {
	return c.onChange(func(set edition.ChangeSet) (string, error) {
		f := c.r.PostForm
		s := edition.Scope{Drafts: f.Has("drafts"), Archive: f.Has("archive"), Published: f.Has("published")}
		for _, l := range f["locale"] {
			if !slices.Contains(d.Locales, l) {
				return "", errForm
			}
			s.Locales = append(s.Locales, l)
		}
		if len(s.Locales) == len(d.Locales) {
			s.Locales = nil
		}
		if !s.Drafts && !s.Archive && !s.Published || len(f["locale"]) == 0 {
			return "", &problem{Status: http.StatusUnprocessableEntity, ID: "desk.change.scope-empty"}
		}
		_, err := d.pipe.Rescope(c.ctx(), c.me.Name, set.ID, s)
		return changeHref(set.ID), err
	})
}

func batchHref(id int64) string { return "/batches/" + strconv.FormatInt(id, 10) }
