package publish

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"time"
)

//go:embed templates
var templateFiles embed.FS

//go:embed style.css
var style string

// The templates hold all mark-up of the pages; html/template escapes every
// value for the place where it stands.
var templates = template.Must(template.New("").ParseFS(templateFiles, "templates/*.html"))

// contentPolicy forbids a page everything but its own style sheet and the
// pictures of its text. Structured data are not run and need no leave.
var contentPolicy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src 'self' https: data:; base-uri 'none'; form-action 'none'"
}()

// frame is what every kind of page has.
type frame struct {
	*words
	Policy      string
	Style       template.CSS
	Title       string // of the window
	Description string
	SiteName    string
	Canonical   string
	Alternates  []link
	Feed        string // "" for a page without
	Home        string // the locale's index
	Languages   []link
	Card        []property // Open Graph
	Data        any        // JSON-LD, nil for none
}

// link is a way to another page.
type link struct {
	Href    string
	Locale  string // also of x-default
	Dir     string
	Text    string
	Current bool
}

// property is an Open Graph property.
type property struct{ Name, Content string }

// Say and the like are what the templates call.
func (f frame) Say(id string, args ...any) string         { return f.say(id, args...) }
func (f frame) Show(id string, args ...any) template.HTML { return f.show(id, args...) }
func (f frame) Set(s string) template.HTML                { return f.set(s) }

// day is a date for a <time> element.
type day struct{ Machine, Text string }

func (w *words) day(t time.Time, only bool) day {
	return day{machineDate(t, only), w.date(t)}
}

// frameOf fills in a frame for the page at path; alternates are those of the
// same page in other locales.
func (s Site) frameOf(w *words, path string, alts []Alternate) (frame, error) {
	base, err := s.base()
	if err != nil {
		return frame{}, err
	}
	f := frame{
		words: w, Policy: contentPolicy, Style: template.CSS(style),
		SiteName:  s.name(w),
		Canonical: address(base, path, path),
	}
	for _, a := range alts {
		l, err := languageLink(a, w.Locale)
		if err != nil {
			return frame{}, err
		}
		l.Href = relative(path, a.Path)
		f.Languages = append(f.Languages, l)
		l.Href = address(base, path, a.Path)
		f.Alternates = append(f.Alternates, l)
	}
	if len(alts) > 0 {
		def := s.fallback(alts)
		f.Alternates = append(f.Alternates, link{Locale: "x-default", Href: address(base, path, def.Path)})
	}
	return f, nil
}

func languageLink(a Alternate, current string) (link, error) {
	p, err := profile(a.Locale)
	if err != nil {
		return link{}, err
	}
	return link{Locale: a.Locale, Dir: p.Dir, Text: p.NativeName, Current: a.Locale == current}, nil
}

// fallback is the edition for readers of none of the languages: the one in
// the source language, and where that is not public the first in the site's
// order.
func (s Site) fallback(alts []Alternate) Alternate {
	for _, a := range alts {
		if a.Locale == s.source() {
			return a
		}
	}
	return alts[0]
}

// editions are the public editions of the page's release in the site's order,
// with the page itself among them.
func (s Site) editions(p *Page, self string, alts []Alternate) []Alternate {
	paths := map[string]string{p.Locale: self}
	tags := []string{p.Locale}
	for _, a := range alts {
		if a.Locale != p.Locale {
			paths[a.Locale] = a.Path
			tags = append(tags, a.Locale)
		}
	}
	var all []Alternate
	for _, tag := range s.order(tags) {
		all = append(all, Alternate{tag, paths[tag]})
	}
	return all
}

// article is the view of an edition.
type article struct {
	frame
	Page        Page
	Body        template.HTML
	Headline    template.HTML
	Date        day
	Updated     template.HTML
	Attribution string
	Corrections []template.HTML
	Original    *link // the edition in the source language, where public
	Translated  bool
}

// RenderHTML gives the edition's page. alts are the public editions of the
// same release, by which readers and search engines get from one to the
// other; the page itself may be among them.
func RenderHTML(site Site, p Page, alts []Alternate) ([]byte, error) {
	p, err := p.clean()
	if err != nil {
		return nil, err
	}
	w, err := speak(p.Locale)
	if err != nil {
		return nil, err
	}
	path, err := Path(p.Locale, p.Slug, HTML)
	if err != nil {
		return nil, err
	}
	text, err := prepare(&p, w)
	if err != nil {
		return nil, err
	}
	editions := site.editions(&p, path, alts)
	f, err := site.frameOf(w, path, editions)
	if err != nil {
		return nil, err
	}
	f.Title = p.Title + " — " + f.SiteName
	f.Description = cmp.Or(p.Summary, shorten(text.lead, 200, w.Ellipsis))
	f.Home = "index.html"
	f.Feed = "feed.xml"
	f.Card = card(&p, &f, site)
	f.Data = describe(site, &p, &f, editions, w)
	return execute("article.html", article{
		frame: f, Page: p,
		Body:        template.HTML(text.html),
		Headline:    w.set(p.Title),
		Date:        w.day(p.Date, p.DateOnly),
		Updated:     w.updated(&p),
		Attribution: text.attribution,
		Corrections: w.corrections(&p),
		Original:    original(f.Languages, site, &p),
		Translated:  p.Locale != site.source(),
	})
}

// updated says when the text was changed after it had been published, "" if
// it was not.
func (w *words) updated(p *Page) template.HTML {
	if p.changed().IsZero() {
		return ""
	}
	return w.show("site.updated", "Date", w.date(p.changed()))
}

func (w *words) corrections(p *Page) []template.HTML {
	var all []template.HTML
	for _, c := range p.Corrections {
		if !p.Quiet {
			all = append(all, w.show("site.correction", "Date", w.date(c.Date), "What", c.said(w)))
		}
	}
	return all
}

func original(languages []link, s Site, p *Page) *link {
	for i, l := range languages {
		if l.Locale == s.source() && p.Locale != l.Locale {
			return &languages[i]
		}
	}
	return nil
}

func execute(name string, view any) ([]byte, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, view); err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	return b.Bytes(), nil
}
