package desk

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"slices"
	"strings"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/memory"
	"dragoman/pipeline"
)

// paneView is what is known of one segment, beside the text.
type paneView struct {
	*words
	ID, Base    int64
	No          int
	Href        string
	State       edition.TargetState
	Word        string
	ApprovedBy  string
	From, To    script
	Origin      string
	Author      string
	When        string
	Swaps       []edition.Swap
	SourceDiff  template.HTML // how the source changed, "" if it did not
	Findings    []findingView
	Dismissed   []findingView
	Terms       []termView
	Offers      []offerView
	Proposals   []proposalView
	Omitted     string
	Write       bool
	Review      bool
	AtWork      bool
	Waits       bool
	Obstacle    string // why it cannot be approved
	HasVersions bool
	Previous    string
	Next        string
	Merged      int        // the segment that says this one too
	MergedHref  string     //
	MergeNext   bool       // it can be merged with the next
	MergeFrom   *mergeInto // it can be merged with the one before
	Parts       []partView // what can be split off
	Cuts        []cutWord  // where the source can be split, nil where it cannot
	Exact       string     // the hash of the source
	Quotations  []pipeline.Quotation
	Comments    []remarkView
	Closed      []remarkView
	Form        remarkForm
}

// mergeInto is the target before one that can say it too.
type mergeInto struct{ ID, Base int64 }

// partView is a segment that was merged into another.
type partView struct{ Part, No int }

type findingView struct {
	Seq      int
	Severity edition.Severity
	Word     string
	Text     template.HTML
	Fix      template.HTML // what the certain correction changes, "" for none
	By, Why  string
}

type termView struct {
	ID, Href string
	Source   string
	Target   string // what stands in the translation, or what should
	Class    string
	Word     string
	Hint     string
}

type offerView struct {
	No     int
	Score  string
	Word   string
	Text   string        // coded
	Diff   template.HTML // against what stands
	Source template.HTML // how its source differs, "" if it does not
	InUse  bool          // it is what stands
	Swaps  []edition.Swap
	Note   string // what to mind before it is taken, "" for nothing
	Show   bool   // it is to be looked at only: its slots are still open
}

type proposalView struct {
	ID     int64
	Cause  string
	Origin string
	When   string
	Diff   template.HTML
	Decide bool // the person may
}

func (c *call) pane(v *pipeline.View, at int) (*paneView, error) {
	r := &v.Rows[at]
	t := r.Target
	from, to := scriptOf("en"), scriptOf(v.Locale)
	p := &paneView{
		words: c.words, ID: t.ID, Base: t.Standing.ID, No: t.Position + 1, Href: segmentHref(v.ID, t.Position+1), State: t.State, ApprovedBy: t.ApprovedBy,
		From: from, To: to, Omitted: t.Omitted, AtWork: v.State.AtWork(), Waits: waits(t), HasVersions: t.Standing.ID != 0,
		Origin: c.Origin(t.Standing.Origin), Swaps: t.Standing.Origin.Swaps,
	}
	p.Write = p.AtWork && may(c.me, toWrite, v.Locale)
	p.Review = p.AtWork && may(c.me, toReview, v.Locale)
	_, p.Word = c.glyph(r)
	if t.Standing.ID != 0 {
		p.Author, p.When = c.author(t.Standing.Author), c.When(t.Standing.Created)
	}
	if no := refusalOf(c.d.pipe.Config().Rules.CanApproveTarget(t, c.me.Name)); no != nil {
		p.Obstacle = c.RefusalText(no)
	}
	if r.OldSource != "" {
		p.SourceDiff = c.setDiff(from, r.Codes, r.OldSource, r.Segment.Source)
	}
	if at > 0 {
		p.Previous = segmentHref(v.ID, v.Rows[at-1].Target.Position+1)
	}
	if at+1 < len(v.Rows) {
		p.Next = segmentHref(v.ID, v.Rows[at+1].Target.Position+1)
	}
	if t.Merged() {
		p.Merged, p.MergedHref = t.Head()+1, segmentHref(v.ID, t.Head()+1)
		p.Write, p.Waits, p.HasVersions = false, false, false
		p.Review = false
	}
	if err := c.paneTalk(p, v, r); err != nil {
		return nil, err
	}
	if t.Merged() {
		return p, nil
	}
	c.paneJoins(p, v, at)
	p.Quotations = r.Quotations
	c.paneFindings(p, r)
	c.paneTerms(p, v, r)
	c.paneProposals(p, r)
	if err := c.paneOffers(p, v, at); err != nil {
		return nil, err
	}
	return p, nil
}

