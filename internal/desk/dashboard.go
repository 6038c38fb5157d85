package desk

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// dashboardView answers four questions: what spans and how long, where drafts
// come from, are names right, what does it cost.
type dashboardView struct {
	frame
	At                       string
	Waiting, States          figure
	Times                    []timeLine
	Origins                  figure
	Names                    figure
	Wrong                    []wrongLine
	Findings                 []findingLine
	Characters, Cost         figure
	Published                string
	MoneyRight               bool
	WaitingWord, LongestWord string
}

// timeLine is how long reviews of a locale took.
type timeLine struct{ Language, Count, Median, Most string }

// wrongLine is how many words of an origin have a name that is not right.
type wrongLine struct{ Language, Origin, Wrong, All, Right string }

// findingLine is how often a rule found something.
type findingLine struct{ Language, Rule, Severity, Sign, Count, Dismissed string }

const maxFindingLines = 15

func (d *Desk) dashboardPage(c *call) error {
	f, err := d.pipe.Figures(c.ctx())
	if err != nil {
		return err
	}
	view := dashboardView{At: c.When(f.At), MoneyRight: c.me.RunsTheHouse() || c.me.MayAnywhere(toPublish)}
	locales := c.readable()
	view.Waiting = c.waitingFigure(f, locales)
	view.States = c.statesFigure(f)
	view.Times = c.times(f, locales)
	view.Origins = c.originsFigure(f, locales)
	view.Names = c.namesFigure(f)
	view.Wrong = c.wrong(f, locales)
	view.Findings = c.findings(f)
	if view.MoneyRight {
		view.Characters, view.Cost = c.costFigures(f)
	}
	published := 0
	for _, s := range f.Sums {
		if s.State == edition.Published && may(c.me, toRead, s.Locale) {
			published += s.Editions
		}
	}
	view.Published = c.N("dashboard.published", published)
	view.frame = c.frame("dashboard", c.T("dashboard.title"))
	return c.page(http.StatusOK, "dashboard.html", view)
}

func (c *call) names(locales []string) []string {
	var out []string
	for _, l := range locales {
		out = append(out, c.Language(l))
	}
	return out
}

// spans are the bounds of how long something spans, in days: below each.
var spans = []struct {
	name string
	days int
}{{"today", 1}, {"days", 3}, {"week", 7}, {"month", 30}, {"longer", 1 << 30}}

func (c *call) waitingFigure(f *pipeline.Figures, locales []string) figure {
	all := make([]series, len(spans))
	for k, w := range spans {
		all[k] = series{Name: c.T("desk.house.waits." + w.name), Values: make([]int, len(locales))}
	}
	today := f.At.Truncate(24 * time.Hour)
	for _, w := range f.Waits {
		i := slices.Index(locales, w.Locale)
		if i < 0 {
			continue
		}
		days := int(today.Sub(w.Since) / (24 * time.Hour))
		for k := range spans {
			if days < spans[k].days {
				all[k].Values[i] += w.Editions
				break
			}
		}
	}
	sums := make([]string, len(locales))
	for i := range locales {
		sums[i] = c.Int(total(all, i))
	}
	return c.lying("waiting", c.T("dashboard.waiting"), c.T("desk.house.desc-waiting"), c.names(locales), all, sums)
}

func (c *call) statesFigure(f *pipeline.Figures) figure {
	days, counts := f.StatesByDay(func(l string) bool { return may(c.me, toRead, l) })
	var names []string
	for _, d := range days {
		names = append(names, c.shortDay(d))
	}
	var all []series
	for _, s := range edition.States() {
		one := series{Name: c.State(s), Values: make([]int, len(days))}
		any := false
		for i := range days {
			one.Values[i] = counts[i][s]
			any = any || one.Values[i] > 0
		}
		if any {
			all = append(all, one)
		}
	}
	return c.standing("states", c.T("desk.house.states"), c.T("desk.house.desc-states"), names, all)
}

// shortDay is a day and month.
func (c *call) shortDay(t time.Time) string {
	return c.Int(t.Day()) + " " + c.Profile().Month(t.Month())
}

func (c *call) times(f *pipeline.Figures, locales []string) []timeLine {
	by := map[string][]time.Duration{}
	for _, r := range f.Reviews {
		by[r.Locale] = append(by[r.Locale], r.Took)
	}
	var out []timeLine
	for _, l := range locales {
		if ds := by[l]; len(ds) > 0 {
			slices.Sort(ds)
			out = append(out, timeLine{c.Language(l), c.Int(len(ds)), c.duration(ds[len(ds)/2]), c.duration(ds[len(ds)*9/10])})
		}
	}
	return out
}

// originSeries are the origins of drafts, joined to what people ask about.
var originSeries = []struct {
	name string
	n    func(k edition.Counts) int
}{
	{"memory", func(k edition.Counts) int { return k.Exact + k.Context + k.Fuzzy }},
	{"repair", func(k edition.Counts) int { return k.Repaired }},
	{"engine", func(k edition.Counts) int { return k.Engine }},
	{"person", func(k edition.Counts) int { return k.Human }},
	{"none", func(k edition.Counts) int { return k.Untranslated }},
}

