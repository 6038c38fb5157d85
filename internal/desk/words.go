package desk

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"dragoman/internal/edition"
	"dragoman/locales"
)

// words speaks to one person, in one language.
type words struct {
	*locales.Localizer
	Lang, Dir string
	zone      *time.Location
	now       time.Time
}

// languageCookie keeps the desk's language, themeCookie its look.
const (
	languageCookie = "desk-language"
	themeCookie    = "desk-theme"
)

var deskTags = func() []language.Tag {
	var tags []language.Tag
	for _, tag := range deskLanguages() {
		tags = append(tags, language.MustParse(tag))
	}
	return tags
}()

// deskLanguages are the languages that the desk speaks, English first: it is
// what somebody gets who asks for none of them.
func deskLanguages() []string {
	tags := locales.DeskCatalogues()
	at := slices.Index(tags, locales.SourceCatalogue)
	return slices.Insert(slices.Delete(tags, at, at+1), 0, locales.SourceCatalogue)
}

// languageOf chooses the desk's language: the person's choice, else what the
// browser asks for.
func languageOf(r *http.Request) string {
	if c, err := r.Cookie(languageCookie); err == nil && slices.Contains(deskLanguages(), c.Value) {
		return c.Value
	}
	asked, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(asked) == 0 {
		return locales.SourceCatalogue
	}
	_, index, sure := language.NewMatcher(deskTags).Match(asked...)
	if sure == language.No {
		return locales.SourceCatalogue
	}
	return deskLanguages()[index]
}

func speak(tag string, zone *time.Location, now time.Time) *words {
	l := locales.NewLocalizer(tag)
	return &words{Localizer: l, Lang: l.Tag, Dir: l.Profile().Dir, zone: zone, now: now.In(zone)}
}

// T says a message; args are names and values in turn.
func (w *words) T(id string, args ...any) string { return w.Localizer.T(id, pairs(args)) }

// N says a message with a count.
func (w *words) N(id string, n int, args ...any) string { return w.Localizer.N(id, n, pairs(args)) }

func pairs(args []any) map[string]any {
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return m
}

// Int writes a number in the language's digits.
func (w *words) Int(n int) string { return w.Profile().FormatInt(int64(n)) }

// When says a time: the time of day alone if it is today's.
func (w *words) When(t time.Time) string {
	t = t.In(w.zone)
	clock := w.Profile().FormatTime(t)
	if sameDay(t, w.now) {
		return clock
	}
	return w.T("desk.when", "Date", w.Profile().FormatDate(t, false), "Time", clock)
}

// Local is a time as a form's field holds it, on the house's clocks; "" for
// none.
func (w *words) Local(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(w.zone).Format("2006-01-02T15:04")
}

// Day says a date, "" for none.
func (w *words) Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.Profile().FormatDate(t.In(w.zone), false)
}

// Clock says a time of day to the second.
func (w *words) Clock(t time.Time) string { return t.In(w.zone).Format("15:04:05") }

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

// Age says how long ago a time was.
func (w *words) Age(t time.Time) string {
	switch d := w.now.Sub(t); {
	case d < time.Minute:
		return w.T("age.now")
	case d < time.Hour:
		return w.N("age.minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return w.N("age.hours", int(d/time.Hour))
	default:
		return w.N("age.days", int(d/(24*time.Hour)))
	}
}

// Now is when the page was asked for.
func (w *words) Now() time.Time { return w.now }

// Machine is a time for a machine.
func (w *words) Machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Language names a language in the desk's own.
func (w *words) Language(tag string) string {
	t, err := language.Parse(tag)
	if err == nil {
		if name := display.Languages(language.MustParse(w.Lang)).Name(t); name != "" {
			return name
		}
	}
	if p, err := locales.Get(tag); err == nil {
		return p.NativeName
	}
	return tag
}

// Role names a role.
func (w *words) Role(role string) string { return w.or("desk.role."+role, role) }

// State names an edition's state.
func (w *words) State(s edition.State) string { return w.or("state.edition."+string(s), string(s)) }

// Origin says where a version came from.
func (w *words) Origin(o edition.Origin) string {
	if o.Kind == "" {
		o.Kind = edition.Untranslated
	}
	return w.T("origin."+string(o.Kind), "Score", o.Score, "Engine", o.Engine)
}

// or says a message, or what it stands for where no catalogue has it.
func (w *words) or(id, otherwise string) string {
	if text, tag := w.Lookup(id, nil); tag != "" {
		return text
	}
	return otherwise
}

// FindingText is the sentence for a finding.
func (w *words) FindingText(f edition.Finding) string {
	args := make(map[string]any, len(f.Args))
	for k, v := range f.Args {
		args[k] = v
	}
	if text, tag := w.Lookup("finding."+f.Rule, args); tag != "" {
		return text
	}
	return w.T("desk.finding-unknown", "Rule", f.Rule)
}

// RefusalText is the sentence for a refusal.
func (w *words) RefusalText(r *edition.Refusal) string {
	args := make(map[string]any, len(r.Args))
	for k, v := range r.Args {
		switch n, err := strconv.Atoi(v); {
		case k == "State" && r.Rule == "batch-state":
			args[k] = w.or("desk.batch.state."+v, v)
		case k == "State":
			args[k] = w.State(edition.State(v))
		case err == nil:
			args[k] = n
		default:
			args[k] = v
		}
	}
	for _, prefix := range []string{"refusal.", "desk.refusal."} {
		if text, tag := w.Lookup(prefix+r.Rule, args); tag != "" {
			return text
		}
	}
	return r.Text
}

// script is how a text of a locale is set on a page.
type script struct {
	Lang, Dir string
	profile   *locales.Profile
}

// scriptOf gives the setting of a locale; an unknown one is set as English.
func scriptOf(tag string) script {
	p, err := locales.Get(tag)
	if err != nil {
		p, _ = locales.Get(locales.SourceCatalogue)
		return script{Lang: tag, Dir: "ltr", profile: p}
	}
	return script{Lang: tag, Dir: p.Dir, profile: p}
}