// paneTalk adds what was said about the segment, which the person has then
// seen.
func (c *call) paneTalk(p *paneView, v *pipeline.View, r *pipeline.Row) (err error) {
	p.Comments, p.Closed = c.remarks(v, r.Target.ID)
	p.Form = remarkForm{words: c.words, Edition: v.ID, Target: r.Target.ID, Back: p.Href, Live: true}
	if p.Form.People, err = c.colleagues(v.Locale); err != nil {
		return err
	}
	return c.see(c.ctx(), v, r.Target.ID)
}

// paneJoins says what the segment can be merged with, and what of it split.
func (c *call) paneJoins(p *paneView, v *pipeline.View, at int) {
	if !p.Write {
		return
	}
	t := v.Rows[at].Target
	for k := 1; k <= t.Joined; k++ {
		p.Parts = append(p.Parts, partView{k, t.Position + 1 + k})
	}
	if places := c.d.pipe.CutPlaces(v, t.Position); len(places) > 0 {
		p.Cuts, p.Exact = cutWords(v.Rows[at].Segment.Source, places), v.Rows[at].Segment.Exact.String()
	}
	p.MergeNext = c.d.pipe.CanMerge(v, t.Position+max(t.Joined, 0))
	if at > 0 && c.d.pipe.CanMerge(v, t.Position-1) {
		head := v.Rows[at-1].Target.Head()
		if i := slices.IndexFunc(v.Rows, func(r pipeline.Row) bool { return r.Target.Position == head }); i >= 0 {
			p.MergeFrom = &mergeInto{v.Rows[i].Target.ID, v.Rows[i].Target.Standing.ID}
		}
	}
}

func (c *call) paneFindings(p *paneView, r *pipeline.Row) {
	text := r.Target.Standing.Text
	for _, f := range r.Findings {
		fv := findingView{Seq: f.Seq, Severity: f.Severity, Word: c.T("severity." + string(f.Severity)), Text: quoted(p.To, c.FindingText(f.Finding)), By: f.DismissedBy, Why: c.told(f.DismissedWhy)}
		if f.DismissedBy != "" {
			p.Dismissed = append(p.Dismissed, fv)
			continue
		}
		if x := f.Fix; x != nil && 0 <= x.Start && x.Start <= x.End && x.End <= len(text) {
			fv.Fix = c.setDiff(p.To, r.Codes, around(text, x.Start, x.End, text[x.Start:x.End]), around(text, x.Start, x.End, x.Text))
		}
		p.Findings = append(p.Findings, fv)
	}
}

// around is a replacement with the word on either side of it, so that a
// person sees where it is.
func around(text string, start, end int, middle string) string {
	a, b := start, end
	for spaces := 0; a > 0; a-- {
		if text[a-1] == ' ' {
			if spaces++; spaces == 2 {
				break
			}
		}
	}
	for spaces := 0; b < len(text); b++ {
		if text[b] == ' ' {
			if spaces++; spaces == 2 {
				break
			}
		}
	}
	return text[a:start] + middle + text[end:b]
}

