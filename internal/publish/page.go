package publish

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Page is one published edition, with everything that its files need. Text is
// plain text in the edition's language unless said otherwise; what has no
// translation is better left empty than shown in another language.
type Page struct {
	Locale, Slug, Title string
	// Summary is the standfirst, "" where there is none.
	Summary, Category, Place, Author string
	// Source is whom the release comes from, as its metadata have it.
	// Attribution is the whole line that says so, "(Source: …)", where the
	// text has one; it is shown once, whether the body holds it or not.
	Source, Attribution string
	Tags                []string
	// Date is the release's date; DateOnly where it has no time of day.
	Date     time.Time
	DateOnly bool
	// Published is when this edition first became public, and Modified when
	// it was last published with another text. They come from the publication
	// log and never from the clock, so that the same edition gives the same
	// bytes. Either may be zero.
	Published, Modified time.Time
	// BodyHTML is the sanitised fragment, BodyMarkdown the text without front
	// matter; neither holds the title.
	BodyHTML, BodyMarkdown string
	// OriginalTitle is the title in the site's source language, for machines
	// that look for the work that this is a translation of. May be "".
	OriginalTitle string
	// QuotesTranslated marks the edition as one whose quotations were
	// translated although they may have been spoken in its language.
	QuotesTranslated bool
	// Corrections tell readers what was wrong, newest first; where Quiet is set
	// only machines.
	Corrections []Correction
	Quiet       bool
	// Social is the short post that goes with the edition, "" for none.
	Social string
	// Pictures are the release's own that stand beside the page.
	Pictures []Picture `json:",omitempty"`
}

// Picture is a copy of a picture beside a page. Path is relative to the page's
// folder, and tells the picture's bytes from any others; From is the file it
// was copied from, below the content folder.
type Picture struct{ Path, From string }

// Correction is what was put right after publication: What, in a sentence, or
// New in the place of Old.
type Correction struct {
	Date     time.Time
	What     string
	Old, New string
}

// said is a correction as a sentence.
func (c *Correction) said(w *words) string {
	if c.What == "" && c.Old != "" {
		return withoutIsolates.Replace(w.say("site.replaced", "Old", c.Old, "New", c.New))
	}
	return c.What
}

// Alternate is an edition of the same release that is public. Path is that of
// its HTML page, relative to the output directory.
type Alternate struct{ Locale, Path string }

// Entry is one edition in a locale's index and feed.
type Entry struct {
	Slug, Title, Summary, Category, Place string
	Date                                  time.Time
	DateOnly                              bool
	Published, Modified                   time.Time
}

// Entry is what an index shows of the page.
func (p *Page) Entry() Entry {
	return Entry{
		Slug: p.Slug, Title: p.Title, Summary: p.Summary, Category: p.Category, Place: p.Place,
		Date: p.Date, DateOnly: p.DateOnly, Published: p.Published, Modified: p.Modified,
	}
}

// The kinds of file of an edition, by their endings.
const (
	HTML     = ".html"
	Markdown = ".md"
	JSON     = ".json"
)

// longestSlug leaves room for an ending within the 255 bytes that file
// systems take.
const longestSlug = 200

// reserved are the names of a locale's own files.
var reserved = regexp.MustCompile(`(?i)^(index|feed|page-\d+|sitemap.*)$`)

// Path returns where the edition's file of a kind goes, "ar/some-slug.html".
// A slug that is no file name, or that names one of the locale's own files, is
// an error.
func Path(locale, slug, kind string) (string, error) {
	if err := checkLocale(locale); err != nil {
		return "", err
	}
	why := ""
	switch {
	case slug == "":
		why = "it is empty"
	case len(slug) > longestSlug:
		why = fmt.Sprintf("it is longer than %d bytes", longestSlug)
	case strings.HasPrefix(slug, "."):
		why = "it begins with a dot"
	case strings.ContainsAny(slug, `/\:*?"<>|%#`) || strings.ContainsFunc(slug, unprintable) || strings.TrimSpace(slug) != slug:
		why = "it holds a character that has no place in a file name"
	case reserved.MatchString(slug):
		why = "the locale's index has a file of that name"
	}
	if why != "" {
		return "", fmt.Errorf("publish: %s edition: slug %q: %s; use letters, digits and hyphens", locale, slug, why)
	}
	return path.Join(locale, slug+kind), nil
}

