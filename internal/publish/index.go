package publish

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"path"
	"slices"
	"strings"
)

// PageSize is how many entries a page of an index holds. The front page,
// index.html, holds up to twice as many less one: the archive's pages count
// from the oldest entry on and are full, so that a new release changes the
// front page alone and an address once given keeps what it showed.
const PageSize = 50

// Span is the range of entries, newest first, that a page of an index holds.
type Span struct {
	// Number is the archive page's, 0 for the front page.
	Number     int
	Start, End int
}

// Spans says how total entries, newest first, fall into the pages of an
// index: the front page, then the archive from its newest page to page 1.
func Spans(total int) []Span {
	archived := max(0, total/PageSize-1)
	spans := []Span{{0, 0, total - archived*PageSize}}
	for n := archived; n > 0; n-- {
		start := total - n*PageSize
		spans = append(spans, Span{n, start, start + PageSize})
	}
	return spans
}

func (s Span) file(locale string) string {
	if s.Number == 0 {
		return path.Join(locale, "index.html")
	}
	return path.Join(locale, fmt.Sprintf("page-%d.html", s.Number))
}

// Surplus are the archive pages that a somewhat longer index had and one of
// total entries has not: to be removed after withdrawals. It names so many of
// them as a few hundred withdrawals at once can leave behind.
func Surplus(locale string, total int) []string {
	last := Spans(total)
	var names []string
	for n := range 8 {
		names = append(names, Span{Number: len(last) + n}.file(locale))
	}
	return names
}

// Index is the list of a locale's public editions.
type Index struct {
	Locale string
	// Entries are all of them, in any order, or the newest ones of Total.
	Entries []Entry
	// Total is how many there are, at least len(Entries).
	Total int
	// Locales are all that have an index, this one's among them or not.
	Locales []string
}

// Order compares entries as the lists have them: newest first, by their
// dates, then by the time of publication, then by slug.
func Order(a, b Entry) int {
	return cmp.Or(b.Date.Compare(a.Date), b.Published.Compare(a.Published), strings.Compare(a.Slug, b.Slug))
}

func (x Index) sorted() []Entry { return slices.SortedStableFunc(slices.Values(x.Entries), Order) }

// listing is the view of a page of an index.
type listing struct {
	frame
	Front        bool
	Heading      template.HTML
	Total        int
	Entries      []row
	Newer, Older string // addresses, "" at the ends
}

// Count is the number of entries in words.
func (l listing) Count() template.HTML { return l.count("site.editions", l.Total) }

type row struct {
	Href    string
	Title   template.HTML
	Entry   Entry
	Summary template.HTML
	Date    day
}

// RenderIndex gives the pages of a locale's index. Where the entries are not
// all there are, only the pages that they fill are rendered, so that the front
// page of a long list costs no more than that of a short one.
func RenderIndex(site Site, x Index) ([]File, error) {
	if err := checkLocale(x.Locale); err != nil {
		return nil, err
	}
	w, err := speak(x.Locale)
	if err != nil {
		return nil, err
	}
	entries := x.sorted()
	total := max(x.Total, len(entries))
	spans := Spans(total)
	var files []File
	for i, s := range spans {
		if s.End > len(entries) {
			break
		}
		l := listing{Total: total, Front: s.Number == 0}
		if i > 0 {
			l.Newer = path.Base(spans[i-1].file(x.Locale))
		}
		if i+1 < len(spans) {
			l.Older = path.Base(spans[i+1].file(x.Locale))
		}
		for _, e := range entries[s.Start:s.End] {
			r, err := w.row(e)
			if err != nil {
				return nil, err
			}
			l.Entries = append(l.Entries, r)
		}
		data, err := site.renderListing(w, s.file(x.Locale), l, x.Locales)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Path: s.file(x.Locale), Data: data})
	}
	return files, nil
}

func (s Site) renderListing(w *words, file string, l listing, locales []string) ([]byte, error) {
	alts, err := s.indexes(append([]string{w.Locale}, locales...))
	if err != nil {
		return nil, err
	}
	l.frame, err = s.frameOf(w, file, alts)
	if err != nil {
		return nil, err
	}
	heading := "site.latest"
	if !l.Front {
		heading = "site.archive"
		l.Alternates = nil // an archive page is nobody's translation
	}
	l.Heading = w.show(heading)
	l.Title = withoutIsolates.Replace(w.say(heading)) + " — " + l.SiteName
	l.Home, l.Feed = "index.html", "feed.xml"
	l.Card = []property{{"og:type", "website"}, {"og:site_name", l.SiteName}, {"og:title", l.Title}}
	return execute("index.html", l)
}

// indexes are the front pages of the locales, each once, in the site's order.
func (s Site) indexes(locales []string) ([]Alternate, error) {
	var all []Alternate
	for _, tag := range s.order(locales) {
		if err := checkLocale(tag); err != nil {
			return nil, err
		}
		all = append(all, Alternate{tag, path.Join(tag, "index.html")})
	}
	return all, nil
}

func (w *words) row(e Entry) (row, error) {
	file, err := Path(w.Locale, e.Slug, HTML)
	if err != nil {
		return row{}, err
	}
	e.Category = oneLine(e.Category)
	return row{
		Href:    escapePath(path.Base(file)),
		Title:   w.set(cmp.Or(oneLine(e.Title), e.Slug)),
		Summary: w.set(oneLine(e.Summary)),
		Date:    w.day(e.Date, e.DateOnly),
		Entry:   e,
	}, nil
}

// chooser is the view of the page at the root.
type chooser struct {
	frame
	Choices []link
}

// RenderRoot gives what stands at the root of the site: the page on which a
// reader picks a language and, where the site has a base URL, the sitemap
// that names the locales' own. public counts the pages of each locale that
// has any.
func RenderRoot(site Site, public map[string]int) ([]File, error) {
	locales := slices.Sorted(maps.Keys(public))
	page, err := renderChooser(site, locales)
	if err != nil {
		return nil, err
	}
	files := []File{{Path: "index.html", Data: page}}
	m, err := renderSitemapIndex(site, locales, public)
	if err != nil || m == nil {
		return files, err
	}
	return append(files, File{Path: "sitemap.xml", Data: m}), nil
}

func renderChooser(site Site, locales []string) ([]byte, error) {
	w, err := speak(site.source())
	if err != nil {
		return nil, err
	}
	alts, err := site.indexes(locales)
	if err != nil {
		return nil, err
	}
	f, err := site.frameOf(w, "index.html", alts)
	if err != nil {
		return nil, err
	}
	choices := f.Languages
	f.Title, f.Home, f.Languages = f.SiteName, "index.html", nil
	for i := range choices {
		choices[i].Current = false
	}
	for i, l := range f.Alternates {
		if l.Locale == "x-default" {
			f.Alternates[i].Href = f.Canonical // this very page
		}
	}
	return execute("root.html", chooser{frame: f, Choices: choices})
}
