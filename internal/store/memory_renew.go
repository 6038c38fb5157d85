package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"dragoman/internal/edition"
)

// MemoryAfter returns the entries that count and whose numbers are above
// after, in the order of their numbers, limit of them at most.
func (s *Store) MemoryAfter(ctx context.Context, after int64, limit int) ([]edition.MemoryEntry, error) {
	ms, err := scanMemory(s.read.QueryContext(ctx, memoryColumns+`WHERE m.id > $1 AND m.removed = 0 ORDER BY m.id LIMIT $2`, after, limit))
	return ms, s.sentinel(err)
}

// MemoryOfRelease returns the entries that count and that a release has
// given, the newest first, below the number before (0 for all).
func (s *Store) MemoryOfRelease(ctx context.Context, release, before int64, limit int) ([]edition.MemoryEntry, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	ms, err := scanMemory(s.read.QueryContext(ctx, memoryColumns+`WHERE m.release_id > 0 AND m.release_id = $1 AND m.id < $2 AND m.removed = 0 ORDER BY m.id DESC LIMIT $3`, release, before, limit))
	return ms, s.sentinel(err)
}

// RenewMemory puts an entry with other words in the place of the entry old,
// which keeps its provenance, and gives the number of the new one; 0 where
// old does not count any more, and nothing was done. The new entry counts as
// approved under the version of the glossary. It is audited as who's.
func (t *Tx) RenewMemory(ctx context.Context, old int64, target string, glossary int64, who, why string) (int64, error) {
	have, err := t.memoryWhere(ctx, `m.id IN `, []int64{old})
	if err != nil || len(have) == 0 {
		return 0, err
	}
	if err := t.forget(ctx, `id = $1`, old); err != nil {
		return 0, err
	}
	m := have[0]
	m.ID, m.Target, m.Glossary, m.Created = 0, target, glossary, time.Time{}
	ms := []edition.MemoryEntry{m}
	if err := t.addMemory(ctx, ms); err != nil {
		return 0, err
	}
	return ms[0].ID, t.Audit(ctx, edition.Act{Who: who, What: "correct", Subject: "memory", SubjectID: old, Detail: fmt.Sprintf("by entry %d: %s", ms[0].ID, why)})
}

// SetMemoryAside takes an entry out of the memory, audited as who's, and
// reports whether it was there.
func (t *Tx) SetMemoryAside(ctx context.Context, id int64, who, why string) (bool, error) {
	return t.moveMemory(ctx, id, 0, edition.Act{Who: who, What: "delete", Subject: "memory", SubjectID: id, Detail: why})
}

// RestoreMemory brings an entry back that was taken out, audited as who's,
// and reports whether it was out.
func (t *Tx) RestoreMemory(ctx context.Context, id int64, who, why string) (bool, error) {
	return t.moveMemory(ctx, id, 1, edition.Act{Who: who, What: "restore", Subject: "memory", SubjectID: id, Detail: why})
}

// moveMemory turns an entry whose removed is was the other way.
func (t *Tx) moveMemory(ctx context.Context, id, was int64, act edition.Act) (bool, error) {
	res, err := t.exec(ctx, `UPDATE memory_entry SET removed = $1 WHERE id = $2 AND removed = $3`, 1-was, id, was)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); n == 0 || err != nil {
		return false, err
	}
	first, err := t.ids(ctx, 1)
	if err != nil {
		return false, err
	}
	if err := t.insert(ctx, "memory_log", "id, entry_id, last_id, at", []any{first, id, id, micros(t.s.now())}, ""); err != nil {
		return false, err
	}
	return true, t.Audit(ctx, act)
}

// The memory's log is kept for memoryKept; a process that has not looked for
// longer reads the whole memory again. The setting says up to when it was
// trimmed.
const (
	memoryKept    = 24 * time.Hour
	memoryTrimmed = "memory.log.from"
	trimAtATime   = 5000 // rows: some milliseconds
)

// TrimMemoryLog forgets what every process that has looked within a day has
// seen, some thousand rows at most, and reports whether there is more.
func (t *Tx) TrimMemoryLog(ctx context.Context) (more bool, err error) {
	from := micros(t.s.now().Add(-memoryKept))
	const old = `FROM memory_log WHERE id IN (SELECT id FROM memory_log WHERE at < $1 ORDER BY at LIMIT $2)`
	res, err := t.exec(ctx, `DELETE `+old, from, trimAtATime)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return false, err
	}
	_, err = t.exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > setting.value`, memoryTrimmed, strconv.FormatInt(from, 10))
	return n == trimAtATime, err
}

// behind reports whether rows of the log that a mark has not seen may have
// been trimmed.
func (s *Store) behind(ctx context.Context, mark *edition.MemoryMark) (bool, error) {
	value, err := s.Setting(ctx, memoryTrimmed)
	if err != nil || value == "" {
		return false, err
	}
	from, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return false, errors.New("setting " + memoryTrimmed + ": " + value + " is no time")
	}
	return micros(mark.Since.Add(-memoryOverlap)) < from, nil
}
