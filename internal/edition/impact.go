package edition

import (
	"cmp"
	"slices"
)

// Impact is what a change set would do, counted by the same function that a
// batch writes with. Nothing is written to find it out.
type Impact struct {
	ChangeSet int64 `json:"change_set"` // 0 where it is of a concept as it is
	Concepts  int   `json:"concepts"`   // that it edits
	// Sources are the distinct source texts that were looked at; the others
	// count what is touched: what is right already and what is not.
	Sources  int `json:"sources"`
	Segments int `json:"segments"`
	Targets  int `json:"targets"`
	Editions int `json:"editions"`
	Releases int `json:"releases"`
	// Locales are the counts by locale and class, Groups the replacements, the
	// most frequent first, each with samples.
	Locales []LocaleImpact `json:"locales"`
	Groups  []GroupImpact  `json:"groups"`
	// MoreGroups is how many groups are not listed.
	MoreGroups int            `json:"more_groups,omitempty"`
	Engines    []EngineImpact `json:"engines"`
	// Seconds is about how long applying takes, engines included.
	Seconds float64 `json:"seconds"`
	// Echoes are terms of other concepts that hold an old term.
	Echoes []Echo `json:"echoes,omitempty"`
}

// LocaleImpact is what is touched in one locale.
type LocaleImpact struct {
	Locale  string        `json:"locale"`
	Classes []ClassImpact `json:"classes"`
}

// ClassImpact counts the targets of a class by what is done with them;
// memory entries count as targets of theirs.
type ClassImpact struct {
	Class       Class `json:"class"`
	Targets     int   `json:"targets"`
	Editions    int   `json:"editions"`
	Swap        int   `json:"swap"`
	Propose     int   `json:"propose"`
	Retranslate int   `json:"retranslate"`
	Task        int   `json:"task"`
}

// Count adds what is done with one target.
func (c *ClassImpact) Count(a Action) {
	c.Targets++
	switch a {
	case ActSwap:
		c.Swap++
	case ActPropose:
		c.Propose++
	case ActRetranslate:
		c.Retranslate++
	case ActTask:
		c.Task++
	}
}

// GroupImpact is the same replacement in many targets.
type GroupImpact struct {
	Key      string         `json:"key"`
	Locale   string         `json:"locale"`
	Concept  string         `json:"concept"`
	Old      string         `json:"old"`
	New      string         `json:"new"`
	Replaced []Replacement  `json:"replaced,omitempty"`
	Certain  bool           `json:"certain"`
	Why      string         `json:"why,omitempty"`
	Targets  int            `json:"targets"`
	Releases int            `json:"releases"`
	Samples  []ImpactSample `json:"samples"`
}

// ImpactSample is one target of a group, with what would change.
type ImpactSample struct {
	Slug     string  `json:"slug"`
	Edition  int64   `json:"edition"`
	Target   int64   `json:"target"`
	Position int     `json:"position"`
	Class    Class   `json:"class"`
	Action   Action  `json:"action"`
	Source   string  `json:"source"`         // coded text
	Before   string  `json:"before"`         // the same
	After    string  `json:"after"`          // "" where an engine or a person has to say it
	Diff     []Piece `json:"diff,omitempty"` // from Before to After
}

// EngineImpact is what one engine would be asked for in one locale.
type EngineImpact struct {
	Engine string `json:"engine"` // "" where no engine may be asked: people translate
	Why    string `json:"why,omitempty"`
	Locale string `json:"locale"`
	// Segments are those that would be sent, Known those that the engine has
	// replied to before, or would have by then: they cost nothing.
	Segments   int `json:"segments"`
	Known      int `json:"known,omitempty"`
	Characters int `json:"characters"` // code points as they are sent
	// Cost is the expected price in millionths of the currency's unit.
	Cost     int64   `json:"cost"`
	Currency string  `json:"currency,omitempty"`
	Seconds  float64 `json:"seconds"`
}

// Echo is a term of another concept in which an old term stands, so that it
// may have to change too.
type Echo struct {
	Concept string `json:"concept"`
	Locale  string `json:"locale"`
	Term    string `json:"term"`
	Old     string `json:"old"`
	New     string `json:"new"` // the term with the new one in the old one's place
}

// Tally counts plans. It is not safe for concurrent use; several are added
// up.
type Tally struct {
	segments, targets, editions, releases map[int64]bool
	classes                               map[string]map[Class]*classTally
	groups                                map[string]*groupTally
	samples                               int
}

type classTally struct {
	ClassImpact
	editions map[int64]bool
}

type groupTally struct {
	GroupImpact
	releases map[int64]bool
}

// NewTally gives an empty tally that keeps so many samples of each group.
func NewTally(samples int) *Tally {
	return &Tally{
		segments: map[int64]bool{}, targets: map[int64]bool{}, editions: map[int64]bool{}, releases: map[int64]bool{},
		classes: map[string]map[Class]*classTally{}, groups: map[string]*groupTally{}, samples: samples,
	}
}

