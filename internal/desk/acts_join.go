package desk

import (
	"strings"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/pipeline"
)

// merge has a target say the next segment too.
func (d *Desk) merge(c *call) error {
	j, err := c.onTarget(toWrite)
	if err != nil {
		return err
	}
	j.spread = true
	_, err = d.pipe.Merge(c.ctx(), c.me.Name, j.target, c.number("version"))
	return j.answer(c.T("review.done-merged"), err, false)
}

// split gives segments that were merged into a target their own place again,
// or cuts one that was never merged where the form says ("at"): after the
// words that stand before the caret, or where sentences end.
func (d *Desk) split(c *call) error {
	j, err := c.onTarget(toWrite)
	if err != nil {
		return err
	}
	j.spread = true
	f := c.r.PostForm
	text := -1
	if before := f.Get("before"); before != "" {
		t, err := d.pipe.Target(c.ctx(), j.target)
		if err != nil {
			return err
		}
		if strings.HasPrefix(t.Standing.Text, before) {
			text = len(before)
		}
	}
	if f.Has("at") {
		source, perr := content.ParseHash(f.Get("source"))
		if perr != nil {
			return errForm
		}
		j.recut = true
		_, err = d.pipe.SplitSource(c.ctx(), c.me.Name, j.target, c.number("version"), source, int(c.number("at")), text)
	} else {
		_, err = d.pipe.SplitOff(c.ctx(), c.me.Name, j.target, c.number("version"), int(c.number("part")), text)
	}
	return j.answer(c.T("review.done-split"), err, false)
}

// cutWord is a piece of a source that a split can begin with; the first is
// where it begins, At is 0.
type cutWord struct {
	At     int
	Text   string
	Likely bool // a comma, a dash or the like stands before it
}

// cutWords cuts a source where it can be split.
func cutWords(coded string, places []int) (words []cutWord) {
	from := 0
	for i, at := range append([]int{0}, places...) {
		to := len(coded)
		if i < len(places) {
			to = places[i]
		}
		w := cutWord{At: at, Text: strings.TrimSpace(content.Plain(coded[at:to]))}
		if from < at {
			last, _ := utf8.DecodeLastRuneInString(strings.TrimSpace(content.Plain(coded[from:at])))
			first, _ := utf8.DecodeRuneInString(w.Text)
			w.Likely = strings.ContainsRune(",;:.!?–—)]…”»", last) || strings.ContainsRune("–—([“«", first)
		}
		words, from = append(words, w), at
	}
	return words
}

// undo takes back the person's last act on a segment.
func (d *Desk) undo(c *call) error {
	j, err := c.onTarget(toWrite)
	if err != nil {
		return err
	}
	j.spread = true
	what, err := d.pipe.Undo(c.ctx(), c.me.Name, j.target)
	done := ""
	if err == nil {
		done = c.T("review.undone." + what)
	}
	return j.answer(done, err, false)
}

// original keeps how a quotation was first spoken.
func (d *Desk) original(c *call) error {
	j, err := c.onTarget(toWrite)
	if err != nil {
		return err
	}
	f := c.r.PostForm
	wording, done := f.Get("wording"), "review.done-original"
	switch {
	case f.Get("spoken") != "":
		wording, done = "", "review.done-spoken"
	case strings.TrimSpace(wording) == "":
		wording, done = pipeline.NothingSaid, "review.done-unsaid"
	}
	_, err = d.pipe.Original(c.ctx(), c.me.Name, j.target, c.number("version"), f.Get("quote"), wording)
	if err == nil && wording == pipeline.NothingSaid {
		v, err := d.pipe.View(c.ctx(), j.edition, c.me.Name)
		if err != nil {
			return err
		}
		for _, q := range v.Rows[j.n-1].Quotations {
			if q.Quote == f.Get("quote") && q.Wording != "" {
				done = "review.done-file" // it is not the desk's to take back
			}
		}
	}
	return j.answer(c.T(done), err, false)
}

// touched are the rows that an act on one of them can change: those that it is
// said with and its neighbours.
func touched(v *pipeline.View, at int) (from, to int) {
	head := v.Rows[at].Target.Head()
	for i := range v.Rows {
		if v.Rows[i].Target.Position == head {
			at = i
		}
	}
	to = at + max(v.Rows[at].Target.Joined, 0) + 3
	return max(at-1, 0), min(to, len(v.Rows))
}
