package pipeline

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/internal/edition"
)

// quoteKey is what tells quotations of one release and locale apart.
type quoteKey struct{ locale, quote string }

// NothingSaid, in the place of a wording, takes back what the desk said of a
// quotation: what the release's own file says counts again. Nobody can give it
// as a wording, since wordings have no space at their ends.
const NothingSaid = " "

// hear takes up how the desk says that quotations were first spoken. What the
// desk says counts before the release's own file, the newest entry first.
func (d *document) hear(ws []edition.Wording) {
	if d.spoken == nil {
		d.given = d.doc.Meta.Originals
	}
	d.heard, d.spoken = ws, map[quoteKey]bool{}
	seen := map[quoteKey]bool{}
	var fromDesk []content.Original
	for i := len(ws) - 1; i >= 0; i-- {
		k := quoteKey{ws[i].Locale, bareQuote(ws[i].Quote)}
		if seen[k] {
			continue
		}
		seen[k] = true
		d.spoken[k] = ws[i].Wording == ""
		if ws[i].Wording != "" && ws[i].Wording != NothingSaid {
			fromDesk = append(fromDesk, content.Original{Quote: ws[i].Quote, Wording: map[string]string{ws[i].Locale: ws[i].Wording}})
		}
	}
	d.doc.Meta.Originals = append(fromDesk, d.given...)
}

// wordingOf is how words in quotation marks were first spoken in a locale, ""
// where that is not known.
func (d *document) wordingOf(locale, quote string) string {
	said := bareQuote(quote)
	if said == "" || d.spoken[quoteKey{locale, said}] {
		return ""
	}
	for _, o := range d.doc.Meta.Originals {
		if w := o.Wording[locale]; w != "" && bareQuote(o.Quote) == said {
			return w
		}
	}
	return ""
}

// quotation finds what a translation says otherwise than it was first said,
// and what it had to translate back.
func (dr *drafter) quotation(i int, text string) []edition.Finding {
	seg := &dr.d.segs[i]
	locale := dr.locale.Tag
	quotes := edition.Quotations(seg.Source)
	if dr.d.wordingOf(locale, seg.Source) != "" || dr.d.spoken[quoteKey{locale, bareQuote(seg.Source)}] {
		quotes = []edition.Span{{Start: 0, End: len(seg.Source)}}
	}
	in := edition.Quotations(text)
	var fs []edition.Finding
	for n, q := range quotes {
		quote := seg.Source[q.Start:q.End]
		f := edition.Finding{Severity: edition.Warning, SourceStart: q.Start, SourceEnd: q.End}
		w := dr.d.wordingOf(locale, quote)
		switch {
		case w != "" && strings.Contains(bareQuote(text), bareQuote(w)):
			continue
		case w != "":
			f.Rule, f.Args = "quotation.original", map[string]string{"Expected": w}
			if len(in) == len(quotes) {
				f.Start, f.End = in[n].Start, in[n].End
				f.Fix = &edition.Fix{Start: f.Start, End: f.End, Text: content.Escape(w)}
			}
		case dr.d.spoken[quoteKey{locale, bareQuote(quote)}]:
			f.Rule = "quotation.back-translated"
		default:
			continue
		}
		fs = append(fs, f)
	}
	return fs
}

// Quotation is a quotation of a segment with its wording as first spoken.
type Quotation struct {
	Quote   string // in the source's language, as plain text
	Wording string // in the edition's language, "" where it is not known
	// Spoken says that it was first spoken in the edition's language, though
	// nobody has the wording.
	Spoken bool
}

// quotations lists what a reviewer can give the original wording of: the
// quotations of a segment, or all of it where it is one, or part of one.
func (d *document) quotations(locale string, seg *edition.Segment) []Quotation {
	of := func(quote string) Quotation {
		quote = content.Plain(quote)
		return Quotation{quote, d.wordingOf(locale, quote), d.spoken[quoteKey{locale, bareQuote(quote)}]}
	}
	if all := of(seg.Source); all.Wording != "" || all.Spoken || seg.Kind == content.KindQuote {
		return []Quotation{all}
	}
	var out []Quotation
	for _, q := range edition.Quotations(seg.Source) {
		out = append(out, of(seg.Source[q.Start:q.End]))
	}
	return out
}

