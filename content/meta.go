package content

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dragoman/content/segment"
)

// The forms in which a date may be written.
var (
	dayForms  = []string{"2006-01-02", "2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006", "January 2 2006"}
	timeForms = []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05",
		"2 January 2006 15:04", "January 2, 2006 15:04"}
	zoneForms = []string{time.RFC3339, "2006-01-02 15:04 -0700", "2006-01-02 15:04 -07:00", "2006-01-02 15:04:05 -0700",
		"2006-01-02 15:04:05-07:00", "2006-01-02 15:04-07:00", "2006-01-02 15:04Z07:00", "2006-01-02T15:04Z07:00"}
)

const dateForms = `Write 2018-02-05, 2018-02-05 14:00, 2018-02-05T14:00:00+03:00, 05 February 2018 or February 5, 2018`

// parseDate reads a date, with or without a time of day; loc is the zone where
// none is named.
func parseDate(s string, loc *time.Location) (t time.Time, dayOnly bool, err error) {
	if loc == nil {
		loc = time.UTC
	}
	s = strings.Join(strings.Fields(s), " ")
	for _, f := range zoneForms {
		if t, err := time.Parse(f, s); err == nil {
			return t, false, nil
		}
	}
	for _, f := range timeForms {
		if t, err := time.ParseInLocation(f, s, loc); err == nil {
			return t, false, nil
		}
	}
	s = strings.TrimPrefix(strings.TrimPrefix(weekday.ReplaceAllString(s, ""), ","), " ")
	for _, f := range dayForms {
		if t, err := time.ParseInLocation(f, s, loc); err == nil {
			return t, true, nil
		}
	}
	return time.Time{}, false, fmt.Errorf("no date: %q", s)
}

var weekday = regexp.MustCompile(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? `)

var slugForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$`)

const slugRule = "Use the letters a to z, figures and hyphens, such as russian-airstrikes-idlib"

// maxSlug is how long a slug drawn from a title may be.
const maxSlug = 80

// slugOf draws a slug from a text: letters of ASCII (accents go), figures, and
// hyphens between words.
func slugOf(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r < 128 && alnum(byte(r)):
			b.WriteRune(r)
		case r == '\'' || r == '’' || unicode.Is(unicode.Mn, r):
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	out := strings.Trim(b.String(), "-")
	if len(out) <= maxSlug {
		return out
	}
	if i := strings.LastIndexByte(out[:maxSlug+1], '-'); i > 0 {
		return out[:i]
	}
	return out[:maxSlug]
}

// complete fills what the release does not say of itself and checks the rest.
func (d *Document) complete() *Problem {
	if d.Meta.Title == "" {
		d.Meta.Title = d.Title(nil)
	}
	if d.Meta.Source == "" {
		d.Meta.Source = d.attribution()
	}
	d.dateline()
	if d.Meta.Slug == "" {
		d.Meta.Slug = slugOf(d.Meta.Title)
	}
	if d.Meta.Slug == "" {
		base := filepath.Base(filepath.ToSlash(d.path))
		d.Meta.Slug = slugOf(strings.TrimSuffix(base, filepath.Ext(base)))
	}
	if d.Meta.Slug == "" {
		return d.problem(0, "No name for the release's files can be drawn from its title", "Give it a slug. "+slugRule)
	}
	d.checkOriginals()
	return nil
}

// checkOriginals warns of quotations that the text does not hold.
func (d *Document) checkOriginals() {
	if len(d.Meta.Originals) == 0 {
		return
	}
	var text strings.Builder
	for i := range d.Units {
		text.WriteString(Normalise(Plain(d.Units[i].coded)))
		text.WriteByte('\n')
	}
	for _, o := range d.Meta.Originals {
		if !strings.Contains(text.String(), Normalise(o.Quote)) {
			d.warn(0, fmt.Sprintf("The quotation %q of originals is not in the text", shorten(o.Quote, 60)),
				"Copy it from the text, letter by letter")
		}
	}
}

var sourceForm = regexp.MustCompile(`^\(\s*[Ss]ource:\s*(.+?)\s*\)\.?$`)
var sourceTail = regexp.MustCompile(`\(\s*[Ss]ource:\s*([^()]+?)\s*\)\.?\s*$`)