func (c *call) paneTerms(p *paneView, v *pipeline.View, r *pipeline.Row) {
	for _, t := range r.Terms {
		if t.Result == glossary.ResultInfo {
			continue
		}
		tv := termView{ID: t.ID, Href: conceptHref(t.ID, v.Locale), Source: slice(r.Segment.Source, t.Source.Start, t.Source.End), Target: t.Text, Class: verdictClass(t.Result), Hint: t.Hint}
		if tv.Target == "" {
			tv.Target = cmp.Or(t.Expected, t.Term)
		}
		tv.Word = c.or("desk.verdict."+string(t.Result), string(t.Result))
		if r.Target.Standing.ID == 0 {
			tv.Class, tv.Word = "todo", c.T("desk.verdict.open")
		}
		p.Terms = append(p.Terms, tv)
	}
}

// slice is a part of coded text without its codes; a part that is not there
// is "".
func slice(s string, start, end int) string {
	if start < 0 || end > len(s) || start >= end {
		return ""
	}
	return content.Plain(s[start:end])
}

func (c *call) paneProposals(p *paneView, r *pipeline.Row) {
	for _, pr := range r.Proposals {
		p.Proposals = append(p.Proposals, proposalView{
			ID: pr.ID, Cause: c.or("proposal."+string(pr.Cause), string(pr.Cause)), Origin: c.Origin(pr.Origin), When: c.When(pr.Created),
			Diff: c.setDiff(p.To, r.Codes, r.Target.Standing.Text, pr.Text), Decide: p.Write && (p.Review || pr.Cause != edition.ByBatch),
		})
	}
}

// score is a match's likeness, "" where its name says it or it says nothing.
func (c *call) score(m memory.Match) string {
	if m.Kind != edition.FromRepaired {
		return ""
	}
	return c.Profile().FormatPercent(float64(m.Score), 0)
}

// maxOffers is how many offers of the memory are shown: one for each figure
// key that is within reach.
const maxOffers = 5

// offersTime is how long a pane waits for the memory's index, which is being
// built for some seconds after the start; then it comes without offers.
const offersTime = 2 * time.Second

func (c *call) paneOffers(p *paneView, v *pipeline.View, at int) error {
	r := &v.Rows[at]
	q := memory.Query{Locale: v.Locale, Text: r.Segment.Source, Limit: maxOffers, All: true}
	if at > 0 {
		q.Prev = v.Rows[at-1].Segment.Norm
	}
	if at+1 < len(v.Rows) {
		q.Next = v.Rows[at+1].Segment.Norm
	}
	ctx, cancel := context.WithTimeout(c.ctx(), offersTime)
	defer cancel()
	ms, err := c.d.pipe.Lookup(ctx, q)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	for _, m := range ms {
		if slices.ContainsFunc(p.Offers, func(o offerView) bool { return o.Text == m.Target }) {
			continue
		}
		o := offerView{No: len(p.Offers) + 1, Score: c.score(m), Word: c.Origin(m.Origin()), Text: m.Target, InUse: m.Target == r.Target.Standing.Text, Swaps: m.Swaps, Note: c.offerNote(m), Show: len(m.OpenSlots()) > 0}
		o.Diff = c.setDiff(p.To, r.Codes, r.Target.Standing.Text, m.Target)
		if r.Target.Standing.ID == 0 {
			o.Diff = setText(p.To, m.Target, r.Codes, nil)
		}
		if m.Entry.Source != r.Segment.Source {
			o.Source = c.setDiff(p.From, r.Codes, m.Entry.Source, r.Segment.Source)
		}
		p.Offers = append(p.Offers, o)
	}
	return nil
}

// offerNote is what a person should know of a match before they take it.
func (c *call) offerNote(m memory.Match) string {
	switch open := m.OpenSlots(); {
	case m.Outdated:
		return c.T("desk.offers.outdated")
	case m.Ambiguous:
		return c.T("desk.offers.ambiguous")
	case len(open) > 0:
		var names []string
		for _, s := range open {
			names = append(names, cmp.Or(s.From, s.Name))
		}
		return c.T("desk.offers.template", "Slots", strings.Join(names, " · "))
	}
	return ""
}