// Original keeps how a quotation of a target's segment was first spoken in
// its locale. Where the segment is nothing else, the wording becomes what
// stands; else what stands is examined again. Without a wording it is only
// noted that the words were spoken in that language; NothingSaid takes back
// what was kept.
func (p *Pipeline) Original(ctx context.Context, who string, target, version int64, quote, wording string) (*edition.Target, error) {
	if wording != NothingSaid {
		var err error
		if wording, err = cleanText(wording); err != nil {
			return nil, err
		}
	}
	if bareQuote(quote) == "" || len(quote) > maxTarget || !utf8.ValidString(quote) {
		return nil, &edition.Refusal{Rule: "quotation", Text: "say which words of the source are the quotation"}
	}
	return p.change(ctx, target, func(tx Tx, dr *drafter, t *edition.Target, e *edition.Edition) error {
		seg := &dr.d.segs[t.Position]
		if t.Standing.ID != version {
			return dr.stale(t, "")
		}
		if !strings.Contains(bareQuote(seg.Source), bareQuote(quote)) {
			return &edition.Refusal{Rule: "quotation", Text: "these words are not in the source of this segment"}
		}
		said := quoteKey{e.Locale, bareQuote(quote)}
		if wording == NothingSaid && !dr.d.spoken[said] && dr.d.wordingOf(e.Locale, quote) == "" {
			return &edition.Refusal{Rule: "quotation-empty", Text: "write how it was first spoken, or say that the wording is not at hand"}
		}
		w := edition.Wording{Release: e.Release, Locale: e.Locale, Quote: content.Normalise(quote), Wording: wording, Who: who}
		if err := tx.AddWording(ctx, &w); err != nil {
			return err
		}
		dr.d.hear(append(slices.Clip(dr.d.heard), w))
		if err := dr.followOriginal(ctx, tx, t, who); err != nil {
			return err
		}
		return changed(ctx, tx, e, edition.Act{Who: who, What: "original", Subject: "target", SubjectID: target, Detail: wording})
	})
}

// followOriginal puts a wording as first spoken in the place of what stands,
// where it is all of the segment, or examines what stands anew.
func (dr *drafter) followOriginal(ctx context.Context, tx Tx, t *edition.Target, who string) error {
	seg := &dr.d.segs[t.Position]
	if w := dr.original(seg); w != "" && w != t.Standing.Text {
		dr.did(who, "original")
		v := dr.version(t, w, edition.Origin{Kind: edition.FromOriginal, Score: 100}, who)
		if err := saveStanding(ctx, tx, []*edition.Target{t}, []*edition.Version{v}); err != nil {
			return err
		}
		return settleProposals(ctx, tx, t, who)
	}
	if t.Standing.ID == 0 {
		return nil
	}
	have, err := tx.FindingsOf(ctx, t.Standing.ID)
	if err != nil {
		return err
	}
	if err := tx.PutFindings(ctx, map[int64][]edition.StandingFinding{t.Standing.ID: answered(dr.examine(t.Position, t.Standing.Text, t.Standing.Origin), have)}); err != nil {
		return err
	}
	return weigh(ctx, tx, t)
}

// answered gives findings the answers that people gave to the same ones, and
// keeps those that are found in the edition as a whole.
func answered(found []edition.Finding, have []edition.StandingFinding) []edition.StandingFinding {
	var out []edition.StandingFinding
	for _, f := range found {
		sf := edition.StandingFinding{Finding: f}
		for _, h := range have {
			if h.Rule == f.Rule && h.Start == f.Start && h.End == f.End && h.DismissedBy != "" {
				sf.DismissedBy, sf.DismissedWhy = h.DismissedBy, h.DismissedWhy
			}
		}
		out = append(out, sf)
	}
	for _, h := range have {
		if wholeRules[h.Rule] {
			out = append(out, h)
		}
	}
	for i := range out {
		out[i].Seq = i
	}
	return out
}
