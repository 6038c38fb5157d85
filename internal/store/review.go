package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
)

// AddRemark keeps a remark with the people whom it names, and numbers it.
func (t *Tx) AddRemark(ctx context.Context, r *edition.Remark) error {
	id, err := t.ids(ctx, 1)
	if err != nil {
		return err
	}
	r.ID, r.Created = id, t.s.now()
	if err := t.insert(ctx, "remark", "id, edition_id, target_id, who, text, created", []any{r.ID, r.Edition, r.Target, r.Who, r.Text, micros(r.Created)}, ""); err != nil {
		return err
	}
	var rows []any
	for _, name := range r.Mentioned {
		rows = append(rows, r.ID, name, r.Edition)
	}
	return t.insert(ctx, "mention", "remark_id, person, edition_id", rows, "")
}

// Remark returns a remark of an edition, or ErrNotFound.
func (t *Tx) Remark(ctx context.Context, ed, id int64) (edition.Remark, error) {
	r, err := scanRemark(t.queryRow(ctx, remarkColumns+`WHERE r.edition_id = $1 AND r.id = $2`, ed, id))
	return r, one(err, "remark %d", id)
}

// ResolveRemark closes a remark, or opens it again where who is "".
func (t *Tx) ResolveRemark(ctx context.Context, id int64, who string) error {
	at := micros(t.s.now())
	if who == "" {
		at = 0
	}
	_, err := t.exec(ctx, `UPDATE remark SET resolved_by = $1, resolved_at = $2 WHERE id = $3`, who, at, id)
	return err
}

const remarkColumns = `SELECT r.id, r.edition_id, r.target_id, r.who, r.text, r.created, r.resolved_by, r.resolved_at FROM remark r `

func scanRemark(row scanner) (r edition.Remark, err error) {
	var created, resolved int64
	err = row.Scan(&r.ID, &r.Edition, &r.Target, &r.Who, &r.Text, &created, &r.ResolvedBy, &resolved)
	r.Created, r.Resolved = fromMicros(created), fromMicros(resolved)
	return r, err
}

// Remarks returns what was said about an edition and its segments, the oldest
// first.
func (s *Store) Remarks(ctx context.Context, ed int64) ([]edition.Remark, error) {
	rows, err := s.read.QueryContext(ctx, remarkColumns+`WHERE r.edition_id = $1 ORDER BY r.id`, ed)
	out, err := collect(rows, err, scanRemark)
	if err != nil || len(out) == 0 {
		return nil, s.sentinel(err)
	}
	by := make(map[int64]*edition.Remark, len(out))
	for i := range out {
		by[out[i].ID] = &out[i]
	}
	rows, err = s.read.QueryContext(ctx, `SELECT m.remark_id, m.person, m.seen FROM mention m JOIN remark r ON r.id = m.remark_id WHERE r.edition_id = $1 ORDER BY m.remark_id, m.person`, ed)
	err = each(rows, err, func(row scanner) error {
		var id, seen int64
		var name string
		err := row.Scan(&id, &name, &seen)
		if r := by[id]; r != nil {
			r.Mentioned = append(r.Mentioned, name)
			if seen == 0 {
				r.Unseen = append(r.Unseen, name)
			}
		}
		return err
	})
	return out, s.sentinel(err)
}

// Mentions counts the open remarks that name a person who has not seen them,
// by edition.
func (s *Store) Mentions(ctx context.Context, who string) (edition.Mentions, error) {
	out := edition.Mentions{}
	rows, err := s.read.QueryContext(ctx, `SELECT m.edition_id, count(*) FROM mention m JOIN remark r ON r.id = m.remark_id
		WHERE m.person = $1 AND m.seen = 0 AND r.resolved_at = 0 GROUP BY m.edition_id ORDER BY m.edition_id`, who)
	err = each(rows, err, func(row scanner) error {
		var ed int64
		var n int
		err := row.Scan(&ed, &n)
		out[ed] = n
		return err
	})
	return out, s.sentinel(err)
}

