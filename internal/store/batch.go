package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"dragoman/internal/edition"
)

const batchColumns = `SELECT b.id, b.change_set, b.title, b.author, b.applied_by, b.state, b.phase, b.scope, b.before_version, b.after_version, b.restored,
	b.source_cursor, b.segment_cursor, b.total, b.done, b.problem, b.started, b.ended, b.worked, b.undone_by FROM batch b `

func scanBatch(row scanner) (b edition.Batch, err error) {
	var scope string
	var started, ended, worked int64
	err = row.Scan(&b.ID, &b.ChangeSet, &b.Title, &b.Author, &b.By, &b.State, &b.Phase, &scope, &b.Before, &b.After, &b.Restored,
		&b.Cursor.Source, &b.Cursor.Segment, &b.Total, &b.Done, &b.Problem, &started, &ended, &worked, &b.UndoneBy)
	if err != nil {
		return b, err
	}
	b.Started, b.Ended, b.Worked = fromMicros(started), fromMicros(ended), time.Duration(worked)*time.Microsecond
	return b, json.Unmarshal([]byte(scope), &b.Scope)
}

// Batches returns all batches, the newest first, without their counts; with
// states only those in one of them.
func (s *Store) Batches(ctx context.Context, states ...edition.BatchState) ([]edition.Batch, error) {
	where, args := "", []any(nil)
	if len(states) > 0 {
		var names []string
		for _, st := range states {
			names = append(names, string(st))
		}
		list, with := in(1, names, nil)
		where, args = `WHERE b.state IN `+list, with
	}
	rows, err := s.read.QueryContext(ctx, batchColumns+where+` ORDER BY b.id DESC`, args...)
	out, err := collect(rows, err, scanBatch)
	return out, s.sentinel(err)
}

// Batch returns a batch with its counts and the decisions that are being
// carried out, or ErrNotFound.
func (s *Store) Batch(ctx context.Context, id int64) (edition.Batch, error) {
	b, err := scanBatch(s.read.QueryRowContext(ctx, batchColumns+`WHERE b.id = $1`, id))
	if err != nil {
		return b, s.sentinel(one(err, "batch %d", id))
	}
	rows, err := s.read.QueryContext(ctx, `SELECT g.locale, x.class, x.action, x.status, x.n FROM (
			SELECT i.group_id, i.class, i.action, i.status, count(*) AS n FROM batch_item i WHERE i.batch_id = $1 GROUP BY i.group_id, i.class, i.action, i.status) x
		JOIN batch_group g ON g.id = x.group_id ORDER BY g.locale, x.class, x.action, x.status`, id)
	counts, err := collect(rows, err, func(row scanner) (c edition.BatchCount, err error) {
		return c, row.Scan(&c.Locale, &c.Class, &c.Action, &c.Status, &c.N)
	})
	if err != nil {
		return b, s.sentinel(err)
	}
	b.Counts = sumCounts(counts)
	drows, err := s.read.QueryContext(ctx, decisionColumns+`WHERE d.batch_id = $1 AND d.ended = 0 ORDER BY d.id`, id)
	b.Decisions, err = collect(drows, err, scanDecision)
	return b, s.sentinel(err)
}

// BatchAlone returns a batch without its counts and decisions, or ErrNotFound.
func (s *Store) BatchAlone(ctx context.Context, id int64) (edition.Batch, error) {
	b, err := scanBatch(s.read.QueryRowContext(ctx, batchColumns+`WHERE b.id = $1`, id))
	return b, s.sentinel(one(err, "batch %d", id))
}

