package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
)

const memoryColumns = `SELECT m.id, m.locale, m.source, m.target, m.prev, m.next, m.origin, m.target_id, m.approver,
	m.release_id, m.edition_id, m.engine, m.glossary, m.confidential, m.created, m.removed FROM memory_entry m `

func scanMemory(rows *sql.Rows, err error) ([]edition.MemoryEntry, error) {
	return collect(rows, err, func(row scanner) (m edition.MemoryEntry, err error) {
		var prev, next sql.RawBytes
		var confidential, created, removed int64
		if err := row.Scan(&m.ID, &m.Locale, &m.Source, &m.Target, &prev, &next, &m.Origin, &m.TargetID, &m.Approver,
			&m.Release, &m.Edition, &m.Engine, &m.Glossary, &confidential, &created, &removed); err != nil {
			return m, err
		}
		m.Prev, m.Next = hash(prev), hash(next)
		m.Confidential, m.Created, m.Removed = confidential != 0, fromMicros(created), removed != 0
		return m, nil
	})
}

// memoryPage is how many entries are read at a time.
const memoryPage = 2000

// EachMemory calls f with the entries that count, in slices in the order of
// their numbers, and returns the mark from which MemoryChanges tells what
// changed meanwhile.
func (s *Store) EachMemory(ctx context.Context, f func([]edition.MemoryEntry) error) (edition.MemoryMark, error) {
	mark := edition.MemoryMark{Since: s.now()}
	return mark, s.eachMemory(ctx, 0, 1<<62, ` AND m.removed = 0`, f)
}

// eachMemory reads the entries numbered first to last, in slices.
func (s *Store) eachMemory(ctx context.Context, first, last int64, cond string, f func([]edition.MemoryEntry) error) error {
	for first <= last {
		part, err := scanMemory(s.read.QueryContext(ctx, memoryColumns+`WHERE m.id >= $1 AND m.id <= $2`+cond+` ORDER BY m.id LIMIT $3`, first, last, memoryPage))
		if err != nil {
			return s.sentinel(err)
		}
		if len(part) == 0 {
			return nil
		}
		if err := f(part); err != nil {
			return err
		}
		first = part[len(part)-1].ID + 1
	}
	return nil
}

// memoryOverlap is how far MemoryChanges looks back behind the time at which
// it looked last: longer than any transaction lasts, and than the clocks of
// two machines differ.
const memoryOverlap = 15 * time.Minute

// MemoryChanges calls f with the entries that were added, changed or removed
// since the mark, in slices, and moves the mark on. An entry that changed
// twice may come once, as it is now. At an error the mark stays, so that all
// comes again. edition.ErrBehind says that the mark is older than what is
// kept of the log: begin again with EachMemory.
func (s *Store) MemoryChanges(ctx context.Context, mark *edition.MemoryMark, f func([]edition.MemoryEntry) error) error {
	now := s.now()
	fresh, runs, err := s.memoryLog(ctx, mark)
	if err != nil {
		return s.sentinel(err)
	}
	if late, err := s.behind(ctx, mark); late || err != nil { // asked after the log was read
		return cmp.Or(err, edition.ErrBehind)
	}
	for _, r := range runs {
		if err := s.eachMemory(ctx, r[0], r[1], "", f); err != nil {
			return err
		}
	}
	if mark.Seen == nil {
		mark.Seen = map[int64]int64{}
	}
	mark.Since = now
	for id, at := range mark.Seen {
		if at < micros(now.Add(-memoryOverlap)) {
			delete(mark.Seen, id)
		}
	}
	for id, at := range fresh {
		mark.Seen[id] = at
	}
	return nil
}