// SeeMentions notes that a person has seen the remarks of an edition about
// one target (0 for those about the whole) that name them. It reports whether
// there were any.
func (t *Tx) SeeMentions(ctx context.Context, who string, ed, target int64) (bool, error) {
	res, err := t.exec(ctx, `UPDATE mention SET seen = $1 WHERE person = $2 AND seen = 0 AND edition_id = $3
		AND remark_id IN (SELECT id FROM remark WHERE edition_id = $3 AND target_id = $4)`, micros(t.s.now()), who, ed, target)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// undoBody is what an act changed, as it is kept.
type undoBody struct {
	Before   []edition.Moment `json:"before"`
	After    []edition.Moment `json:"after"`
	Answered *edition.Answer  `json:"answered,omitempty"`
}

// AddUndo keeps what an act changed, and numbers it.
func (t *Tx) AddUndo(ctx context.Context, u *edition.Undo) error {
	id, err := t.ids(ctx, 1)
	if err != nil {
		return err
	}
	body, err := json.Marshal(undoBody{u.Before, u.After, u.Answered})
	if err != nil {
		return err
	}
	u.ID, u.At = id, t.s.now()
	return t.insert(ctx, "undo", "id, edition_id, who, what, body, at", []any{u.ID, u.Edition, u.Who, u.What, string(body), micros(u.At)}, "")
}

// Undos returns the newest acts of a person in an edition that were not taken
// back, the newest first.
func (t *Tx) Undos(ctx context.Context, ed int64, who string, limit int) ([]edition.Undo, error) {
	rows, err := t.query(ctx, `SELECT id, edition_id, who, what, body, at FROM undo WHERE edition_id = $1 AND who = $2 AND undone = 0 ORDER BY id DESC LIMIT $3`, ed, who, limit)
	return collect(rows, err, func(row scanner) (u edition.Undo, err error) {
		var body string
		var at int64
		if err := row.Scan(&u.ID, &u.Edition, &u.Who, &u.What, &body, &at); err != nil {
			return u, err
		}
		var b undoBody
		if err := json.Unmarshal([]byte(body), &b); err != nil {
			return u, fmt.Errorf("undo %d: %w", u.ID, err)
		}
		u.At, u.Before, u.After, u.Answered = fromMicros(at), b.Before, b.After, b.Answered
		return u, nil
	})
}

// Undone notes that an act was taken back.
func (t *Tx) Undone(ctx context.Context, id int64) error {
	_, err := t.exec(ctx, `UPDATE undo SET undone = $1 WHERE id = $2`, micros(t.s.now()), id)
	return err
}

// AddApprovals keeps who approved which words for which source.
func (t *Tx) AddApprovals(ctx context.Context, as []edition.Approval) error {
	first, err := t.ids(ctx, len(as))
	if err != nil {
		return err
	}
	rows := make([]any, 0, 7*len(as))
	for i, a := range as {
		rows = append(rows, first+int64(i), a.Edition, a.Target, a.Version, a.Who, a.Source[:], micros(t.s.now()))
	}
	return t.insert(ctx, "approval", "id, edition_id, target_id, version_id, who, source_hash, at", rows, "")
}

// Approvals returns the newest approval of each target of an edition by a
// person, by target; by anybody where who is "".
func (s *Store) Approvals(ctx context.Context, ed int64, who string) (map[int64]edition.Approval, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT target_id, version_id, who, source_hash, at FROM approval WHERE edition_id = $1 AND (who = $2 OR $2 = '') ORDER BY id`, ed, who)
	out := map[int64]edition.Approval{}
	err = each(rows, err, func(row scanner) error {
		a := edition.Approval{Edition: ed}
		var source sql.RawBytes
		var at int64
		err := row.Scan(&a.Target, &a.Version, &a.Who, &source, &at)
		a.Source, a.At = hash(source), fromMicros(at)
		out[a.Target] = a
		return err
	})
	return out, s.sentinel(err)
}

// AddWording keeps how a quotation was first spoken, and numbers it.
func (t *Tx) AddWording(ctx context.Context, w *edition.Wording) error {
	id, err := t.ids(ctx, 1)
	if err != nil {
		return err
	}
	w.ID, w.Created = id, t.s.now()
	return t.insert(ctx, "original", "id, release_id, locale, quote, wording, who, created", []any{w.ID, w.Release, w.Locale, w.Quote, w.Wording, w.Who, micros(w.Created)}, "")
}

// Wordings returns how the quotations of a release were first spoken, the
// oldest entry first.
func (s *Store) Wordings(ctx context.Context, release int64) ([]edition.Wording, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, release_id, locale, quote, wording, who, created FROM original WHERE release_id = $1 ORDER BY id`, release)
	out, err := collect(rows, err, func(row scanner) (w edition.Wording, err error) {
		var created int64
		err = row.Scan(&w.ID, &w.Release, &w.Locale, &w.Quote, &w.Wording, &w.Who, &created)
		w.Created = fromMicros(created)
		return w, err
	})
	return out, s.sentinel(err)
}