// sumCounts adds up neighbours that are alike.
func sumCounts(counts []edition.BatchCount) []edition.BatchCount {
	var out []edition.BatchCount
	for _, c := range counts {
		n := len(out)
		if n > 0 {
			same := c
			same.N = out[n-1].N
			if same == out[n-1] {
				out[n-1].N += c.N
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// Batch returns a batch as the transaction sees it, without counts, and locks
// it on PostgreSQL.
func (t *Tx) Batch(ctx context.Context, id int64) (edition.Batch, error) {
	b, err := scanBatch(t.queryRow(ctx, batchColumns+`WHERE b.id = $1`+t.forUpdate(), id))
	return b, one(err, "batch %d", id)
}

// BatchOf returns the batch of a change set as the transaction sees it, or
// ErrNotFound.
func (t *Tx) BatchOf(ctx context.Context, changeSet int64) (edition.Batch, error) {
	b, err := scanBatch(t.queryRow(ctx, batchColumns+`WHERE b.change_set = $1`, changeSet))
	return b, one(err, "batch of change set %d", changeSet)
}

// AddBatch inserts a batch, numbers it, and says when it started.
func (t *Tx) AddBatch(ctx context.Context, b *edition.Batch) (err error) {
	if b.ID, err = t.ids(ctx, 1); err != nil {
		return err
	}
	b.Started = t.s.now()
	scope, err := json.Marshal(b.Scope)
	if err != nil {
		return err
	}
	return t.insert(ctx, "batch", "id, change_set, title, author, applied_by, state, phase, scope, before_version, after_version, total, started",
		[]any{b.ID, b.ChangeSet, b.Title, b.Author, b.By, string(b.State), string(b.Phase), string(scope), b.Before, b.After, b.Total, micros(b.Started)}, "")
}

// SaveBatch writes what changes of a batch.
func (t *Tx) SaveBatch(ctx context.Context, b *edition.Batch) error {
	_, err := t.exec(ctx, `UPDATE batch SET state = $1, phase = $2, restored = $3, source_cursor = $4, segment_cursor = $5, total = $6, done = $7, problem = $8, ended = $9, worked = $10, undone_by = $11 WHERE id = $12`,
		string(b.State), string(b.Phase), b.Restored, b.Cursor.Source, b.Cursor.Segment, b.Total, b.Done, b.Problem, micros(b.Ended), b.Worked.Microseconds(), b.UndoneBy, b.ID)
	return err
}

// NumberGroups gives groups of one batch their numbers; those that the batch
// has not had yet are inserted.
func (t *Tx) NumberGroups(ctx context.Context, batch int64, groups map[string]*edition.Group) error {
	if len(groups) == 0 {
		return nil
	}
	var keys []string
	for k := range groups {
		keys = append(keys, k)
	}
	list, args := in(2, keys, []any{batch})
	rows, err := t.query(ctx, `SELECT id, gkey FROM batch_group WHERE batch_id = $1 AND gkey IN `+list, args...)
	err = each(rows, err, func(row scanner) error {
		var id int64
		var key string
		if err := row.Scan(&id, &key); err != nil {
			return err
		}
		groups[key].ID = id
		return nil
	})
	if err != nil {
		return err
	}
	var fresh []any
	for _, key := range keys {
		g := groups[key]
		if g.ID != 0 {
			continue
		}
		if g.ID, err = t.ids(ctx, 1); err != nil {
			return err
		}
		replaced, err := json.Marshal(g.Replaced)
		if err != nil {
			return err
		}
		fresh = append(fresh, g.ID, batch, g.Key, g.Locale, g.Concept, g.Old, g.New, string(replaced), flag(g.Certain), g.Why)
	}
	return t.insert(ctx, "batch_group", "id, batch_id, gkey, locale, concept, old_text, new_text, replaced, certain, why", fresh, "")
}

const itemTail = `ON CONFLICT (batch_id, target_id) DO UPDATE SET group_id = excluded.group_id, class = excluded.class, action = excluded.action, status = excluded.status,
	before_id = excluded.before_id, after_id = excluded.after_id, proposal_id = excluded.proposal_id, why = excluded.why, trouble = excluded.trouble, decided_by = excluded.decided_by, at = excluded.at`

// SaveItems writes items, in the place of those that their batch has for the
// same targets.
func (t *Tx) SaveItems(ctx context.Context, items []edition.Item) error {
	rows := make([]any, 0, 15*len(items))
	now := micros(t.s.now())
	for i := range items {
		m := &items[i]
		trouble := ""
		if m.Trouble != (edition.Trouble{}) {
			b, err := json.Marshal(m.Trouble)
			if err != nil {
				return err
			}
			trouble = string(b)
		}
		rows = append(rows, m.Batch, m.Target, m.Edition, m.Release, m.Group, string(m.Class), string(m.Action), string(m.Status), m.Before, m.After, m.Proposal, m.Why, trouble, m.By, now)
	}
	return t.insert(ctx, "batch_item", "batch_id, target_id, edition_id, release_id, group_id, class, action, status, before_id, after_id, proposal_id, why, trouble, decided_by, at", rows, itemTail)
}

// DropProposals makes proposals stale.
func (t *Tx) DropProposals(ctx context.Context, ids []int64, who string) error {
	if len(ids) == 0 {
		return nil
	}
	list, args := t.s.dialect.ids(4, ids, []any{string(edition.Stale), who, micros(t.s.now())})
	_, err := t.exec(ctx, `UPDATE proposal SET status = $1, decided_by = $2, decided_at = $3 WHERE id IN `+list, args...)
	return err
}

// EndItems writes the status of items of a batch, and by whom they have it.
func (t *Tx) EndItems(ctx context.Context, batch int64, items []edition.Item) error {
	type end struct {
		status edition.ItemStatus
		by     string
	}
	ends := map[end][]int64{}
	for i := range items {
		at := end{items[i].Status, items[i].By}
		ends[at] = append(ends[at], items[i].Target)
	}
	now := micros(t.s.now())
	for at, targets := range ends {
		list, args := t.s.dialect.ids(5, targets, []any{string(at.status), at.by, now, batch})
		if _, err := t.exec(ctx, `UPDATE batch_item SET status = $1, decided_by = $2, at = $3 WHERE batch_id = $4 AND target_id IN `+list, args...); err != nil {
			return err
		}
	}
	return nil
}

const itemColumns = `i.batch_id, i.target_id, i.edition_id, i.release_id, i.group_id, i.class, i.action, i.status, i.before_id, i.after_id, i.proposal_id, i.why, i.trouble, i.decided_by, i.at`

func scanItem(row scanner, more ...any) (m edition.Item, err error) {
	var at int64
	var trouble string
	err = row.Scan(append([]any{&m.Batch, &m.Target, &m.Edition, &m.Release, &m.Group, &m.Class, &m.Action, &m.Status, &m.Before, &m.After, &m.Proposal, &m.Why, &trouble, &m.By, &at}, more...)...)
	if err == nil && trouble != "" {
		err = json.Unmarshal([]byte(trouble), &m.Trouble)
	}
	m.At = fromMicros(at)
	return m, err
}

func plainItem(row scanner) (edition.Item, error) { return scanItem(row) }

// ItemsAfter returns the items of a batch with a status, in the order of their
// targets, after one of them; of no group in particular where groups is empty.
func (t *Tx) ItemsAfter(ctx context.Context, batch int64, statuses []edition.ItemStatus, groups []int64, after int64, limit int) ([]edition.Item, error) {
	q, args := itemsAfter(batch, statuses, groups, after, limit)
	rows, err := t.query(ctx, q, args...)
	return collect(rows, err, plainItem)
}

// ItemsAfter is Tx.ItemsAfter outside a transaction.
func (s *Store) ItemsAfter(ctx context.Context, batch int64, statuses []edition.ItemStatus, groups []int64, after int64, limit int) ([]edition.Item, error) {
	q, args := itemsAfter(batch, statuses, groups, after, limit)
	rows, err := s.read.QueryContext(ctx, q, args...)
	out, err := collect(rows, err, plainItem)
	return out, s.sentinel(err)
}

func itemsAfter(batch int64, statuses []edition.ItemStatus, groups []int64, after int64, limit int) (string, []any) {
	args := []any{batch, after}
	q := `SELECT ` + itemColumns + ` FROM batch_item i WHERE i.batch_id = $1 AND i.target_id > $2`
	var names []string
	for _, s := range statuses {
		names = append(names, string(s))
	}
	list, args := in(len(args)+1, names, args)
	q += ` AND i.status IN ` + list
	if len(groups) > 0 {
		list, args = in(len(args)+1, groups, args)
		q += ` AND i.group_id IN ` + list
	}
	return q + fmt.Sprintf(` ORDER BY i.target_id LIMIT %d`, limit), args
}

// ItemsOf returns items of a batch by their targets, in their order.
func (t *Tx) ItemsOf(ctx context.Context, batch int64, targets []int64) ([]edition.Item, error) {
	if len(targets) == 0 {
		return nil, nil
	}
	list, args := t.s.dialect.ids(2, targets, []any{batch})
	rows, err := t.query(ctx, `SELECT `+itemColumns+` FROM batch_item i WHERE i.batch_id = $1 AND i.target_id IN `+list+` ORDER BY i.target_id`, args...)
	return collect(rows, err, plainItem)
}

// CountItems counts the items of a batch that have one of the statuses; of no
// group in particular where groups is empty.
func (t *Tx) CountItems(ctx context.Context, batch int64, statuses []edition.ItemStatus, groups []int64, locale string) (n int, err error) {
	args := []any{batch}
	var names []string
	for _, s := range statuses {
		names = append(names, string(s))
	}
	list, args := in(2, names, args)
	q := `SELECT count(*) FROM batch_item i WHERE i.batch_id = $1 AND i.status IN ` + list
	if len(groups) > 0 {
		list, args = in(len(args)+1, groups, args)
		q += ` AND i.group_id IN ` + list
	}
	if locale != "" {
		args = append(args, locale)
		q += fmt.Sprintf(` AND i.group_id IN (SELECT g.id FROM batch_group g WHERE g.batch_id = $1 AND g.locale = $%d)`, len(args))
	}
	err = t.queryRow(ctx, q, args...).Scan(&n)
	return n, err
}

// GroupsIn returns the numbers of a batch's groups in a locale.
func (t *Tx) GroupsIn(ctx context.Context, batch int64, locale string) ([]int64, error) {
	rows, err := t.query(ctx, `SELECT id FROM batch_group WHERE batch_id = $1 AND locale = $2 ORDER BY id`, batch, locale)
	return collect(rows, err, func(row scanner) (id int64, err error) { return id, row.Scan(&id) })
}

// Groups returns groups of a batch with their counts and three examples each,
// those with most items first, and how many match in all.
func (s *Store) Groups(ctx context.Context, batch int64, f edition.GroupFilter) (groups []edition.Group, total int, err error) {
	cond, args := ``, []any{batch}
	add := func(c string, v any) {
		args = append(args, v)
		cond += fmt.Sprintf(c, len(args))
	}
	if f.Locale != "" {
		add(` AND g.locale = $%d`, f.Locale)
	}
	if f.Status != "" {
		add(` AND i.status = $%d`, string(f.Status))
	}
	if f.Class != "" {
		add(` AND i.class = $%d`, string(f.Class))
	}
	rows, err := s.read.QueryContext(ctx, `SELECT g.id, g.gkey, g.locale, g.concept, g.old_text, g.new_text, g.replaced, g.certain, g.why, count(*), count(DISTINCT i.release_id)
		FROM batch_group g JOIN batch_item i ON i.batch_id = g.batch_id AND i.group_id = g.id WHERE g.batch_id = $1`+cond+`
		GROUP BY g.id, g.gkey, g.locale, g.concept, g.old_text, g.new_text, g.replaced, g.certain, g.why ORDER BY count(*) DESC, g.id`, args...)
	all, err := collect(rows, err, func(row scanner) (g edition.Group, err error) {
		var replaced string
		var certain int64
		if err := row.Scan(&g.ID, &g.Key, &g.Locale, &g.Concept, &g.Old, &g.New, &replaced, &certain, &g.Why, &g.Items, &g.Releases); err != nil {
			return g, err
		}
		g.Batch, g.Certain = batch, certain != 0
		return g, json.Unmarshal([]byte(replaced), &g.Replaced)
	})
	if err != nil {
		return nil, 0, s.sentinel(err)
	}
	total = len(all)
	groups = all[min(f.Offset, total):]
	if f.Limit > 0 && len(groups) > f.Limit {
		groups = groups[:f.Limit]
	}
	for i := range groups {
		if err := s.fillGroup(ctx, &groups[i], f); err != nil {
			return nil, 0, s.sentinel(err)
		}
	}
	return groups, total, nil
}

// examples is how many items a group shows.
const examples = 3

// fillGroup counts a group's items and finds examples, each of another
// release as far as there are several.
func (s *Store) fillGroup(ctx context.Context, g *edition.Group, f edition.GroupFilter) error {
	rows, err := s.read.QueryContext(ctx, `SELECT class, action, status, count(*) FROM batch_item WHERE batch_id = $1 AND group_id = $2 GROUP BY class, action, status ORDER BY class, action, status`, g.Batch, g.ID)
	g.Counts, err = collect(rows, err, func(row scanner) (c edition.BatchCount, err error) {
		c.Locale = g.Locale
		return c, row.Scan(&c.Class, &c.Action, &c.Status, &c.N)
	})
	if err != nil {
		return err
	}
	cond, args := ``, []any{g.Batch, g.ID}
	if f.Status != "" {
		args = append(args, string(f.Status))
		cond += fmt.Sprintf(` AND status = $%d`, len(args))
	}
	if f.Class != "" {
		args = append(args, string(f.Class))
		cond += fmt.Sprintf(` AND class = $%d`, len(args))
	}
	trows, err := s.read.QueryContext(ctx, fmt.Sprintf(`SELECT min(target_id) FROM batch_item WHERE batch_id = $1 AND group_id = $2%s GROUP BY release_id ORDER BY 1 LIMIT %d`, cond, examples), args...)
	targets, err := collect(trows, err, func(row scanner) (id int64, err error) { return id, row.Scan(&id) })
	if err != nil {
		return err
	}
	if n := len(targets); n > 0 && n < examples {
		list, with := in(len(args)+1, targets, args)
		more, err := s.read.QueryContext(ctx, fmt.Sprintf(`SELECT target_id FROM batch_item WHERE batch_id = $1 AND group_id = $2%s AND target_id NOT IN %s ORDER BY target_id LIMIT %d`, cond, list, examples-n), with...)
		rest, err := collect(more, err, func(row scanner) (id int64, err error) { return id, row.Scan(&id) })
		if err != nil {
			return err
		}
		targets = append(targets, rest...)
	}
	if len(targets) == 0 {
		return nil
	}
	list, with := s.dialect.ids(2, targets, []any{g.Batch})
	g.Examples, err = s.shownItems(ctx, ` AND i.target_id IN `+list+` ORDER BY i.target_id`, with)
	return err
}

// shownItems reads items of batch $1 with what people see of them.
func (s *Store) shownItems(ctx context.Context, cond string, args []any) ([]edition.Item, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+itemColumns+`, g.locale, r.slug, t.position, coalesce(x.text, ''), coalesce(a.text, ''), coalesce(b.text, p.text, ''), coalesce(n.text, '')
		FROM batch_item i JOIN batch_group g ON g.id = i.group_id JOIN release r ON r.id = i.release_id JOIN target t ON t.id = i.target_id
		JOIN segment m ON m.id = t.segment_id JOIN source_text x ON x.id = m.source_id
		LEFT JOIN version a ON a.id = i.before_id LEFT JOIN version b ON b.id = i.after_id LEFT JOIN proposal p ON p.id = i.proposal_id LEFT JOIN version n ON n.id = t.standing_id
		WHERE i.batch_id = $1`+cond, args...)
	return collect(rows, err, func(row scanner) (edition.Item, error) {
		var locale, slug, source, stood, stand, now string
		var position int
		m, err := scanItem(row, &locale, &slug, &position, &source, &stood, &stand, &now)
		m.Locale, m.Slug, m.Position, m.Source, m.Stood, m.Stand, m.Now = locale, slug, position, source, stood, stand, now
		return m, err
	})
}

// Items returns items of a batch as people see them, in the order of their
// targets.
func (s *Store) Items(ctx context.Context, batch int64, f edition.ItemFilter) ([]edition.Item, error) {
	cond, args := ` AND i.target_id > $2`, []any{batch, f.After}
	add := func(c string, v any) {
		args = append(args, v)
		cond += fmt.Sprintf(c, len(args))
	}
	if f.Group != 0 {
		add(` AND i.group_id = $%d`, f.Group)
	}
	if f.Locale != "" {
		add(` AND g.locale = $%d`, f.Locale)
	}
	if f.Status != "" {
		add(` AND i.status = $%d`, string(f.Status))
	}
	if f.Class != "" {
		add(` AND i.class = $%d`, string(f.Class))
	}
	if f.Edition != 0 {
		add(` AND i.edition_id = $%d`, f.Edition)
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	out, err := s.shownItems(ctx, cond+fmt.Sprintf(` ORDER BY i.target_id LIMIT %d`, limit), args)
	return out, s.sentinel(err)
}

// Restand is a target that gets another standing version, unless somebody has
// changed or approved it since it was read.
type Restand = edition.Restand

// Restand makes versions stand in the place of others, many at once: the
// targets keep their state and approval. It returns how many were as they had
// been read; a caller that finds fewer than it gave rolls back.
func (t *Tx) Restand(ctx context.Context, rs []Restand) (done int, err error) {
	ids := make([]int64, len(rs))
	for i := range rs {
		ids[i] = rs[i].Target
	}
	for len(rs) > 0 {
		n := piece(len(rs))
		args := make([]any, 0, 6*n)
		for _, r := range rs[:n] {
			args = append(args, r.Target, r.From, r.To, r.Errors, r.Warnings, flag(r.Untouched))
		}
		res, err := t.exec(ctx, restandText(t.s.dialect, n), args...)
		if err != nil {
			return done, fmt.Errorf("change targets: %w", err)
		}
		k, err := res.RowsAffected()
		if err != nil {
			return done, err
		}
		done += int(k)
		rs = rs[n:]
	}
	return done, t.retitle(ctx, ids)
}

// values gives "VALUES (…), …" of so many rows of numbers.
func values(d dialect, rows, width int) string {
	return valuesOf(d, rows, strings.Repeat("n", width))
}

// valuesOf is values whose columns are numbers (n) or texts (t).
func valuesOf(d dialect, rows int, kinds string) string {
	var b strings.Builder
	b.WriteString("VALUES ")
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range len(kinds) {
			if c > 0 {
				b.WriteByte(',')
			}
			switch {
			case d != postgres:
				b.WriteByte('?')
			case kinds[c] == 't':
				fmt.Fprintf(&b, "CAST($%d AS TEXT)", r*len(kinds)+c+1)
			default:
				fmt.Fprintf(&b, "CAST($%d AS BIGINT)", r*len(kinds)+c+1)
			}
		}
		b.WriteByte(')')
	}
	return b.String()
}

func restandText(d dialect, rows int) string {
	return `UPDATE target SET standing_id = n.column3, n_errors = n.column4, n_warnings = n.column5 FROM (` + values(d, rows, 6) + `) AS n
		WHERE target.id = n.column1 AND target.standing_id = n.column2 AND (n.column6 = 0 OR target.approved_by = '' AND target.omitted = '')`
}

// EditionsByID returns editions in the order of their numbers as the
// transaction sees them and, on PostgreSQL, locks them.
func (t *Tx) EditionsByID(ctx context.Context, ids []int64) ([]edition.Edition, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := t.s.dialect.ids(1, ids, nil)
	return scanEditions(t.query(ctx, `SELECT `+editionColumns+` FROM edition e WHERE e.id IN `+list+` ORDER BY e.id`+t.forUpdate(), args...))
}

// AddCounts adds to the errors, warnings and proposals of editions and stamps
// them as changed.
func (t *Tx) AddCounts(ctx context.Context, cs []edition.CountChange) error {
	for len(cs) > 0 {
		n := piece(len(cs))
		args := make([]any, 0, 5*n)
		for _, c := range cs[:n] {
			args = append(args, c.Edition, c.Errors, c.Warnings, c.Proposals, micros(c.Updated))
		}
		_, err := t.exec(ctx, `UPDATE edition SET n_errors = edition.n_errors + n.column2, n_warnings = edition.n_warnings + n.column3, n_proposals = edition.n_proposals + n.column4,
			updated = n.column5 FROM (`+values(t.s.dialect, n, 5)+`) AS n WHERE edition.id = n.column1`, args...)
		if err != nil {
			return fmt.Errorf("count in editions: %w", err)
		}
		cs = cs[n:]
	}
	return nil
}

// Stamp is the time of a change of an edition that was changed last at a time.
func (t *Tx) Stamp(before time.Time) time.Time { return t.stamp(before) }

// SetFinal makes the reviewed targets of editions final, or their final ones
// reviewed again.
func (t *Tx) SetFinal(ctx context.Context, eds []int64, final bool) error {
	if len(eds) == 0 {
		return nil
	}
	from, to := edition.Final, edition.Reviewed
	if final {
		from, to = to, from
	}
	list, args := t.s.dialect.ids(3, eds, []any{string(to), string(from)})
	_, err := t.exec(ctx, `UPDATE target SET state = $1 WHERE edition_id IN `+list+` AND position >= 0 AND state = $2`, args...)
	return err
}

// ProposalsOfAll returns the proposals that wait for targets, by target.
func (t *Tx) ProposalsOfAll(ctx context.Context, targets []int64) (map[int64][]edition.Proposal, error) {
	out := map[int64][]edition.Proposal{}
	if len(targets) == 0 {
		return out, nil
	}
	list, args := t.s.dialect.ids(1, targets, nil)
	ps, err := scanProposals(t.query(ctx, proposalColumns+`WHERE p.target_id IN `+list+` AND p.status IN ('waiting', 'conflict') ORDER BY p.id`, args...))
	for _, p := range ps {
		out[p.Target] = append(out[p.Target], p)
	}
	return out, err
}

// OpenProposals counts the proposals of editions that nobody decided; those
// that have none are left out.
func (t *Tx) OpenProposals(ctx context.Context, eds []int64) (map[int64]int, error) {
	out := map[int64]int{}
	if len(eds) == 0 {
		return out, nil
	}
	list, args := t.s.dialect.ids(1, eds, nil)
	rows, err := t.query(ctx, `SELECT t.edition_id, count(*) FROM target t JOIN proposal p ON p.target_id = t.id
		WHERE t.edition_id IN `+list+` AND t.position >= 0 AND p.status IN ('waiting', 'conflict') GROUP BY t.edition_id`, args...)
	return out, each(rows, err, func(row scanner) error {
		var ed int64
		var n int
		err := row.Scan(&ed, &n)
		out[ed] = n
		return err
	})
}

// MemoryOfTargets returns the newest entry that each target has given to the
// memory, whether it counts or not.
func (t *Tx) MemoryOfTargets(ctx context.Context, targets []int64) (map[int64]edition.MemoryEntry, error) {
	out := map[int64]edition.MemoryEntry{}
	if len(targets) == 0 {
		return out, nil
	}
	list, args := t.s.dialect.ids(1, targets, nil)
	ms, err := scanMemory(t.query(ctx, memoryColumns+`WHERE m.target_id > 0 AND m.target_id IN `+list+` ORDER BY m.id`, args...))
	for _, m := range ms {
		out[m.TargetID] = m
	}
	return out, err
}

// Typed returns those of the targets in which a person is typing.
func (t *Tx) Typed(ctx context.Context, targets []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	if len(targets) == 0 {
		return out, nil
	}
	list, args := t.s.dialect.ids(1, targets, nil)
	rows, err := t.query(ctx, `SELECT target_id FROM draft WHERE target_id IN `+list, args...)
	return out, each(rows, err, func(row scanner) error {
		var id int64
		err := row.Scan(&id)
		out[id] = true
		return err
	})
}

// TargetsByID returns targets with what stands, by their numbers.
func (t *Tx) TargetsByID(ctx context.Context, ids []int64) (map[int64]*edition.Target, error) {
	out := map[int64]*edition.Target{}
	if len(ids) == 0 {
		return out, nil
	}
	list, args := t.s.dialect.ids(1, ids, nil)
	ts, err := scanTargets(t.query(ctx, `SELECT `+targetColumns+targetTables+`WHERE t.id IN `+list, args...))
	for _, g := range ts {
		out[g.ID] = g
	}
	return out, err
}

// StandingIn gives the segments of targets, and the numbers of the versions that
// stand in them; targets whose segment is gone are left out.
func (t *Tx) StandingIn(ctx context.Context, targets []int64) (map[int64][2]int64, error) {
	out := make(map[int64][2]int64, len(targets))
	if len(targets) == 0 {
		return out, nil
	}
	list, args := t.s.dialect.ids(1, targets, nil)
	rows, err := t.query(ctx, `SELECT id, segment_id, standing_id FROM target WHERE id IN `+list+` AND position >= 0`, args...)
	return out, each(rows, err, func(row scanner) error {
		var id, segment, standing int64
		err := row.Scan(&id, &segment, &standing)
		out[id] = [2]int64{segment, standing}
		return err
	})
}

// ApprovedVersions are the versions of targets, in editions, that somebody has
// approved at some time.
func (t *Tx) ApprovedVersions(ctx context.Context, eds, targets []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	if len(eds) == 0 || len(targets) == 0 {
		return out, nil
	}
	in1, args := t.s.dialect.ids(1, eds, nil)
	in2, args := t.s.dialect.ids(len(args)+1, targets, args)
	rows, err := t.query(ctx, `SELECT version_id FROM approval WHERE edition_id IN `+in1+` AND target_id IN `+in2, args...)
	return out, each(rows, err, func(row scanner) error {
		var id int64
		err := row.Scan(&id)
		out[id] = true
		return err
	})
}

// Version returns one version without its findings, or ErrNotFound.
func (t *Tx) Version(ctx context.Context, id int64) (edition.Version, error) {
	v, err := scanVersion(t.queryRow(ctx, versionColumns+`WHERE id = $1`, id))
	return v, one(err, "version %d", id)
}

const versionColumns = `SELECT id, target_id, parent_id, text, origin, author, source_hash, glossary, created FROM version `

func scanVersion(row scanner) (v edition.Version, err error) {
	var origin string
	var source []byte
	var created int64
	if err := row.Scan(&v.ID, &v.Target, &v.Parent, &v.Text, &origin, &v.Author, &source, &v.Glossary, &created); err != nil {
		return v, err
	}
	v.Source, v.Created = hash(source), fromMicros(created)
	return v, readOrigin(origin, &v.Origin)
}

// VersionsByID returns versions without their findings, by their numbers.
func (s *Store) VersionsByID(ctx context.Context, ids []int64) (map[int64]edition.Version, error) {
	out := make(map[int64]edition.Version, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	list, args := s.dialect.ids(1, ids, nil)
	rows, err := s.read.QueryContext(ctx, versionColumns+`WHERE id IN `+list, args...)
	vs, err := collect(rows, err, scanVersion)
	for i := range vs {
		out[vs[i].ID] = vs[i]
	}
	return out, s.sentinel(err)
}

// FindingsOfAll returns the findings of versions, by version.
func (t *Tx) FindingsOfAll(ctx context.Context, versions []int64) (map[int64][]StandingFinding, error) {
	if len(versions) == 0 {
		return nil, nil
	}
	list, args := t.s.dialect.ids(1, versions, nil)
	return scanFindings(t.query(ctx, findingColumns+`WHERE f.version_id IN `+list+` ORDER BY f.version_id, f.seq`, args...))
}

// PutFindings replaces what was found in versions, with people's answers.
func (t *Tx) PutFindings(ctx context.Context, fs map[int64][]StandingFinding) error {
	if len(fs) == 0 {
		return nil
	}
	now := micros(t.s.now())
	versions := slices.Sorted(maps.Keys(fs))
	list, args := t.s.dialect.ids(1, versions, nil)
	if _, err := t.exec(ctx, `DELETE FROM finding WHERE version_id IN `+list, args...); err != nil {
		return err
	}
	var rows []any
	for _, version := range versions {
		for n, f := range fs[version] {
			body, err := json.Marshal(f.Finding)
			if err != nil {
				return err
			}
			at := int64(0)
			if f.DismissedBy != "" {
				at = now
			}
			rows = append(rows, version, n, f.Rule, string(f.Severity), string(body), f.DismissedBy, at, f.DismissedWhy)
		}
	}
	return t.insert(ctx, "finding", findingInsert+", dismissed_by, dismissed_at, dismissed_why", rows, "")
}

// Hold records that editions, which were in a state, are revising for
// proposals of batches only.
func (t *Tx) Hold(ctx context.Context, es ...edition.HeldEdition) error {
	rows := make([]any, 0, 3*len(es))
	for _, e := range es {
		rows = append(rows, e.Edition, string(e.Was), micros(e.Stamp))
	}
	return t.insert(ctx, "edition_hold", "edition_id, was, stamp", rows, "ON CONFLICT (edition_id) DO UPDATE SET was = excluded.was, stamp = excluded.stamp")
}

// Held returns, of the editions, those that are revising for proposals of
// batches only and that nobody has touched otherwise since, with the state
// that they were in.
func (t *Tx) Held(ctx context.Context, eds []int64) (map[int64]edition.State, error) {
	out := map[int64]edition.State{}
	if len(eds) == 0 {
		return out, nil
	}
	list, args := t.s.dialect.ids(1, eds, nil)
	rows, err := t.query(ctx, `SELECT h.edition_id, h.was FROM edition_hold h JOIN edition e ON e.id = h.edition_id AND e.updated = h.stamp AND e.state = 'revising' WHERE h.edition_id IN `+list, args...)
	return out, each(rows, err, func(row scanner) error {
		var id int64
		var was edition.State
		err := row.Scan(&id, &was)
		out[id] = was
		return err
	})
}

// Unhold forgets that editions are held.
func (t *Tx) Unhold(ctx context.Context, eds []int64) error {
	if len(eds) == 0 {
		return nil
	}
	list, args := t.s.dialect.ids(1, eds, nil)
	_, err := t.exec(ctx, `DELETE FROM edition_hold WHERE edition_id IN `+list, args...)
	return err
}

const decisionColumns = `SELECT d.id, d.batch_id, d.who, d.accept, d.teach, d.reason, d.group_list, d.target_list, d.locale, d.pos, d.total, d.done, d.accepted, d.rejected, d.lost, d.made, d.ended, d.taught FROM batch_decision d `

func scanDecision(row scanner) (d edition.Decision, err error) {
	var groups, targets string
	var accept, made, ended int64
	err = row.Scan(&d.ID, &d.Batch, &d.Who, &accept, &d.Teach, &d.Reason, &groups, &targets, &d.Locale, &d.Cursor, &d.Total, &d.Done, &d.Accepted, &d.Rejected, &d.Left, &made, &ended, &d.Taught)
	if err != nil {
		return d, err
	}
	d.Accept, d.Made, d.Ended = accept != 0, fromMicros(made), fromMicros(ended)
	if err := json.Unmarshal([]byte(groups), &d.Groups); err != nil {
		return d, err
	}
	return d, json.Unmarshal([]byte(targets), &d.Targets)
}

// AddDecision inserts a decision, numbers and dates it.
func (t *Tx) AddDecision(ctx context.Context, d *edition.Decision) (err error) {
	if d.ID, err = t.ids(ctx, 1); err != nil {
		return err
	}
	d.Made = t.s.now()
	groups, err := json.Marshal(d.Groups)
	if err != nil {
		return err
	}
	targets, err := json.Marshal(d.Targets)
	if err != nil {
		return err
	}
	return t.insert(ctx, "batch_decision", "id, batch_id, who, accept, teach, reason, group_list, target_list, locale, total, made",
		[]any{d.ID, d.Batch, d.Who, flag(d.Accept), string(d.Teach), d.Reason, string(groups), string(targets), d.Locale, d.Total, micros(d.Made)}, "")
}

// SaveDecision writes how far a decision has been carried out.
func (t *Tx) SaveDecision(ctx context.Context, d *edition.Decision) error {
	_, err := t.exec(ctx, `UPDATE batch_decision SET pos = $1, done = $2, accepted = $3, rejected = $4, lost = $5, ended = $6, taught = $7 WHERE id = $8`,
		d.Cursor, d.Done, d.Accepted, d.Rejected, d.Left, micros(d.Ended), d.Taught, d.ID)
	return err
}

// Decision returns a decision as the transaction sees it, and locks it on
// PostgreSQL.
func (t *Tx) Decision(ctx context.Context, id int64) (edition.Decision, error) {
	d, err := scanDecision(t.queryRow(ctx, decisionColumns+`WHERE d.id = $1`+t.forUpdate(), id))
	return d, one(err, "decision %d", id)
}

// Decision returns a decision, or ErrNotFound.
func (s *Store) Decision(ctx context.Context, id int64) (edition.Decision, error) {
	d, err := scanDecision(s.read.QueryRowContext(ctx, decisionColumns+`WHERE d.id = $1`, id))
	return d, s.sentinel(one(err, "decision %d", id))
}

// AddCorrections records what was put right in public editions.
func (t *Tx) AddCorrections(ctx context.Context, cs []edition.Correction) error {
	if len(cs) == 0 {
		return nil
	}
	first, err := t.ids(ctx, len(cs))
	if err != nil {
		return err
	}
	now := micros(t.s.now())
	rows := make([]any, 0, 7*len(cs))
	for i := range cs {
		c := &cs[i]
		c.ID = first + int64(i)
		rows = append(rows, c.ID, c.Edition, c.Batch, c.Old, c.New, c.By, now)
	}
	return t.insert(ctx, "correction", "id, edition_id, batch_id, old_text, new_text, who, at", rows, "")
}

const correctionColumns = `SELECT c.id, c.edition_id, c.batch_id, e.release_id, e.locale, r.slug, c.old_text, c.new_text, c.who, c.at, c.published, c.problem, e.state
	FROM correction c JOIN edition e ON e.id = c.edition_id JOIN release r ON r.id = e.release_id `

func scanCorrection(row scanner) (c edition.Correction, err error) {
	var at, published int64
	err = row.Scan(&c.ID, &c.Edition, &c.Batch, &c.Release, &c.Locale, &c.Slug, &c.Old, &c.New, &c.By, &at, &published, &c.Problem, &c.State)
	c.At, c.Published = fromMicros(at), fromMicros(published)
	return c, err
}

// CorrectionsOf returns what was put right in an edition, the newest first.
func (t *Tx) CorrectionsOf(ctx context.Context, ed int64) ([]edition.Correction, error) {
	rows, err := t.query(ctx, correctionColumns+`WHERE c.edition_id = $1 ORDER BY c.at DESC, c.id DESC`, ed)
	return collect(rows, err, scanCorrection)
}

// PublishCorrections records that what was put right in an edition is public.
func (t *Tx) PublishCorrections(ctx context.Context, ed int64, at time.Time) error {
	_, err := t.exec(ctx, `UPDATE correction SET published = $1 WHERE edition_id = $2 AND published = 0`, micros(at), ed)
	return err
}

// Corrections returns what was put right in public editions, the newest first:
// by a batch, or of an edition, or all where both are 0.
func (s *Store) Corrections(ctx context.Context, batch, ed int64, limit int) ([]edition.Correction, error) {
	q, args := correctionColumns, []any(nil)
	switch {
	case batch != 0:
		q, args = q+`WHERE c.batch_id = $1 `, []any{batch}
	case ed != 0:
		q, args = q+`WHERE c.edition_id = $1 `, []any{ed}
	}
	rows, err := s.read.QueryContext(ctx, q+fmt.Sprintf(`ORDER BY c.id DESC LIMIT %d`, limit), args...)
	out, err := collect(rows, err, scanCorrection)
	return out, s.sentinel(err)
}

// AddBatchMemory records which entries of the memory a batch replaced, by
// which; 0 stands for none.
func (t *Tx) AddBatchMemory(ctx context.Context, batch int64, pairs [][2]int64) error {
	rows := make([]any, 0, 3*len(pairs))
	for _, p := range pairs {
		rows = append(rows, batch, p[0], p[1])
	}
	return t.insert(ctx, "batch_memory", "batch_id, before_id, after_id", rows, "ON CONFLICT (batch_id, before_id) DO NOTHING")
}

// BatchMemory returns entries that a batch replaced, with what replaced them,
// as far as that was not undone.
func (t *Tx) BatchMemory(ctx context.Context, batch int64, limit int) ([][2]int64, error) {
	rows, err := t.query(ctx, `SELECT before_id, after_id FROM batch_memory WHERE batch_id = $1 AND undone = 0 ORDER BY before_id LIMIT $2`, batch, limit)
	return collect(rows, err, func(row scanner) (p [2]int64, err error) { return p, row.Scan(&p[0], &p[1]) })
}

// UndoneBatchMemory records that a replacement in the memory was undone.
func (t *Tx) UndoneBatchMemory(ctx context.Context, batch, before int64) error {
	_, err := t.exec(ctx, `UPDATE batch_memory SET undone = 1 WHERE batch_id = $1 AND before_id = $2`, batch, before)
	return err
}

// CountBatchMemory counts the entries that a batch corrected and those that it
// set aside.
func (s *Store) CountBatchMemory(ctx context.Context, batch int64) (corrected, aside int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(CASE WHEN after_id > 0 THEN 1 END), count(CASE WHEN after_id = 0 THEN 1 END) FROM batch_memory WHERE batch_id = $1 AND undone = 0`, batch).Scan(&corrected, &aside)
	return corrected, aside, s.sentinel(err)
}

// decideItem records what became of the item that a proposal is of.
func (t *Tx) decideItem(ctx context.Context, proposal int64, status edition.ItemStatus, who string) error {
	if who == edition.Machine {
		who = ""
	}
	_, err := t.exec(ctx, `UPDATE batch_item SET status = $1, decided_by = $2, at = $3 WHERE proposal_id = $4 AND proposal_id > 0 AND status IN ('waiting', 'conflict')`,
		string(status), who, micros(t.s.now()), proposal)
	return err
}

// MoveItem has the item of a proposal wait with another one that takes its
// place.
func (t *Tx) MoveItem(ctx context.Context, from, to int64) error {
	_, err := t.exec(ctx, `UPDATE batch_item SET proposal_id = $1, status = 'waiting', decided_by = '', at = $2 WHERE proposal_id = $3 AND proposal_id > 0`, to, micros(t.s.now()), from)
	return err
}

// GroupNames returns the old and the new rendering of groups.
func (t *Tx) GroupNames(ctx context.Context, groups []int64) (map[int64][2]string, error) {
	out := map[int64][2]string{}
	if len(groups) == 0 {
		return out, nil
	}
	list, args := t.s.dialect.ids(1, groups, nil)
	rows, err := t.query(ctx, `SELECT id, old_text, new_text FROM batch_group WHERE id IN `+list, args...)
	return out, each(rows, err, func(row scanner) error {
		var id int64
		var n [2]string
		err := row.Scan(&id, &n[0], &n[1])
		out[id] = n
		return err
	})
}

// AffectedByTarget returns targets with all that a plan needs but the
// occurrences, by their numbers; those whose segment is gone are left out.
func (s *Store) AffectedByTarget(ctx context.Context, targets []int64) ([]edition.Affected, error) {
	var out []edition.Affected
	for part := range slices.Chunk(targets, 256) {
		list, args := s.dialect.ids(1, part, nil)
		rows, err := s.read.QueryContext(ctx, strings.TrimSuffix(affectedText, `t.segment_id IN `)+`t.position >= 0 AND t.id IN `+list+` ORDER BY t.id`, args...)
		err = each(rows, err, func(row scanner) error {
			a, err := scanAffected(row)
			out = append(out, a)
			return err
		})
		if err != nil {
			return nil, s.sentinel(err)
		}
	}
	return out, s.affectedSources(ctx, out)
}

// affectedSources fills in the source texts.
func (s *Store) affectedSources(ctx context.Context, as []edition.Affected) error {
	bySegment := map[int64][]*edition.Affected{}
	var segs []int64
	for i := range as {
		a := &as[i]
		if bySegment[a.Segment] == nil {
			segs = append(segs, a.Segment)
		}
		bySegment[a.Segment] = append(bySegment[a.Segment], a)
	}
	for part := range slices.Chunk(segs, 512) {
		list, args := s.dialect.ids(1, part, nil)
		rows, err := s.read.QueryContext(ctx, `SELECT g.id, x.id, x.text FROM segment g JOIN source_text x ON x.id = g.source_id WHERE g.id IN `+list, args...)
		err = each(rows, err, func(row scanner) error {
			var segment, source int64
			var text string
			err := row.Scan(&segment, &source, &text)
			for _, a := range bySegment[segment] {
				a.SourceID, a.Source = source, text
			}
			return err
		})
		if err != nil {
			return s.sentinel(err)
		}
	}
	return nil
}
