package store

import (
	"context"
	"database/sql"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
)

const memoryColumns = `SELECT m.id, m.locale, m.source, m.target, m.prev, m.next, m.origin, m.target_id, m.approver, m.confidential, m.created, m.removed FROM memory_entry m `

func scanMemory(rows *sql.Rows, err error) ([]edition.MemoryEntry, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []edition.MemoryEntry
	for rows.Next() {
		var m edition.MemoryEntry
		var prev, next sql.RawBytes
		var confidential, created, removed int64
		if err := rows.Scan(&m.ID, &m.Locale, &m.Source, &m.Target, &prev, &next, &m.Origin, &m.TargetID, &m.Approver, &confidential, &created, &removed); err != nil {
			return nil, err
		}
		m.Prev, m.Next = hash(prev), hash(next)
		m.Confidential, m.Created, m.Removed = confidential != 0, fromMicros(created), removed != 0
		out = append(out, m)
	}
	return out, rows.Err()
}

// EachMemory calls f with the entries that count, in slices, and returns the
// time from which MemorySince tells what changed meanwhile.
func (s *Store) EachMemory(ctx context.Context, f func([]edition.MemoryEntry) error) (time.Time, error) {
	since := s.now()
	for last := int64(0); ; {
		part, err := scanMemory(s.read.QueryContext(ctx, memoryColumns+`WHERE m.removed = 0 AND m.id > $1 ORDER BY m.id LIMIT 2000`, last))
		if err != nil {
			return since, s.sentinel(err)
		}
		if len(part) == 0 {
			return since, nil
		}
		if err := f(part); err != nil {
			return since, err
		}
		last = part[len(part)-1].ID
	}
}

// memoryOverlap is how far MemorySince looks back behind the time it is
// asked for: a change is stamped before its transaction commits.
const memoryOverlap = time.Minute

// MemorySince returns the entries that were added, changed or removed since
// a time, some perhaps again, and the time to ask for next.
func (s *Store) MemorySince(ctx context.Context, since time.Time) ([]edition.MemoryEntry, time.Time, error) {
	now := s.now()
	out, err := scanMemory(s.read.QueryContext(ctx, memoryColumns+`WHERE m.id IN (SELECT entry_id FROM memory_log WHERE at >= $1) ORDER BY m.id`, micros(since.Add(-memoryOverlap))))
	return out, now, s.sentinel(err)
}

// Remember adds pairs to the memory and numbers them. An entry of a target
// takes the place of what was remembered of it before.
func (t *Tx) Remember(ctx context.Context, ms []edition.MemoryEntry) error {
	if len(ms) == 0 {
		return nil
	}
	for i := range ms {
		if ms[i].TargetID == 0 {
			continue
		}
		if err := t.ForgetTarget(ctx, ms[i].TargetID); err != nil {
			return err
		}
	}
	first, err := t.ids(ctx, 2*len(ms))
	if err != nil {
		return err
	}
	now := micros(t.s.now())
	rows := make([]any, 0, 12*len(ms))
	logs := make([]any, 0, 3*len(ms))
	for i := range ms {
		m := &ms[i]
		m.ID = first + int64(i)
		if m.Created.IsZero() {
			m.Created = t.s.now()
		}
		exact := content.ExactHash(m.Source)
		rows = append(rows, m.ID, m.Locale, m.Source, m.Target, exact[:], m.Prev[:], m.Next[:], m.Origin, m.TargetID, m.Approver, flag(m.Confidential), micros(m.Created))
		logs = append(logs, first+int64(len(ms)+i), m.ID, now)
	}
	if err := t.insert(ctx, "memory_entry", "id, locale, source, target, exact, prev, next, origin, target_id, approver, confidential, created", rows, ""); err != nil {
		return err
	}
	return t.insert(ctx, "memory_log", "id, entry_id, at", logs, "")
}

// ForgetTarget takes what was remembered of a target out of the memory.
func (t *Tx) ForgetTarget(ctx context.Context, target int64) error {
	return t.forget(ctx, `target_id = $1`, target)
}

// ForgetEntry takes one entry out of the memory.
func (t *Tx) ForgetEntry(ctx context.Context, id int64) error { return t.forget(ctx, `id = $1`, id) }

func (t *Tx) forget(ctx context.Context, cond string, arg any) error {
	rows, err := t.query(ctx, `SELECT id FROM memory_entry WHERE removed = 0 AND `+cond, arg)
	if err != nil {
		return err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for _, id := range ids {
		if _, err := t.exec(ctx, `UPDATE memory_entry SET removed = 1 WHERE id = $1`, id); err != nil {
			return err
		}
		n, err := t.ids(ctx, 1)
		if err != nil {
			return err
		}
		if err := t.insert(ctx, "memory_log", "id, entry_id, at", []any{n, id, micros(t.s.now())}, ""); err != nil {
			return err
		}
	}
	return nil
}

// MemorySize counts the entries that count, by locale.
func (s *Store) MemorySize(ctx context.Context) (map[string]int, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT locale, count(*) FROM memory_entry WHERE removed = 0 GROUP BY locale`)
	if err != nil {
		return nil, s.sentinel(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var l string
		var n int
		if err := rows.Scan(&l, &n); err != nil {
			return nil, err
		}
		out[l] = n
	}
	return out, rows.Err()
}
