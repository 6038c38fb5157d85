package store

import (
	"context"
	"time"

	"dragoman/internal/edition"
)

const day = int64(24 * time.Hour / time.Microsecond)

const stepColumns = "edition_id, at, locale, was, became"

// noteNew records that editions have come into being.
func (t *Tx) noteNew(ctx context.Context, es []edition.Edition) error {
	rows := make([]any, 0, 5*len(es))
	for i := range es {
		rows = append(rows, es[i].ID, micros(es[i].Updated), es[i].Locale, "", string(es[i].State))
	}
	return t.insert(ctx, "edition_step", stepColumns, rows, "")
}

// Flows returns how many editions went from one state to another, by day,
// since a time.
func (s *Store) Flows(ctx context.Context, since time.Time) ([]edition.Flow, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT at / $2, locale, was, became, count(*) FROM edition_step WHERE at >= $1
		GROUP BY at / $2, locale, was, became ORDER BY 1`, micros(since), day)
	out, err := collect(rows, err, func(row scanner) (f edition.Flow, err error) {
		var d int64
		err = row.Scan(&d, &f.Locale, &f.Was, &f.Now, &f.Editions)
		f.Day = fromMicros(d * day)
		return f, err
	})
	return out, s.sentinel(err)
}

// WaitingSince returns the editions that wait for people, by locale, state and
// the day since which they have done so.
func (s *Store) WaitingSince(ctx context.Context) ([]edition.Wait, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT e.locale, e.state, e.since / $1, count(*) FROM edition e JOIN release r ON r.id = e.release_id
		WHERE e.state IN ('in_review', 'revising') AND r.removed = 0 GROUP BY e.locale, e.state, e.since / $1`, day)
	out, err := collect(rows, err, func(row scanner) (w edition.Wait, err error) {
		var d int64
		err = row.Scan(&w.Locale, &w.State, &d, &w.Editions)
		w.Since = fromMicros(d * day)
		return w, err
	})
	return out, s.sentinel(err)
}

// maxReviews bounds the approvals that ReviewTimes returns: the newest.
const maxReviews = 5000

// ReviewTimes returns the approvals since a time, each with how long the
// edition had been in review then: since it last came into it.
func (s *Store) ReviewTimes(ctx context.Context, since time.Time) ([]edition.ReviewTime, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT a.locale, a.at, (SELECT max(b.at) FROM edition_step b WHERE b.edition_id = a.edition_id AND b.at <= a.at AND b.became IN ('in_review', 'revising'))
		FROM edition_step a WHERE a.at >= $1 AND a.became = 'approved' AND a.was IN ('in_review', 'revising') ORDER BY a.at DESC LIMIT $2`, micros(since), maxReviews)
	var out []edition.ReviewTime
	err = each(rows, err, func(row scanner) error {
		var r edition.ReviewTime
		var at int64
		var from *int64
		if err := row.Scan(&r.Locale, &at, &from); err != nil {
			return err
		}
		if from != nil && *from > 0 {
			r.At, r.Took = fromMicros(at), time.Duration(at-*from)*time.Microsecond
			out = append(out, r)
		}
		return nil
	})
	return out, s.sentinel(err)
}

// FindingSums counts what the rules found in what stands, by locale and rule.
// It reads every such finding: some tenths of a second for a million targets.
func (s *Store) FindingSums(ctx context.Context) ([]edition.FindingSum, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT e.locale, f.rule, f.severity, count(*), sum(CASE WHEN f.dismissed_at > 0 THEN 1 ELSE 0 END)
		FROM finding f JOIN version v ON v.id = f.version_id JOIN target t ON t.id = v.target_id AND t.standing_id = v.id
		JOIN edition e ON e.id = t.edition_id JOIN release r ON r.id = e.release_id
		WHERE r.removed = 0 AND e.state <> 'withdrawn' AND t.position >= 0 GROUP BY e.locale, f.rule, f.severity`)
	out, err := collect(rows, err, func(row scanner) (f edition.FindingSum, err error) {
		return f, row.Scan(&f.Locale, &f.Rule, &f.Severity, &f.Count, &f.Dismissed)
	})
	return out, s.sentinel(err)
}

// WrongNames counts the standing words in which a name is not right and nobody
// has said that it may stay, by locale and where the words came from. Targets
// is left to be filled.
func (s *Store) WrongNames(ctx context.Context) ([]edition.OriginTerms, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT e.locale, v.origin_kind, count(DISTINCT t.id)
		FROM finding f JOIN version v ON v.id = f.version_id JOIN target t ON t.id = v.target_id AND t.standing_id = v.id
		JOIN edition e ON e.id = t.edition_id JOIN release r ON r.id = e.release_id
		WHERE f.rule >= 'term.' AND f.rule < 'term/' AND f.severity = 'error' AND f.dismissed_at = 0
		AND r.removed = 0 AND e.state <> 'withdrawn' AND t.position >= 0 GROUP BY e.locale, v.origin_kind`)
	out, err := collect(rows, err, func(row scanner) (o edition.OriginTerms, err error) {
		return o, row.Scan(&o.Locale, &o.Kind, &o.Wrong)
	})
	return out, s.sentinel(err)
}