func (c *call) originsFigure(f *pipeline.Figures, locales []string) figure {
	all := make([]series, len(originSeries))
	for k, o := range originSeries {
		all[k] = series{Name: c.T("desk.house.origin." + o.name), Values: make([]int, len(locales))}
	}
	for _, s := range f.Sums {
		if i := slices.Index(locales, s.Locale); i >= 0 {
			for k, o := range originSeries {
				all[k].Values[i] += o.n(s.Counts)
			}
		}
	}
	sums := make([]string, len(locales))
	for i := range locales {
		sums[i] = c.Int(total(all, i))
	}
	return c.lying("origins", c.T("dashboard.origins"), c.T("desk.house.desc-origins"), c.names(locales), all, sums)
}

// namesFigure is by which step each engine's terms came to be right.
func (c *call) namesFigure(f *pipeline.Figures) figure {
	steps := edition.TermSteps()
	all := make([]series, len(steps))
	for k, s := range steps {
		all[k].Name = c.T("desk.house.step." + s)
	}
	var names, sums []string
	for i := range f.Report.Engines {
		e := &f.Report.Engines[i]
		for _, l := range e.Locales {
			n := 0
			for _, s := range steps {
				n += l.Terms[s]
			}
			if n == 0 || !may(c.me, toRead, l.Locale) {
				continue
			}
			names = append(names, e.Name+" · "+l.Locale)
			sums = append(sums, c.Profile().FormatPercent(100*float64(n-l.Terms[edition.TermByPerson])/float64(n), 1))
			for k, s := range steps {
				all[k].Values = append(all[k].Values, l.Terms[s])
			}
		}
	}
	return c.lying("names", c.T("dashboard.names"), c.T("desk.house.desc-names"), names, all, sums)
}

// wrong is how many of the standing words of each origin have a name that is
// not right.
func (c *call) wrong(f *pipeline.Figures, locales []string) []wrongLine {
	counts := map[string]edition.Counts{}
	for _, s := range f.Sums {
		if s.State != edition.Withdrawn {
			k := counts[s.Locale]
			k.Add(s.Counts)
			counts[s.Locale] = k
		}
	}
	wrong := map[[2]string]int{}
	for _, w := range f.Wrong {
		var k edition.Counts
		k.Count(w.Kind)
		for _, o := range originSeries {
			if o.n(k) > 0 {
				wrong[[2]string{w.Locale, o.name}] += w.Wrong
			}
		}
	}
	var out []wrongLine
	for _, l := range locales {
		for _, o := range originSeries[:4] {
			all := o.n(counts[l])
			if all == 0 {
				continue
			}
			bad := min(wrong[[2]string{l, o.name}], all)
			out = append(out, wrongLine{c.Language(l), c.T("desk.house.origin." + o.name), c.Int(bad), c.Int(all), c.Profile().FormatPercent(100*float64(all-bad)/float64(all), 1)})
		}
	}
	return out
}

func (c *call) findings(f *pipeline.Figures) []findingLine {
	all := slices.DeleteFunc(slices.Clone(f.Findings), func(x edition.FindingSum) bool { return !may(c.me, toRead, x.Locale) })
	slices.SortFunc(all, func(a, b edition.FindingSum) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Locale, b.Locale), cmp.Compare(a.Rule, b.Rule))
	})
	var out []findingLine
	for _, x := range all[:min(len(all), maxFindingLines)] {
		out = append(out, findingLine{c.Language(x.Locale), x.Rule, c.or("severity."+string(x.Severity), string(x.Severity)), string(x.Severity), c.Int(x.Count), c.Int(x.Dismissed)})
	}
	return out
}

// costFigures are the characters that engines were sent, and what they cost,
// by month.
func (c *call) costFigures(f *pipeline.Figures) (characters, cost figure) {
	var names []string
	var engines []string
	for _, m := range f.Months {
		at, err := time.Parse("2006-01", m.Month)
		if err != nil {
			continue
		}
		names = append(names, c.monthName(at))
		for _, e := range m.Engines {
			if !slices.Contains(engines, e.Engine) {
				engines = append(engines, e.Engine)
			}
		}
	}
	slices.Sort(engines)
	chars, price := make([]series, len(engines)), make([]series, len(engines))
	for k, e := range engines {
		chars[k], price[k] = series{Name: e, Values: make([]int, len(names))}, series{Name: e, Values: make([]int, len(names))}
	}
	for i, m := range f.Months {
		for _, e := range m.Engines {
			k := slices.Index(engines, e.Engine)
			chars[k].Values[i] += e.Characters
			price[k].Values[i] += int((e.Price + 5_000) / 10_000)
			if e.Currency != "" {
				price[k].Currency = e.Currency
			}
		}
	}
	return c.standing("characters", c.T("desk.house.characters"), c.T("desk.house.desc-characters"), names, chars),
		c.standing("cost", c.T("dashboard.cost"), c.T("desk.house.desc-cost"), names, price)
}