func (t *Tally) class(locale string, c Class) *classTally {
	if t.classes[locale] == nil {
		t.classes[locale] = map[Class]*classTally{}
	}
	if t.classes[locale][c] == nil {
		t.classes[locale][c] = &classTally{ClassImpact: ClassImpact{Class: c}, editions: map[int64]bool{}}
	}
	return t.classes[locale][c]
}

// Add counts a target.
func (t *Tally) Add(a *Affected, pl *Plan) {
	t.segments[a.Segment], t.targets[a.Target], t.editions[a.Edition], t.releases[a.Release] = true, true, true, true
	c := t.class(a.Locale, pl.Class)
	c.Count(pl.Action)
	c.editions[a.Edition] = true
	if pl.Action == ActNone {
		return
	}
	g := t.groups[pl.Group]
	if g == nil {
		g = &groupTally{releases: map[int64]bool{}, GroupImpact: GroupImpact{
			Key: pl.Group, Locale: a.Locale, Concept: pl.Concept, Old: pl.Old, New: pl.New, Replaced: pl.Replaced, Certain: pl.Certain, Why: pl.Why,
		}}
		t.groups[pl.Group] = g
	}
	g.Targets++
	g.releases[a.Release] = true
	if len(g.Samples) < t.samples {
		s := ImpactSample{Slug: a.Slug, Edition: a.Edition, Target: a.Target, Position: a.Position, Class: pl.Class, Action: pl.Action, Source: a.Source, Before: a.Standing.Text, After: pl.Text}
		if s.After != "" {
			s.Diff = Diff(s.Before, s.After)
		}
		g.Samples = append(g.Samples, s)
	}
}

// AddMemory counts an entry of the memory.
func (t *Tally) AddMemory(m *AffectedMemory, pl *Plan) {
	t.class(m.Locale, ClassMemory).Count(pl.Action)
}

// Join adds what another tally has counted.
func (t *Tally) Join(o *Tally) {
	for _, m := range []struct{ to, from map[int64]bool }{
		{t.segments, o.segments}, {t.targets, o.targets}, {t.editions, o.editions}, {t.releases, o.releases},
	} {
		union(m.to, m.from)
	}
	for locale, classes := range o.classes {
		for class, c := range classes {
			to := t.class(locale, class)
			to.Targets, to.Swap, to.Propose = to.Targets+c.Targets, to.Swap+c.Swap, to.Propose+c.Propose
			to.Retranslate, to.Task = to.Retranslate+c.Retranslate, to.Task+c.Task
			union(to.editions, c.editions)
		}
	}
	for key, g := range o.groups {
		to := t.groups[key]
		if to == nil {
			t.groups[key] = g
			continue
		}
		to.Targets += g.Targets
		to.Samples = append(to.Samples, g.Samples[:min(len(g.Samples), t.samples-len(to.Samples))]...)
		union(to.releases, g.releases)
	}
}

func union(to, from map[int64]bool) {
	for id := range from {
		to[id] = true
	}
}

// Impact gives the counts, with so many groups at most.
func (t *Tally) Impact(groups int) Impact {
	im := Impact{Segments: len(t.segments), Targets: len(t.targets), Editions: len(t.editions), Releases: len(t.releases), Locales: []LocaleImpact{}, Groups: []GroupImpact{}, Engines: []EngineImpact{}}
	for locale, classes := range t.classes {
		l := LocaleImpact{Locale: locale}
		for _, class := range Classes() {
			if c := classes[class]; c != nil {
				c.Editions = len(c.editions)
				l.Classes = append(l.Classes, c.ClassImpact)
			}
		}
		im.Locales = append(im.Locales, l)
	}
	slices.SortFunc(im.Locales, func(a, b LocaleImpact) int { return cmp.Compare(a.Locale, b.Locale) })
	for _, g := range t.groups {
		g.Releases = len(g.releases)
		im.Groups = append(im.Groups, g.GroupImpact)
	}
	slices.SortFunc(im.Groups, func(a, b GroupImpact) int { return cmp.Or(b.Targets-a.Targets, cmp.Compare(a.Key, b.Key)) })
	if n := len(im.Groups); n > groups {
		im.Groups, im.MoreGroups = im.Groups[:groups], n-groups
	}
	return im
}

// Sum adds up the classes of all locales; a nil class means all but right.
func (im *Impact) Sum(classes ...Class) (c ClassImpact) {
	for _, l := range im.Locales {
		for _, k := range l.Classes {
			if len(classes) > 0 && !slices.Contains(classes, k.Class) || len(classes) == 0 && k.Class == ClassRight {
				continue
			}
			c.Targets, c.Swap, c.Propose = c.Targets+k.Targets, c.Swap+k.Swap, c.Propose+k.Propose
			c.Retranslate, c.Task = c.Retranslate+k.Retranslate, c.Task+k.Task
		}
	}
	return c
}