// Preference returns what a person has chosen under a name, "" for nothing.
func (s *Store) Preference(ctx context.Context, person int64, name string) (string, error) {
	var value string
	err := s.read.QueryRowContext(ctx, `SELECT value FROM preference WHERE person_id = $1 AND name = $2`, person, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, s.sentinel(err)
}

// SavePreference keeps what a person has chosen under a name.
func (t *Tx) SavePreference(ctx context.Context, person int64, name, value string) error {
	_, err := t.exec(ctx, `INSERT INTO preference (person_id, name, value) VALUES ($1, $2, $3)
		ON CONFLICT (person_id, name) DO UPDATE SET value = excluded.value`, person, name, value)
	return err
}

// KeepSource keeps a text that no segment has by itself, so that what was
// translated from it can be shown: two segments that were joined.
func (t *Tx) KeepSource(ctx context.Context, coded string) error {
	id, err := t.ids(ctx, 1)
	if err != nil {
		return err
	}
	exact, norm := content.ExactHash(coded), content.NormalisedHash(coded)
	return t.insert(ctx, "source_text", "id, hash, norm, text, terms_version", []any{id, exact[:], norm[:], coded, 0}, "ON CONFLICT (hash) DO NOTHING")
}

// StandingFindings is Store.Findings as the transaction sees it.
func (t *Tx) StandingFindings(ctx context.Context, ed int64) (map[int64][]edition.StandingFinding, error) {
	return scanFindings(t.query(ctx, findingColumns+`JOIN target t ON t.standing_id = f.version_id WHERE t.edition_id = $1 ORDER BY f.version_id, f.seq`, ed))
}

// RevisionBefore returns the number of the revision of a release that came
// before another, 0 for none.
func (s *Store) RevisionBefore(ctx context.Context, release, revision int64) (id int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT id FROM revision WHERE release_id = $1 AND number < (SELECT number FROM revision WHERE id = $2) ORDER BY number DESC LIMIT 1`, release, revision).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, s.sentinel(err)
}

// VersionsBefore returns, of each target of an edition, also those whose
// segment is gone, the words that it had at a time, by target.
func (s *Store) VersionsBefore(ctx context.Context, ed int64, at time.Time) (map[int64]edition.Version, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT v.id, v.target_id, v.text, v.origin, v.author, v.source_hash, v.created FROM version v
		JOIN target t ON t.id = v.target_id WHERE t.edition_id = $1 AND v.created < $2 ORDER BY v.id`, ed, micros(at))
	out := map[int64]edition.Version{}
	err = each(rows, err, func(row scanner) error {
		var v edition.Version
		var origin string
		var source sql.RawBytes
		var created int64
		if err := row.Scan(&v.ID, &v.Target, &v.Text, &origin, &v.Author, &source, &created); err != nil {
			return err
		}
		v.Source, v.Created = hash(source), fromMicros(created)
		if err := json.Unmarshal([]byte(origin), &v.Origin); err != nil {
			return fmt.Errorf("version %d: %w", v.ID, err)
		}
		out[v.Target] = v
		return nil
	})
	return out, s.sentinel(err)
}