// memoryLog reads the rows of the log that are not below the mark: their
// times, and the runs of entries that they name, joined.
func (s *Store) memoryLog(ctx context.Context, mark *edition.MemoryMark) (fresh map[int64]int64, runs [][2]int64, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, entry_id, last_id, at FROM memory_log WHERE at >= $1 ORDER BY entry_id, last_id`, micros(mark.Since.Add(-memoryOverlap)))
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	fresh = map[int64]int64{}
	for rows.Next() {
		var id, first, last, at int64
		if err := rows.Scan(&id, &first, &last, &at); err != nil {
			return nil, nil, err
		}
		if _, seen := mark.Seen[id]; seen {
			continue
		}
		fresh[id] = at
		if n := len(runs); n > 0 && first <= runs[n-1][1]+1 {
			runs[n-1][1] = max(runs[n-1][1], last)
		} else {
			runs = append(runs, [2]int64{first, last})
		}
	}
	return fresh, runs, rows.Err()
}

// memoryRun numbers the run of ids that an entry is of. The index of exact
// texts begins with it. An index of hashes alone grows in all places at once,
// so that every new row costs a page of it: by a million rows an import falls
// to a third of its pace. This one grows within its last run only, which
// stays in the cache, and a look-up asks once in each run.
func memoryRun(id int64) int64 { return id >> 16 }

// MemoryExact returns the entries that count of an exact source text, in all
// locales.
func (s *Store) MemoryExact(ctx context.Context, source string) ([]edition.MemoryEntry, error) {
	exact := content.ExactHash(source)
	ms, err := scanMemory(s.read.QueryContext(ctx, `WITH RECURSIVE runs(n) AS (
			SELECT min(run) FROM memory_entry
			UNION ALL SELECT (SELECT min(e.run) FROM memory_entry e WHERE e.run > runs.n) FROM runs WHERE runs.n IS NOT NULL)
		`+memoryColumns+`JOIN runs ON m.run = runs.n WHERE m.exact = $1 AND m.removed = 0 ORDER BY m.id`, exact[:]))
	return slices.DeleteFunc(ms, func(m edition.MemoryEntry) bool { return m.Source != source }), s.sentinel(err)
}

// MemoryEntries returns entries by their numbers, the removed ones too; what
// is not there is left out.
func (s *Store) MemoryEntries(ctx context.Context, ids []int64) ([]edition.MemoryEntry, error) {
	var out []edition.MemoryEntry
	for part := range slices.Chunk(ids, 512) {
		list, args := in(1, part, nil)
		ms, err := scanMemory(s.read.QueryContext(ctx, memoryColumns+`WHERE m.id IN `+list+` ORDER BY m.id`, args...))
		if err != nil {
			return nil, s.sentinel(err)
		}
		out = append(out, ms...)
	}
	return out, nil
}

// Remember adds pairs to the memory and numbers them. An entry of a target
// takes the place of what was remembered of it before, and of what it
// corrects:
//   - the entry whose words the target was given for this very source, if
//     other words were approved in their place;
//   - other words for the same source that an earlier revision of the same
//     edition had, in a segment that is gone.
//
// Other words that another release has for the same source are no mistake of
// that release: both stay, and look-ups call them ambiguous.
func (t *Tx) Remember(ctx context.Context, ms []edition.MemoryEntry) error {
	if len(ms) == 0 {
		return nil
	}
	corrected, err := t.corrected(ctx, ms)
	if err != nil {
		return err
	}
	var targets []int64
	for i := range ms {
		if ms[i].TargetID != 0 {
			targets = append(targets, ms[i].TargetID)
		}
	}
	for part := range slices.Chunk(targets, 512) {
		list, args := in(1, part, nil)
		if err := t.forget(ctx, `target_id > 0 AND target_id IN `+list, args...); err != nil {
			return err
		}
	}
	if err := t.addMemory(ctx, ms); err != nil {
		return err
	}
	var acts []edition.Act
	for id, m := range corrected {
		if err := t.forget(ctx, `id = $1`, id); err != nil {
			return err
		}
		acts = append(acts, edition.Act{Who: m.Approver, What: "correct", Subject: "memory", SubjectID: id, Detail: fmt.Sprintf("by entry %d", m.ID)})
	}
	return t.Audit(ctx, acts...)
}

// addMemory writes entries, with one row of the log for all.
func (t *Tx) addMemory(ctx context.Context, ms []edition.MemoryEntry) error {
	first, err := t.ids(ctx, len(ms)+1)
	if err != nil {
		return err
	}
	now := t.s.now()
	rows := make([]any, 0, 17*len(ms))
	for i := range ms {
		m := &ms[i]
		m.ID = first + int64(i)
		if m.Created.IsZero() {
			m.Created = now
		}
		exact := content.ExactHash(m.Source)
		rows = append(rows, m.ID, m.Locale, m.Source, m.Target, exact[:], m.Prev[:], m.Next[:], m.Origin, m.TargetID, m.Approver,
			m.Release, m.Edition, m.Engine, m.Glossary, flag(m.Confidential), micros(m.Created), memoryRun(m.ID))
	}
	if err := t.insert(ctx, "memory_entry", "id, locale, source, target, exact, prev, next, origin, target_id, approver, release_id, edition_id, engine, glossary, confidential, created, run", rows, ""); err != nil {
		return err
	}
	last := first + int64(len(ms)) - 1
	return t.insert(ctx, "memory_log", "id, entry_id, last_id, at", []any{last + 1, first, last, micros(now)}, "")
}

// corrected finds the entries that pairs of targets correct, with the pair
// that takes the place of each.
func (t *Tx) corrected(ctx context.Context, ms []edition.MemoryEntry) (map[int64]*edition.MemoryEntry, error) {
	out := map[int64]*edition.MemoryEntry{}
	byTarget, editions := map[int64]*edition.MemoryEntry{}, map[int64]bool{}
	type pair struct{ locale, source, target string }
	standing := map[pair]bool{}
	bySource := map[pair]*edition.MemoryEntry{}
	var targets []int64
	for i := range ms {
		m := &ms[i]
		if m.TargetID == 0 {
			continue
		}
		byTarget[m.TargetID], editions[m.Edition] = m, true
		targets = append(targets, m.TargetID)
		standing[pair{m.Locale, m.Source, m.Target}] = true
		bySource[pair{m.Locale, m.Source, ""}] = m
	}
	take := func(have []edition.MemoryEntry, by func(edition.MemoryEntry) *edition.MemoryEntry) {
		for _, h := range have {
			m := by(h)
			if m != nil && m.Locale == h.Locale && m.Source == h.Source && !standing[pair{h.Locale, h.Source, h.Target}] {
				out[h.ID] = m
			}
		}
	}
	for part := range slices.Chunk(targets, 512) {
		used, err := t.memoryUsed(ctx, part)
		if err != nil {
			return nil, err
		}
		ids := make([]int64, 0, len(used))
		for id := range used {
			ids = append(ids, id)
		}
		have, err := t.memoryWhere(ctx, `m.id IN `, ids)
		if err != nil {
			return nil, err
		}
		take(have, func(h edition.MemoryEntry) *edition.MemoryEntry {
			if byTarget[h.TargetID] != nil {
				return nil // its own target's pair takes its place
			}
			return byTarget[used[h.ID]]
		})
	}
	for ed := range editions {
		if ed == 0 {
			continue
		}
		have, err := t.memoryWhere(ctx, `m.target_id > 0 AND m.target_id IN (SELECT id FROM target WHERE edition_id = $1) AND m.edition_id IN `, []int64{ed})
		if err != nil {
			return nil, err
		}
		take(have, func(h edition.MemoryEntry) *edition.MemoryEntry {
			if byTarget[h.TargetID] != nil {
				return nil
			}
			return bySource[pair{h.Locale, h.Source, ""}]
		})
	}
	return out, nil
}

func (t *Tx) memoryWhere(ctx context.Context, cond string, values []int64) ([]edition.MemoryEntry, error) {
	if len(values) == 0 {
		return nil, nil
	}
	list, args := in(1, values, nil)
	return scanMemory(t.query(ctx, memoryColumns+`WHERE m.removed = 0 AND `+cond+list, args...))
}

// memoryUsed gives the entries whose words targets were given for the very
// text that they had, with the target of each.
func (t *Tx) memoryUsed(ctx context.Context, targets []int64) (map[int64]int64, error) {
	list, args := in(1, targets, nil)
	rows, err := t.query(ctx, `SELECT target_id, origin FROM version WHERE origin_kind IN ('context', 'exact') AND target_id IN `+list, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	used := map[int64]int64{}
	for rows.Next() {
		var target int64
		var origin string
		if err := rows.Scan(&target, &origin); err != nil {
			return nil, err
		}
		var o edition.Origin
		if err := json.Unmarshal([]byte(origin), &o); err != nil {
			return nil, fmt.Errorf("origin of a version of target %d: %w", target, err)
		}
		if o.Entry != 0 {
			used[o.Entry] = target
		}
	}
	return used, rows.Err()
}

// ForgetTarget takes what was remembered of a target out of the memory.
func (t *Tx) ForgetTarget(ctx context.Context, target int64) error {
	return t.forget(ctx, `target_id > 0 AND target_id = $1`, target)
}

// ForgetEdition takes what was remembered of all targets of an edition out of
// the memory, also of those whose segment is gone.
func (t *Tx) ForgetEdition(ctx context.Context, ed int64) error {
	return t.forget(ctx, `target_id > 0 AND target_id IN (SELECT id FROM target WHERE edition_id = $1)`, ed)
}

// ForgetEntry takes one entry out of the memory.
func (t *Tx) ForgetEntry(ctx context.Context, id int64) error { return t.forget(ctx, `id = $1`, id) }

func (t *Tx) forget(ctx context.Context, cond string, args ...any) error {
	rows, err := t.query(ctx, `SELECT id FROM memory_entry WHERE removed = 0 AND `+cond, args...)
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
	if len(ids) == 0 {
		return nil
	}
	first, err := t.ids(ctx, len(ids))
	if err != nil {
		return err
	}
	logs := make([]any, 0, 4*len(ids))
	for i, id := range ids {
		if _, err := t.exec(ctx, `UPDATE memory_entry SET removed = 1 WHERE id = $1`, id); err != nil {
			return err
		}
		logs = append(logs, first+int64(i), id, id, micros(t.s.now()))
	}
	return t.insert(ctx, "memory_log", "id, entry_id, last_id, at", logs, "")
}

// MemoryCounts counts the entries that count by locale and origin, in the
// order of the two.
func (s *Store) MemoryCounts(ctx context.Context) ([]edition.MemoryCount, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT locale, origin, count(*) FROM memory_entry WHERE removed = 0 GROUP BY locale, origin ORDER BY locale, origin`)
	out, err := collect(rows, err, func(row scanner) (n edition.MemoryCount, err error) {
		if err := row.Scan(&n.Locale, &n.Origin, &n.Pairs); err != nil {
			return n, err
		}
		return n, nil
	})
	return out, s.sentinel(err)
}

// TermHistories returns, for the concepts that have changed since the first
// version of the glossary, when they did last and what their preferred terms
// were before, the newest first, by the concepts' numbers.
func (s *Store) TermHistories(ctx context.Context) (map[int64]edition.TermHistory, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT v.concept_id, v.version, v.body FROM concept_version v
		WHERE v.concept_id IN (SELECT concept_id FROM concept_version WHERE version > 1) ORDER BY v.concept_id, v.version DESC`)
	if err != nil {
		return nil, s.sentinel(err)
	}
	defer rows.Close()
	out := map[int64]edition.TermHistory{}
	for rows.Next() {
		var id, version int64
		var body string
		if err := rows.Scan(&id, &version, &body); err != nil {
			return nil, err
		}
		h, ok := out[id]
		if !ok {
			h.Changed = version
		} else if err := h.AddFormer(body); err != nil {
			return nil, fmt.Errorf("concept %d of the glossary: %w", id, err)
		}
		out[id] = h
	}
	return out, rows.Err()
}
