package desk

import (
	"fmt"
	"strings"
	"time"

	"dragoman/internal/edition"
)

// learntSince is how far back corrections by hand are looked at.
const learntSince = 90 * 24 * time.Hour

// learntView is a name that reviewers corrected by hand in the same way.
type learntView struct {
	*words
	Concept, Locale string
	Name, Href      string
	Old, New        string
	To              script
	Language        string
	Where, Who      string
	SetHref         string // of the change that proposes it already
	Propose         bool
}

// learnt are the corrections that recur, in the locales that the person reads.
func (c *call) learnt() ([]learntView, error) {
	all, err := c.d.pipe.Learnt(c.ctx(), c.d.pipe.Now().Add(-learntSince))
	if err != nil {
		return nil, err
	}
	g := c.d.pipe.Glossary()
	var out []learntView
	for _, l := range all {
		i, ok := g.ByID(l.Concept)
		if !ok || !may(c.me, toRead, l.Locale) || len(out) == maxLessons {
			continue
		}
		v := learntView{
			words: c.words, Concept: l.Concept, Locale: l.Locale, Name: g.Concept(i).Source, Href: conceptHref(l.Concept, l.Locale), Old: l.Old, New: l.New,
			To: scriptOf(l.Locale), Language: c.Language(l.Locale), Who: strings.Join(l.People, c.T("desk.glossary.and")), Propose: may(c.me, toKeep, l.Locale),
			Where: fmt.Sprintf("%s · %s", c.N("batch.sentences", l.Targets), c.N("desk.editions", l.Editions)),
		}
		if l.ChangeSet != 0 {
			v.SetHref = changeHref(l.ChangeSet)
		}
		out = append(out, v)
	}
	return out, nil
}

// proposeLearnt makes a change set of a correction that recurs.
func (d *Desk) proposeLearnt(c *call) error {
	f := c.r.PostForm
	if err := c.allow(toKeep, f.Get("locale")); err != nil {
		return err
	}
	all, err := d.pipe.Learnt(c.ctx(), d.pipe.Now().Add(-learntSince))
	if err != nil {
		return err
	}
	for _, l := range all {
		if l.Concept != f.Get("concept") || l.Locale != f.Get("locale") || l.Old != f.Get("old") || l.New != f.Get("new") {
			continue
		}
		var set edition.ChangeSet
		set, err = d.pipe.ProposeLearnt(c.ctx(), c.me.Name, l)
		return c.ended(changeHref(set.ID), "/glossary/proposed", err)
	}
	return errNowhere
}
