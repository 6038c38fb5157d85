package desk

import (
	"errors"
	"fmt"
	"hash/fnv"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// rowView is one segment beside its translation.
type rowView struct {
	*words
	ID       int64
	No       int    // counted from 1
	Stamp    string // changes whenever the row reads otherwise
	Unit     int
	Kind     content.UnitKind
	Level    int
	Source   template.HTML
	From, To script
	Text     template.HTML // "" while there is none
	Omitted  string
	Glyph    string // the one thing to know about it
	Word     string // the same in words
	Badges   []badge
	Editable bool
	Active   bool
	Typed    *edition.Typed
	Base     int64 // the standing version
	Href     string
	Editor   *editorView
	Merged   int    // the segment that says this one too, 0 for none
	Says     string // which segments it says, "" for its own only
}

// badge is a small sign under a row's text.
type badge struct{ Kind, Text string }

func (c *call) row(v *pipeline.View, r *pipeline.Row) rowView {
	t := r.Target
	row := rowView{
		words: c.words, ID: t.ID, No: t.Position + 1, Unit: r.Segment.Unit, Kind: r.Segment.Kind, Level: r.Segment.Level,
		From: scriptOf("en"), To: scriptOf(v.Locale), Omitted: t.Omitted, Typed: r.Draft, Base: t.Standing.ID,
		Editable: v.State.AtWork() && may(c.me, toWrite, v.Locale),
		Href:     segmentHref(v.ID, t.Position+1),
	}
	source, target := termMarks(r)
	row.Source = setText(row.From, r.Segment.Source, r.Codes, source)
	if t.Standing.ID != 0 {
		row.Text = setText(row.To, t.Standing.Text, r.Codes, append(target, findingMarks(r)...))
	}
	if t.Merged() {
		row.Merged, row.Text, row.Editable, row.Typed = t.Head()+1, "", false, nil
	}
	if t.Joined > 0 {
		row.Says = c.T("review.says", "From", t.Position+1, "To", t.Position+1+t.Joined)
	}
	row.Glyph, row.Word = c.glyph(r)
	row.Badges = c.badges(v, r)
	row.Stamp = stamp(r, openRemarks(v, t.ID))
	return row
}

// stamp is a short hash of all that a row shows.
func stamp(r *pipeline.Row, remarks int) string {
	t := r.Target
	h := fnv.New64a()
	fmt.Fprint(h, t.ID, t.Position, t.Standing.ID, t.State, t.Omitted, t.Errors, t.Warnings, t.ApprovedBy, r.OldSource != "", len(r.Findings), t.Joined, remarks)
	for _, p := range r.Proposals {
		fmt.Fprint(h, " ", p.ID)
	}
	return strconv.FormatUint(h.Sum64()&(1<<40-1), 36)
}

// glyph is what a row's sign shows: the gravest thing first.
func (c *call) glyph(r *pipeline.Row) (name, word string) {
	t := r.Target
	switch {
	case t.Merged():
		return "omitted", c.T("review.merged", "Segment", t.Head()+1)
	case t.Omitted != "":
		return "omitted", c.T("edition.left-out", "Reason", t.Omitted)
	case t.Errors > 0:
		return "error", c.N("queue.error-count", t.Errors)
	case t.Standing.ID == 0:
		return "initial", c.T("state.target.initial")
	case len(r.Proposals) > 0:
		return "proposal", c.N("proposal.waiting", len(r.Proposals))
	case t.State == edition.Reviewed || t.State == edition.Final:
		return string(t.State), c.T("state.target." + string(t.State))
	case t.Warnings > 0:
		return "warning", c.N("queue.warning-count", t.Warnings)
	}
	return "translated", c.T("state.target.translated")
}

// badges say what a reviewer should know before reading on: near matches,
// engines, changed sources, what was being typed.
func (c *call) badges(v *pipeline.View, r *pipeline.Row) []badge {
	var out []badge
	t := r.Target
	if r.Draft != nil && r.Draft.Text != t.Standing.Text {
		out = append(out, badge{"typed", c.T("desk.typed")})
	}
	if r.OldSource != "" {
		out = append(out, badge{"changed", c.T("desk.source-changed")})
	}
	if n := openRemarks(v, t.ID); n > 0 {
		out = append(out, badge{"comments", c.N("review.comments-open", n)})
	}
	if !waits(t) || t.Standing.ID == 0 {
		return out
	}
	switch o := t.Standing.Origin; o.Kind {
	case edition.FromFuzzy, edition.FromRepaired, edition.FromEngine, edition.FromNormalised, edition.FromOriginal:
		out = append(out, badge{string(o.Kind), c.Origin(o)})
	}
	return out
}

// termMarks ties the terms of source and target to each other.
func termMarks(r *pipeline.Row) (source, target []mark) {
	for i, t := range r.Terms {
		if t.Result == glossary.ResultInfo {
			continue
		}
		class, key := "term "+verdictClass(t.Result), strconv.Itoa(i)
		if r.Target.Standing.ID == 0 {
			class = "term" // nothing is wrong before there are words
		}
		source = append(source, mark{t.Source.Start, t.Source.End, class, key, t.ID})
		if t.End > t.Start {
			target = append(target, mark{t.Start, t.End, class, key, t.ID})
		}
	}
	return source, target
}

// verdictClass is good, fair or bad.
func verdictClass(r glossary.Result) string {
	switch {
	case r.Passed():
		return "good"
	case r == glossary.ResultFail:
		return "bad"
	}
	return "fair"
}

// findingMarks underline what open findings are about.
func findingMarks(r *pipeline.Row) []mark {
	var out []mark
	for _, f := range r.Findings {
		if f.DismissedBy == "" && f.End > f.Start && f.Severity != edition.Info {
			out = append(out, mark{Start: f.Start, End: f.End, Class: "found " + string(f.Severity)})
		}
	}
	return out
}

// editorView is the form in which a target is edited.
type editorView struct {
	*words
	ID       int64
	No       int
	Base     int64
	Text     string
	To       script
	Marks    []string // characters that keyboards lack
	Review   bool
	Saved    string // when what was being typed was saved, "" for nothing typed
	Conflict *conflictView
}

// conflictView shows two wordings of which one must be chosen, or both
// joined.
type conflictView struct {
	Who, When    string
	Mine, Theirs template.HTML // as changes of the wording that both began from
	MineText     string
	TheirsText   string
	Merged       bool // the editor holds both changes
}

func (c *call) editor(v *pipeline.View, r *pipeline.Row) (*editorView, error) {
	e := c.blankEditor(v)
	t := r.Target
	e.ID, e.No, e.Base, e.Text = t.ID, t.Position+1, t.Standing.ID, t.Standing.Text
	if r.Draft == nil || r.Draft.Text == t.Standing.Text {
		return e, nil
	}
	e.Text, e.Saved = r.Draft.Text, c.Clock(r.Draft.Saved)
	if r.Draft.Base == t.Standing.ID {
		return e, nil
	}
	return e, c.conflict(v, r, e)
}

// conflict adds what somebody else wrote meanwhile. The editor then saves
// over that; its text joins both changes where they do not touch.
func (c *call) conflict(v *pipeline.View, r *pipeline.Row, e *editorView) error {
	versions, err := c.d.pipe.History(c.ctx(), r.Target.ID)
	if err != nil {
		return err
	}
	theirs, mine := r.Target.Standing, r.Draft.Text
	base := theirs.Text // what both began from, if it is still known
	if i := slices.IndexFunc(versions, func(x edition.Version) bool { return x.ID == r.Draft.Base }); i >= 0 {
		base = versions[i].Text
	} else if r.Draft.Base == 0 {
		base = ""
	}
	to := scriptOf(v.Locale)
	e.Conflict = &conflictView{
		Who: c.author(theirs.Author), When: c.Clock(theirs.Created), MineText: mine, TheirsText: theirs.Text,
		Mine: c.setDiff(to, r.Codes, base, mine), Theirs: c.setDiff(to, r.Codes, base, theirs.Text),
	}
	if joined, ok := edition.Merge(base, mine, theirs.Text); ok {
		e.Text, e.Conflict.Merged = joined, true
	}
	return nil
}

// author names who wrote a version.
func (w *words) author(name string) string {
	if name == "" || name == edition.Machine {
		return w.T("desk.machine")
	}
	return name
}

func (c *call) blankEditor(v *pipeline.View) *editorView {
	to := scriptOf(v.Locale)
	return &editorView{words: c.words, To: to, Marks: handyMarks(to), Review: may(c.me, toReview, v.Locale)}
}

// handyMarks are the characters that a locale needs and a keyboard may lack.
func handyMarks(s script) []string {
	p := s.profile
	marks := []string{p.Quotes[0], p.Quotes[1]}
	if p.Tag == "ar" || p.Dir == "rtl" {
		marks = append(marks, p.Comma, p.Semicolon, p.Question, "ـ")
	}
	marks = append(marks, p.OpeningQuestion, p.OpeningExclamation, "–", "…", "\u00a0")
	if p.QuotePad == "\u202f" {
		marks = append(marks, "\u202f")
	}
	if p.Dir == "rtl" {
		marks = append(marks, "\u200f", "\u200e", "\u061c", "\u2068", "\u2069", "\u200c")
	}
	var out []string
	for _, m := range marks {
		if m != "" && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// MarkName says what a character is, where it cannot be seen.
func (w *words) MarkName(m string) string {
	switch m {
	case "\u00a0":
		return w.T("desk.mark.nbsp")
	case "\u202f":
		return w.T("desk.mark.nnbsp")
	case "ـ":
		return w.T("desk.mark.tatweel")
	}
	if name := unseenName(m); name != "" {
		return name + ": " + w.T("review.mark."+strings.ToLower(name))
	}
	return m
}

// MarkFace is what stands on a character's button.
func (w *words) MarkFace(m string) string {
	switch m {
	case "\u00a0":
		return "␣"
	case "\u202f":
		return "‧"
	}
	if name := unseenName(m); name != "" {
		return name
	}
	return m
}

// unseenName is the name of a character that cannot be seen, "" for one that
// can.
func unseenName(m string) string {
	for _, u := range unseen {
		if m == string(u.Char) {
			return u.Name
		}
	}
	return ""
}

func refusalOf(err error) *edition.Refusal {
	var no *edition.Refusal
	errors.As(err, &no)
	return no
}