// folder is the form of a locale that can be a folder's name.
var folder = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func checkLocale(locale string) error {
	if !folder.MatchString(locale) {
		return fmt.Errorf("publish: locale %q: not a language tag; write it like ar or pt-BR", locale)
	}
	_, err := profile(locale)
	return err
}

func unprintable(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }

// Paths are all files of an edition, for a withdrawal.
func Paths(locale, slug string) ([]string, error) {
	var all []string
	for _, kind := range []string{Markdown, JSON, HTML} {
		p, err := Path(locale, slug, kind)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// Render gives all files of an edition, the page that links to them last.
func Render(site Site, p Page, alts []Alternate) ([]File, error) {
	renders := []struct {
		kind   string
		render func() ([]byte, error)
	}{
		{Markdown, func() ([]byte, error) { return RenderMarkdown(site, p) }},
		{JSON, func() ([]byte, error) { return RenderJSON(site, p, alts) }},
		{HTML, func() ([]byte, error) { return RenderHTML(site, p, alts) }},
	}
	var files []File
	for _, r := range renders {
		name, err := Path(p.Locale, p.Slug, r.kind)
		if err != nil {
			return nil, err
		}
		data, err := r.render()
		if err != nil {
			return nil, err
		}
		files = append(files, File{Path: name, Data: data})
	}
	return files, nil
}

// clean returns the page with each line of metadata on one line and without
// the characters that no file format takes.
func (p Page) clean() (Page, error) {
	if _, err := Path(p.Locale, p.Slug, HTML); err != nil {
		return p, err
	}
	for _, s := range []*string{
		&p.Title, &p.Summary, &p.Category, &p.Place, &p.Author, &p.Source, &p.Attribution, &p.OriginalTitle, &p.Social,
	} {
		*s = oneLine(*s)
	}
	p.Corrections = slices.Clone(p.Corrections)
	for i := range p.Corrections {
		c := &p.Corrections[i]
		c.What, c.Old, c.New = oneLine(c.What), oneLine(c.Old), oneLine(c.New)
	}
	p.Tags = slices.Clone(p.Tags)
	for i := range p.Tags {
		p.Tags[i] = oneLine(p.Tags[i])
	}
	p.Tags = slices.DeleteFunc(p.Tags, func(s string) bool { return s == "" })
	p.BodyHTML, p.BodyMarkdown = legible(p.BodyHTML), legible(p.BodyMarkdown)
	if p.Title == "" {
		return p, fmt.Errorf("publish: %s/%s: the edition has no title; give the release one and translate it", p.Locale, p.Slug)
	}
	return p, nil
}

// changed is when the edition was published with another text than at first,
// zero if it never was.
func (p *Page) changed() time.Time {
	if p.Published.IsZero() || !p.Modified.After(p.Published) {
		return time.Time{}
	}
	return p.Modified
}

// modified is when the public text was last another one.
func (p *Page) modified() time.Time {
	if t := p.changed(); !t.IsZero() {
		return t
	}
	return p.Published
}

// oneLine folds ASCII white space, and no other: a no-break space is part of
// the typography.
func oneLine(s string) string {
	fields := strings.FieldsFunc(legible(s), func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' })
	return strings.Join(fields, " ")
}

// legible makes s valid UTF-8 without control characters other than tabs and
// line ends.
func legible(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' {
			return -1
		}
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// machineDate writes a date for a datetime attribute and the like.
func machineDate(t time.Time, only bool) string {
	switch {
	case t.IsZero():
		return ""
	case only:
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}
