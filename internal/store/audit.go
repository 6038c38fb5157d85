package store

import (
	"context"
	"fmt"
	"strings"

	"dragoman/internal/edition"
)

// Audit appends acts to the audit log, each with the locale of its edition or
// target where it names none. The log's rows cannot be changed by anybody:
// the database refuses it.
func (t *Tx) Audit(ctx context.Context, acts ...edition.Act) error {
	if len(acts) == 0 {
		return nil
	}
	first, err := t.ids(ctx, len(acts))
	if err != nil {
		return err
	}
	in, err := t.localesOf(ctx, acts)
	if err != nil {
		return err
	}
	rows := make([]any, 0, 8*len(acts))
	for i, a := range acts {
		at := a.At
		if at.IsZero() {
			at = t.s.now()
		}
		if a.Locale == "" {
			a.Locale = in[subject{a.Subject, a.SubjectID}]
		}
		rows = append(rows, first+int64(i), micros(at), a.Who, a.What, a.Subject, a.SubjectID, a.Detail, a.Locale)
	}
	return t.insert(ctx, "audit", "id, at, who, what, subject, subject_id, detail, locale", rows, "")
}

type subject struct {
	kind string
	id   int64
}

// localesOf finds the locales of the editions and targets that acts name
// without saying which.
func (t *Tx) localesOf(ctx context.Context, acts []edition.Act) (map[subject]string, error) {
	ids := map[string][]int64{}
	for _, a := range acts {
		if a.Locale == "" && (a.Subject == "edition" || a.Subject == "target") {
			ids[a.Subject] = append(ids[a.Subject], a.SubjectID)
		}
	}
	out := map[subject]string{}
	for kind, wanted := range ids {
		for len(wanted) > 0 {
			n := min(len(wanted), maxRows)
			if err := t.localesIn(ctx, kind, wanted[:n], out); err != nil {
				return nil, fmt.Errorf("locales of an audit: %w", err)
			}
			wanted = wanted[n:]
		}
	}
	return out, nil
}

func (t *Tx) localesIn(ctx context.Context, kind string, ids []int64, out map[subject]string) error {
	list, args := in(1, ids, nil)
	q := `SELECT id, locale FROM edition WHERE id IN ` + list
	if kind == "target" {
		q = `SELECT t.id, e.locale FROM target t JOIN edition e ON e.id = t.edition_id WHERE t.id IN ` + list
	}
	rows, err := t.query(ctx, q, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var locale string
		if err := rows.Scan(&id, &locale); err != nil {
			return err
		}
		out[subject{kind, id}] = locale
	}
	return rows.Err()
}

// Acts returns the audit log of a subject, the newest first.
func (s *Store) Acts(ctx context.Context, subject string, id int64, limit int) ([]edition.Act, error) {
	return s.AuditLog(ctx, edition.ActFilter{Subject: subject, SubjectID: id, Limit: limit})
}

// AuditLog returns acts of the audit log, the newest first.
func (s *Store) AuditLog(ctx context.Context, f edition.ActFilter) ([]edition.Act, error) {
	var where []string
	var args []any
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		where = append(where, condition)
	}
	for _, c := range []struct{ column, value string }{{"who", f.Who}, {"what", f.What}, {"locale", f.Locale}, {"subject", f.Subject}} {
		if c.value != "" {
			add(c.column+" = ?", c.value)
		}
	}
	if f.SubjectID != 0 {
		add("subject_id = ?", f.SubjectID)
	}
	if !f.From.IsZero() {
		add("at >= ?", micros(f.From))
	}
	if !f.Before.IsZero() {
		add("at < ?", micros(f.Before))
	}
	if f.After != (edition.ActKey{}) {
		add("at <= ?", f.After.At) // the range that an index can begin at
		add("(at < ? OR id < ?)", f.After.At, f.After.ID)
	}
	q := `SELECT id, at, who, what, subject, subject_id, detail, locale FROM audit`
	if where != nil {
		q += " WHERE " + strings.Join(where, " AND ")
	}
	args = append(args, f.Limit)
	rows, err := s.read.QueryContext(ctx, q+fmt.Sprintf(" ORDER BY at DESC, id DESC LIMIT $%d", len(args)), args...)
	out, err := collect(rows, err, func(row scanner) (a edition.Act, err error) {
		var at int64
		err = row.Scan(&a.ID, &at, &a.Who, &a.What, &a.Subject, &a.SubjectID, &a.Detail, &a.Locale)
		a.At = fromMicros(at)
		return a, err
	})
	return out, s.sentinel(err)
}

// ActKinds are the different acts and subjects of the log, for choosing.
func (s *Store) ActKinds(ctx context.Context) (whats, subjects []string, err error) {
	// Each next kind is found in the index by the one before, so that the log
	// is not read through.
	for _, c := range []struct {
		column string
		to     *[]string
	}{{"what", &whats}, {"subject", &subjects}} {
		for last := ""; len(*c.to) < 500; {
			var next *string
			if err := s.read.QueryRowContext(ctx, `SELECT min(`+c.column+`) FROM audit WHERE `+c.column+` > $1`, last).Scan(&next); err != nil {
				return nil, nil, s.sentinel(err)
			}
			if next == nil {
				break
			}
			last = *next
			*c.to = append(*c.to, last)
		}
	}
	return whats, subjects, nil
}
