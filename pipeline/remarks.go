package pipeline

import (
	"context"
	"strings"
	"unicode/utf8"

	"dragoman/internal/edition"
)

// maxRemark is the longest remark, in bytes.
const maxRemark = 4000

// Remark keeps what a person says about a target, or about the edition as a
// whole where target is 0. Of people, those whom the text names with an @ are
// told of it.
func (p *Pipeline) Remark(ctx context.Context, who string, ed, target int64, text string, people []string) (edition.Remark, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return edition.Remark{}, &edition.Refusal{Rule: "remark-empty", Text: "a comment needs words"}
	case len(text) > maxRemark || !utf8.ValidString(text):
		return edition.Remark{}, &edition.Refusal{Rule: "remark-long", Text: "this comment is too long: 4,000 letters are the most"}
	}
	r := edition.Remark{Edition: ed, Target: target, Who: who, Text: text, Mentioned: edition.Mentioned(text, people)}
	err := p.store.InTx(ctx, func(tx Tx) error {
		e, err := tx.Edition(ctx, ed)
		if err != nil {
			return err
		}
		act := edition.Act{Who: who, What: "comment", Subject: "edition", SubjectID: ed, Detail: text}
		if target != 0 {
			t, err := tx.Target(ctx, target)
			if err != nil {
				return err
			}
			if t.Edition != ed {
				return edition.ErrNotFound
			}
			act.Subject, act.SubjectID = "target", target
		}
		if err := tx.AddRemark(ctx, &r); err != nil {
			return err
		}
		if err := tx.SaveEdition(ctx, &e); err != nil { // those who have it open are told
			return err
		}
		return tx.Audit(ctx, act)
	})
	return r, err
}

// ResolveRemark closes a remark of an edition, or opens it again.
func (p *Pipeline) ResolveRemark(ctx context.Context, who string, ed, id int64, open bool) (edition.Remark, error) {
	var r edition.Remark
	err := p.store.InTx(ctx, func(tx Tx) error {
		e, err := tx.Edition(ctx, ed)
		if err != nil {
			return err
		}
		if r, err = tx.Remark(ctx, ed, id); err != nil {
			return err
		}
		by, what := who, "comment closed"
		if open {
			by, what = "", "comment opened"
		}
		if err := tx.ResolveRemark(ctx, id, by); err != nil {
			return err
		}
		if err := tx.SaveEdition(ctx, &e); err != nil {
			return err
		}
		return tx.Audit(ctx, edition.Act{Who: who, What: what, Subject: "edition", SubjectID: ed, Detail: r.Text})
	})
	return r, err
}

// Remarks returns what was said about an edition, the oldest first.
func (p *Pipeline) Remarks(ctx context.Context, ed int64) ([]edition.Remark, error) {
	return p.store.Remarks(ctx, ed)
}

// Mentions counts, by edition, the open remarks that name a person who has
// not seen them.
func (p *Pipeline) Mentions(ctx context.Context, who string) (edition.Mentions, error) {
	return p.store.Mentions(ctx, who)
}

// SeeMentions notes that a person has seen what was said about a target, or
// about the edition as a whole where target is 0.
func (p *Pipeline) SeeMentions(ctx context.Context, who string, ed, target int64) error {
	return p.store.InTx(ctx, func(tx Tx) error {
		_, err := tx.SeeMentions(ctx, who, ed, target)
		return err
	})
}

// Preference returns what a person has chosen under a name, "" for nothing.
func (p *Pipeline) Preference(ctx context.Context, person int64, name string) (string, error) {
	return p.store.Preference(ctx, person, name)
}

// SavePreference keeps what a person has chosen under a name.
func (p *Pipeline) SavePreference(ctx context.Context, person int64, name, value string) error {
	return p.store.InTx(ctx, func(tx Tx) error { return tx.SavePreference(ctx, person, name, value) })
}
