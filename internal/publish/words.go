package publish

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"
	"time"

	"dragoman/locales"
)

// words are what a page says besides the edition's own text, in one locale.
type words struct {
	*locales.Profile
	// Locale is the tag as asked for: it may say more than the profile's.
	Locale   string
	messages *locales.Localizer
}

func speak(locale string) (*words, error) {
	p, err := profile(locale)
	if err != nil {
		return nil, err
	}
	return &words{Profile: p, Locale: locale, messages: locales.NewLocalizer(p.Tag)}, nil
}

// say gives a message of the catalogue as plain text. args are names and
// values in turn.
func (w *words) say(id string, args ...any) string {
	text, _ := w.messages.Lookup(id, pairs(args))
	return text
}

// show gives a message as HTML: what runs against the text is isolated, and
// one that fell back to another language says so.
func (w *words) show(id string, args ...any) template.HTML {
	text, tag := w.messages.Lookup(id, pairs(args))
	return w.marked(text, tag)
}

// count gives a message with a number.
func (w *words) count(id string, n int) template.HTML {
	return w.marked(w.messages.N(id, n, nil), w.messages.SiteTag)
}

func (w *words) marked(text, tag string) template.HTML {
	safe := isolates.Replace(template.HTMLEscapeString(text))
	if tag == w.Tag {
		return template.HTML(safe)
	}
	tag = cmp.Or(tag, locales.SourceCatalogue)
	return template.HTML(fmt.Sprintf(`<span lang="%s" dir="auto">%s</span>`, template.HTMLEscapeString(tag), safe))
}

// isolates are the marks of plain text and what HTML has for them.
var isolates = strings.NewReplacer(locales.FSI, "<bdi>", locales.PDI, "</bdi>")

func pairs(args []any) map[string]any {
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return m
}

// attribution is the line that says whom a release comes from, "" where
// nobody knows.
func (w *words) attribution(p *Page) string {
	if p.Attribution != "" || p.Source == "" {
		return p.Attribution
	}
	line, tag := w.messages.Lookup("site.source-line", pairs([]any{"Source", p.Source}))
	if tag != w.Tag {
		return "(" + p.Source + ")" // better than the word in another language
	}
	return withoutIsolates.Replace(line)
}

// date writes a day as the locale does, "" for no day.
func (w *words) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.FormatDate(t, false)
}

// set makes plain text HTML, with runs of the other direction isolated.
func (w *words) set(s string) template.HTML {
	return template.HTML(w.IsolateRuns(withoutIsolates.Replace(s), false))
}
