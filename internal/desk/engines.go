package desk

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

type enginesView struct {
	frame
	Month, MonthName string
	Months           []choice
	Engines          []engineView
	Releases         []spentView
	Held             []heldView
	Total            string
}

// engineView is how one engine does.
type engineView struct {
	*words
	Name, Model      string
	Where            string
	Breaker, Word    string // closed, open, half-open, none
	Until, LastError string
	LastAt           string
	Routed           string
	Spent, Budget    string
	Percent          int
	// Over says that the month's budget is spent, Short that what is left of it
	// is too little for what was to be sent.
	Over, Short      bool
	Calls, Unknown   string
	Characters, Back string
	Locales          []engineLocaleView
	// HasTerms and HasBroke say that some language has terms or refused
	// replies, Table that the languages say more than the engine as a whole.
	HasTerms, HasBroke, Table bool
}

type engineLocaleView struct {
	Language           string
	Calls, Characters  string
	Spent              string
	Terms              string // how many were required
	Won                []string
	Right              string // percent that no person had to put right
	Broken             []string
	HasTerms, HasBroke bool
}

type spentView struct{ Title, Language, Engine, Characters, Price string }

type heldView struct{ Href, Title, Language, Why, Since string }

// shownMonths is how many months the page offers.
const shownMonths = 12

func (d *Desk) enginesPage(c *call) error {
	month := c.r.URL.Query().Get("month")
	if _, err := time.Parse("2006-01", month); month != "" && err != nil {
		return &problem{Status: http.StatusUnprocessableEntity, ID: "desk.refusal.month", Args: []any{"Month", clip(month, 20)}}
	}
	r, err := d.pipe.EngineReport(c.ctx(), month)
	if err != nil {
		return err
	}
	view := enginesView{Month: r.Month}
	now := d.pipe.Now().In(d.pipe.Zone())
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	for k := range shownMonths {
		at := first.AddDate(0, -k, 0)
		ch := choice{Tag: edition.Month(at), Name: c.monthName(at), Current: edition.Month(at) == r.Month}
		if ch.Current {
			view.MonthName = ch.Name
		}
		view.Months = append(view.Months, ch)
	}
	refused := map[string]bool{} // engines of whose budget less is left than a call may cost
	for _, x := range r.Held {
		refused[x.Hold.Engine] = refused[x.Hold.Engine] || x.Hold.Kind == edition.HoldBudget && r.Month == edition.Month(now)
	}
	for i := range r.Engines {
		e := c.engine(&r.Engines[i])
		if e.Short = refused[e.Name] && !e.Over; e.Over || e.Short {
			if r.Engines[i].Trouble.Reason == edition.TroubleBudget {
				e.LastError = "" // it is said already
			}
		}
		view.Engines = append(view.Engines, e)
	}
	for _, x := range r.Releases {
		view.Releases = append(view.Releases, spentView{x.Title, c.Language(x.Locale), x.Engine, c.Int(x.Characters), c.money(x.Price, x.Currency)})
	}
	for _, x := range r.Held {
		view.Held = append(view.Held, heldView{editionHref(x.Edition), x.Title, c.Language(x.Locale), c.held(x.Hold), c.since(x.Hold.Since)})
	}
	view.frame = c.frame("engines", c.T("desk.house.engines"))
	return c.page(http.StatusOK, "engines.html", view)
}

func (c *call) monthName(t time.Time) string {
	return c.Profile().Month(t.Month()) + " " + t.Format("2006")
}

func (c *call) engine(s *pipeline.EngineState) engineView {
	v := engineView{
		words: c.words, Name: s.Name, Model: s.Model, Breaker: s.Breaker, LastError: cmp.Or(c.trouble(s.Name, s.Trouble), s.LastError), LastAt: c.since(s.LastAt), Spent: c.money(s.Spent, s.Currency),
		Calls: c.Int(s.Calls), Characters: c.Int(s.Characters), Back: c.Int(s.CharactersOut), Over: s.OverBudget(), Where: c.T("desk.house.outside"),
	}
	if s.Local {
		v.Where = c.T("desk.house.local")
	}
	if v.Breaker == "" {
		v.Breaker = "none"
	}
	v.Word = c.or("desk.house.breaker."+v.Breaker, v.Breaker)
	if !s.Until.IsZero() {
		v.Until = c.When(s.Until)
	}
	if s.Unknown > 0 {
		v.Unknown = c.Int(s.Unknown)
	}
	if s.Budget > 0 {
		v.Budget, v.Percent = c.money(s.Budget, s.Currency), int(min(100, s.Spent*100/s.Budget))
	}
	var names []string
	for _, l := range s.Routed {
		names = append(names, c.Language(l))
	}
	v.Routed = strings.Join(names, c.T("desk.glossary.and"))
	for i := range s.Locales {
		l := c.engineLocale(&s.Locales[i], s.Currency)
		v.HasTerms, v.HasBroke = v.HasTerms || l.HasTerms, v.HasBroke || l.HasBroke
		v.Locales = append(v.Locales, l)
	}
	v.Table = len(v.Locales) > 1 || v.HasTerms || v.HasBroke
	return v
}

// since says a time, "" where there was none.
func (c *call) since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.When(t)
}

func (c *call) engineLocale(l *pipeline.EngineLocale, currency string) engineLocaleView {
	v := engineLocaleView{Language: c.Language(l.Locale), Calls: c.Int(l.Calls), Characters: c.Int(l.Characters), Spent: c.money(l.Spent, currency)}
	all := 0
	for _, step := range edition.TermSteps() {
		n := l.Terms[step]
		all += n
		if n > 0 {
			v.Won = append(v.Won, c.T("desk.house.step."+step)+" "+c.Int(n))
		}
	}
	if v.Terms = c.Int(all); all > 0 {
		v.HasTerms = true
		v.Right = c.Profile().FormatPercent(100*float64(all-l.Terms[edition.TermByPerson])/float64(all), 1)
	}
	var rules []string
	for rule := range l.Broken {
		rules = append(rules, rule)
	}
	slices.Sort(rules)
	for _, rule := range rules {
		v.Broken = append(v.Broken, c.or("desk.house.broken."+rule, rule)+" "+c.Int(l.Broken[rule]))
	}
	v.HasBroke = len(v.Broken) > 0
	return v
}