// sourceLine gives the source that a line such as "(Source: Media Department)"
// names, or "".
func sourceLine(s string) string {
	if m := sourceForm.FindStringSubmatch(strings.TrimSpace(s)); m != nil {
		return m[1]
	}
	return ""
}

var dateline = regexp.MustCompile(`^([\p{Lu}][\p{L} .'’-]{1,40}?), ((?:\d{1,2} \p{L}+|\p{L}+ \d{1,2},) \d{4})\s*(?:\([^)]*\)\s*)?[–—-]\s`)

// dateline takes place and date from the words that the lead begins with, as in
// "ISTANBUL, 15 February 2018 –", where nothing else says them.
func (d *Document) dateline() {
	if d.Meta.Place != "" && !d.Meta.Date.IsZero() {
		return
	}
	for i := range d.Units {
		if d.Units[i].Kind != KindParagraph {
			continue
		}
		m := dateline.FindStringSubmatch(Plain(d.Units[i].coded))
		if m == nil {
			return
		}
		t, day, err := parseDate(m[2], nil)
		if err != nil {
			return
		}
		if d.Meta.Place == "" {
			d.Meta.Place = placeName(m[1])
		}
		if d.Meta.Date.IsZero() {
			d.Meta.Date, d.Meta.DateOnly = t, day
		}
		return
	}
}

// placeName gives a place that is written in capitals as names are written.
func placeName(s string) string {
	if s != strings.ToUpper(s) {
		return s
	}
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		r := []rune(w)
		r[0] = unicode.ToUpper(r[0])
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// attribution finds the source that the text names at its end.
func (d *Document) attribution() string {
	for i := len(d.Units) - 1; i >= 0; i-- {
		if d.Units[i].Kind.nested() {
			continue
		}
		if m := sourceTail.FindStringSubmatch(Plain(d.Units[i].coded)); m != nil {
			return m[1]
		}
		break
	}
	return ""
}

// Title gives the title of the translation as plain text: the target of the
// unit that holds the title, or, where the release has none, one drawn from
// the lead. Without a TargetFunc it is the source's.
func (d *Document) Title(t TargetFunc) string {
	if d.title >= 0 && d.title < len(d.Units) {
		return strings.Join(strings.Fields(d.Units[d.title].words(t)), " ")
	}
	for i := range d.Units {
		if k := d.Units[i].Kind; k == KindParagraph || k == KindHeading || k == KindQuote || k == KindItem {
			return titleOf(d.Units[i].words(t))
		}
	}
	if len(d.Units) > 0 {
		return titleOf(d.Units[0].words(t))
	}
	return ""
}

// words gives the unit's target as plain text, with the words that a reader
// sees in the place of inline code and of bare addresses.
func (u *Unit) words(t TargetFunc) string {
	coded, _ := u.target(t)
	var b strings.Builder
	for _, p := range pieces(coded, u.Codes) {
		switch {
		case p.kind == Text:
			b.WriteString(p.text)
		case p.code.Type == "br":
			b.WriteByte(' ')
		case p.code.Type == "code" || p.code.Type == "url":
			b.WriteString(p.code.Display)
		}
	}
	return b.String()
}

// maxTitle is how many characters a title drawn from the lead has at most.
const maxTitle = 100

// titleOf draws a title from a lead: its first sentence without the stop, cut
// between words where it is long.
func titleOf(lead string) string {
	if s := segment.Split(sourceLanguage, lead); len(s) > 0 {
		lead = lead[s[0].Start:s[0].End]
	}
	lead = strings.Join(strings.Fields(lead), " ")
	if n := strings.TrimRight(lead, ".۔。"); len(n) == len(lead)-1 || strings.HasSuffix(lead, "۔") {
		lead = n
	}
	return shorten(lead, maxTitle)
}

// shorten cuts a text between words so that it has at most n characters.
func shorten(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	cut := n - 1
	for i := cut; i > n/2; i-- {
		if runes[i] == ' ' {
			cut = i
			break
		}
	}
	return strings.TrimRight(string(runes[:cut]), " ,;:–—-،؛") + "…"
}
