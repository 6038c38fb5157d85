package glossary

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Seen is one rendering of a concept in one place, as the verifier found it.
// The caller takes the rows from its store.
type Seen struct {
	Concept string // id
	Locale  string
	// Term is the listed term that the rendering is a form of, "" where none
	// was recognised; Text is what stands in the translation.
	Term, Text string
	Derived    bool   // an adjective in attributive place: another word class, no drift
	Release    string // id of the release
	Segment    int    // position in it
	Date       time.Time
	Approved   bool
	By         string // who approved it, or wrote it last
}

// rendering gives what renderings are compared by: the term, so that case
// endings and articles make no difference.
func (s *Seen) rendering() string {
	if s.Term != "" {
		return s.Term
	}
	return s.Text
}

// Rendering is one way in which a concept was rendered, and how often.
type Rendering struct {
	Text        string // the term, or the words where no term was recognised
	Listed      bool   // a term of the glossary
	Short       bool   // a part of another rendering of the drift: a short form
	Count       int
	Approved    int
	Releases    int
	First, Last time.Time
	By          []string // who approved it, sorted
	Places      []Place  // the first ones, at most ten
}

// Place is a segment of a release.
type Place struct {
	Release string
	Segment int
	Text    string // as it stands there
}

// maxPlaces is how many places a Rendering shows.
const maxPlaces = 10

// Drift is one concept rendered in different ways.
type Drift struct {
	Concept string
	Locale  string
	// Release is set where both stand in one release; "" is drift between
	// releases.
	Release    string
	Renderings []Rendering // the most frequent first, at least two
}

// FindDrift finds concepts rendered differently: first within a release, then
// between releases. Derived forms do not count. A rendering that is a part of
// another one ("الائتلاف" of "الائتلاف الوطني") is its short form, proper
// after a first mention in full: it is listed, but makes no drift.
func FindDrift(rows []Seen) []Drift {
	type key struct{ concept, locale, release string }
	within := map[key][]Seen{}
	between := map[key][]Seen{}
	for _, row := range rows {
		if row.Derived || row.rendering() == "" {
			continue
		}
		if in := (key{row.Concept, row.Locale, row.Release}); row.Release != "" {
			within[in] = append(within[in], row)
		}
		all := key{row.Concept, row.Locale, ""}
		between[all] = append(between[all], row)
	}
	var out []Drift
	add := func(groups map[key][]Seen) {
		for k, group := range groups {
			if rs := renderings(group); drifts(rs) {
				out = append(out, Drift{Concept: k.concept, Locale: k.locale, Release: k.release, Renderings: rs})
			}
		}
	}
	add(within)
	n := len(out)
	add(between)
	out = append(out[:n], slices.DeleteFunc(out[n:], func(d Drift) bool { return inOneRelease(d.Renderings) })...)
	slices.SortFunc(out, func(a, b Drift) int {
		return cmp.Or(strings.Compare(a.Concept, b.Concept), strings.Compare(a.Locale, b.Locale), strings.Compare(a.Release, b.Release))
	})
	return out
}

// inOneRelease reports whether all renderings stand in one release, so that
// the drift is within it and not between releases.
func inOneRelease(rs []Rendering) bool {
	release := rs[0].Places[0].Release
	for _, r := range rs {
		if r.Releases > 1 || r.Places[0].Release != release {
			return false
		}
	}
	return true
}

// drifts reports whether two of the renderings are more than a name and its
// short form.
func drifts(rs []Rendering) bool {
	full := 0
	for i := range rs {
		if !rs[i].Short {
			full++
		}
	}
	return full > 1
}

// LedgerEntry is all that is known of the renderings of one concept in one
// locale.
type LedgerEntry struct {
	Concept    string
	Locale     string
	Renderings []Rendering // the most frequent first
}

// Ledger lists every rendering seen of every concept: what, where, how often,
// who approved it. Derived forms are listed, too.
func Ledger(rows []Seen) []LedgerEntry {
	type key struct{ concept, locale string }
	groups := map[key][]Seen{}
	for _, row := range rows {
		k := key{row.Concept, row.Locale}
		groups[k] = append(groups[k], row)
	}
	out := make([]LedgerEntry, 0, len(groups))
	for k, group := range groups {
		out = append(out, LedgerEntry{Concept: k.concept, Locale: k.locale, Renderings: renderings(group)})
	}
	slices.SortFunc(out, func(a, b LedgerEntry) int {
		return cmp.Or(strings.Compare(a.Concept, b.Concept), strings.Compare(a.Locale, b.Locale))
	})
	return out
}

// renderings counts the different renderings in rows of one concept and
// locale.
func renderings(rows []Seen) []Rendering {
	slices.SortStableFunc(rows, func(a, b Seen) int {
		return cmp.Or(a.Date.Compare(b.Date), strings.Compare(a.Release, b.Release), a.Segment-b.Segment)
	})
	index := map[string]int{}
	releases := map[[2]string]bool{}
	var out []Rendering
	for i := range rows {
		row := &rows[i]
		k, ok := index[row.rendering()]
		if !ok {
			k = len(out)
			index[row.rendering()] = k
			out = append(out, Rendering{Text: row.rendering(), Listed: row.Term != "", First: row.Date})
		}
		r := &out[k]
		r.count(row, releases)
	}
	for i := range out {
		out[i].Short = slices.ContainsFunc(out, func(o Rendering) bool { return isPart(out[i].Text, o.Text) })
		slices.Sort(out[i].By)
	}
	slices.SortStableFunc(out, func(a, b Rendering) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Text, b.Text))
	})
	return out
}

// count adds one row.
func (r *Rendering) count(row *Seen, releases map[[2]string]bool) {
	r.Count++
	r.Last = row.Date
	if row.Approved {
		r.Approved++
		if row.By != "" && !slices.Contains(r.By, row.By) {
			r.By = append(r.By, row.By)
		}
	}
	if in := [2]string{r.Text, row.Release}; !releases[in] {
		releases[in] = true
		r.Releases++
	}
	if len(r.Places) < maxPlaces {
		r.Places = append(r.Places, Place{Release: row.Release, Segment: row.Segment, Text: row.Text})
	}
}

// isPart reports whether the words of short stand in long, in this order, and
// long has more.
func isPart(short, long string) bool {
	s, l := strings.Fields(short), strings.Fields(long)
	if len(s) >= len(l) {
		return false
	}
	for _, w := range l {
		if len(s) > 0 && s[0] == w {
			s = s[1:]
		}
	}
	return len(s) == 0
}
