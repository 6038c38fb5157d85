package desk

import "dragoman/internal/edition"

// maxCorrections is how many corrections the page of a batch lists.
const maxCorrections = 200

// correctionsView is what a batch put right in public editions.
type correctionsView struct {
	Corrections     []correctionLine
	CorrectionsMore bool
	// Again says that some could not be published, and the person may have it
	// tried again.
	Again bool
}

// correctionLine is one replacement in one edition.
type correctionLine struct {
	*words
	Href, Slug, Language string
	To                   script
	Old, New             string
	Who, When            string
	Public               string // since when, "" while it is not
	Waits                string // what it waits for while it is not public
	Problem              string
}

// corrections lists what a batch put right in the languages that the person
// may read.
func (c *call) corrections(v *batchView, batch int64) error {
	cs, err := c.d.pipe.Corrections(c.ctx(), batch, 0, maxCorrections+1)
	if err != nil {
		return err
	}
	v.CorrectionsMore = len(cs) > maxCorrections
	for _, x := range cs[:min(len(cs), maxCorrections)] {
		if !may(c.me, toRead, x.Locale) {
			continue
		}
		waits := c.T("desk.correction.waits")
		if x.State == edition.Revising || x.State == edition.InReview {
			waits = c.T("desk.correction.waits-review")
		}
		l := correctionLine{words: c.words, Waits: waits, Href: segmentHref(x.Edition, 1), Slug: x.Slug, Language: c.Language(x.Locale), To: scriptOf(x.Locale), Old: x.Old, New: x.New, Who: c.author(x.By), When: c.When(x.At)}
		if l.Problem = x.Problem; x.Problem == "" && !x.Published.IsZero() {
			l.Public = c.When(x.Published)
		}
		v.Again = v.Again || l.Problem != "" && may(c.me, toKeep, "")
		v.Corrections = append(v.Corrections, l)
	}
	return nil
}
