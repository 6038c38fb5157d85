package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

// Queue returns editions that match the filter, with their release's title
// and slug: first those whose turn it is, and how many match in all.
func (s *Store) Queue(ctx context.Context, f edition.Filter) (lines []edition.Line, total int, err error) {
	q := newQueueQuery(f)
	words := glossary.FoldName(f.Search)
	if words != "" {
		err = s.search(ctx, words, q)
	} else {
		total, err = s.countQueue(ctx, f, q)
	}
	if err != nil {
		return nil, 0, err
	}
	text := q.page(f)
	if words != "" {
		text = q.found(f)
	}
	rows, err := s.read.QueryContext(ctx, text, q.args...)
	err = each(rows, err, func(row scanner) error {
		var l edition.Line
		var since int64
		var found int
		l.Edition, err = scanEdition(row, &l.Title, &l.Slug, &l.Key, &l.Path, &l.TargetTitle, &since, &found)
		l.Since = fromMicros(since)
		lines, total = append(lines, l), max(total, found)
		return err
	})
	if err == nil && words != "" && len(lines) == 0 && f.Offset > 0 { // past the end
		total, err = s.countQueue(ctx, f, q)
	}
	return lines, total, s.sentinel(err)
}

// queueQuery is a filter in the words of SQL, as conditions on edition e. It
// holds to columns of one index, so that only what is shown is read whole.
type queueQuery struct {
	from  string // the table of editions, e
	conds []string
	args  []any
}

func newQueueQuery(f edition.Filter) *queueQuery {
	q := &queueQuery{from: "edition e"}
	if !f.Removed {
		q.conds = append(q.conds, "e.hidden = 0")
	}
	if len(f.Locales) > 0 {
		list, with := in(len(q.args)+1, f.Locales, nil)
		q.args = append(q.args, with...)
		q.conds = append(q.conds, "e.locale IN "+list)
	}
	q.when(f.Release != 0, "e.release_id = $%d", f.Release)
	q.when(f.Assignee != "", "e.assignee = $%d", f.Assignee)
	q.when(!f.Embargoed.IsZero(), "e.embargo > $%d", micros(f.Embargoed))
	q.when(!f.DueBefore.IsZero(), "e.due > 0 AND e.due < $%d", micros(f.DueBefore))
	q.when(!f.Since.IsZero(), "e.since < $%d", micros(f.Since))
	q.when(f.Batch != 0, "e.id IN (SELECT i.edition_id FROM batch_item i WHERE i.batch_id = $%d AND i.status IN ('waiting', 'conflict', 'task'))", f.Batch)
	for _, c := range []struct {
		wanted bool
		cond   string
	}{
		{f.Unassigned, "e.assignee = ''"},
		{f.Errors, "e.n_errors > 0"},
		{f.Warnings, "(e.n_errors > 0 OR e.n_warnings > 0)"},
		{f.Clean, "e.n_errors = 0 AND e.n_warnings = 0"},
		{f.Proposals, "e.n_proposals > 0"},
	} {
		if c.wanted {
			q.conds = append(q.conds, c.cond)
		}
	}
	return q
}

// fewFound is how many editions a search may find for them to be read one by
// one; for more, all are passed by.
const fewFound = 1000

// search holds a query to the editions whose title has the folded words, in
// English or in their language.
func (s *Store) search(ctx context.Context, words string, q *queueQuery) error {
	within := "instr"
	if s.dialect == postgres {
		within = "strpos"
	}
	// Each comes twice at most. UNION would take as long again to tell them apart.
	rows, err := s.read.QueryContext(ctx, fmt.Sprintf(`SELECT id FROM edition WHERE %[1]s(find, $1) > 0
		UNION ALL SELECT id FROM edition WHERE release_id IN (SELECT id FROM release WHERE %[1]s(find, $1) > 0) LIMIT %[2]d`, within, 2*fewFound+1), words)
	ids, err := collect(rows, err, func(row scanner) (id int64, err error) { return id, row.Scan(&id) })
	if err != nil {
		return s.sentinel(err)
	}
	if len(ids) > 2*fewFound {
		q.args = append(q.args, words)
		q.conds = append(q.conds, fmt.Sprintf(`(e.release_id IN (SELECT id FROM release WHERE %[1]s(find, $%[2]d) > 0)
			OR e.id IN (SELECT id FROM edition WHERE %[1]s(find, $%[2]d) > 0))`, within, len(q.args)))
		return nil
	}
	slices.Sort(ids)
	// The cross join has SQLite begin with the few, not with a whole state.
	var list string
	list, q.args = s.dialect.ids(len(q.args)+1, append(slices.Compact(ids), 0), q.args)
	q.from = "(SELECT id AS few_id FROM edition WHERE id IN " + list + ") AS few CROSS JOIN edition e"
	q.conds = append(q.conds, "e.id = few.few_id")
	return nil
}

func (q *queueQuery) when(wanted bool, cond string, arg any) {
	if wanted {
		q.args = append(q.args, arg)
		q.conds = append(q.conds, fmt.Sprintf(cond, len(q.args)))
	}
}

// where is the whole condition, for editions in some states, none meaning all.
// States are the program's own words.
func (q *queueQuery) where(states []edition.State) string {
	conds := q.conds
	if len(states) > 0 {
		quoted := make([]string, len(states))
		for i, s := range states {
			quoted[i] = "'" + strings.ReplaceAll(string(s), "'", "''") + "'"
		}
		conds = append(conds[:len(conds):len(conds)], "e.state IN ("+strings.Join(quoted, ", ")+")")
	}
	if len(conds) == 0 {
		return "1 = 1"
	}
	return strings.Join(conds, " AND ")
}

// page is the query of one page. The page's numbers come first, state by
// state, each from the index in its order; titles are looked up for them only.
func (q *queueQuery) page(f edition.Filter) string {
	limit, most := "", f.Offset+f.Limit
	if f.Limit > 0 {
		limit = fmt.Sprintf(" LIMIT %d", most)
	}
	states := f.States
	if len(states) == 0 {
		states = edition.States()
	}
	parts := make([]string, len(states))
	for i, st := range states {
		parts[i] = fmt.Sprintf(`SELECT * FROM (SELECT e.id, e.turn, e.updated, e.locale FROM %s WHERE %s ORDER BY e.%s%s) AS part%d`,
			q.from, q.where([]edition.State{st}), strings.ReplaceAll(f.Order(), ", ", ", e."), limit, i)
	}
	return "WITH " + pageOf("("+strings.Join(parts, " UNION ALL ")+") AS parts", "0", f)
}

// found is the query of one page of what a search found, and of how many that
// is. It goes through all once: no index knows where in a state they are.
func (q *queueQuery) found(f edition.Filter) string {
	return `WITH hits AS MATERIALIZED (SELECT e.id, e.turn, e.updated, e.locale FROM ` + q.from + ` WHERE ` + q.where(f.States) + `), ` +
		pageOf("hits", "(SELECT count(*) FROM hits)", f)
}

// pageOf is a page of a table of numbers, with all that a list shows of them.
func pageOf(table, count string, f edition.Filter) string {
	text := `page AS (SELECT id AS page_id, turn AS page_turn, updated AS page_updated, locale AS page_locale FROM ` + table + ` ORDER BY ` + f.Order()
	if f.Limit > 0 {
		text += fmt.Sprintf(" LIMIT %d OFFSET %d", f.Limit, max(f.Offset, 0))
	}
	return text + `) SELECT ` + editionColumns + `, r.title, r.slug, r.rkey, r.path, coalesce(v.text, ''), e.since, ` + count + `
		FROM page JOIN edition e ON e.id = page.page_id JOIN release r ON r.id = e.release_id
		LEFT JOIN target t ON t.id = e.title_target LEFT JOIN version v ON v.id = t.standing_id
		ORDER BY ` + strings.NewReplacer("id", "page_id", "turn", "page_turn", "updated", "page_updated", "locale", "page_locale").Replace(f.Order())
}

func likeEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// folded is a title as it is searched for: no codes, small letters, no vowel
// signs. It is cut short so that an index can hold it.
func folded(coded string) string {
	words := []rune(glossary.FoldName(content.Plain(coded)))
	return string(words[:min(len(words), 300)])
}

// title returns the target of an edition's title, nil where it has none.
func (t *Tx) title(ctx context.Context, ed int64) (*edition.Target, error) {
	ts, err := scanTargets(t.query(ctx, `SELECT `+targetColumns+targetTables+`JOIN segment g ON g.id = t.segment_id
		JOIN unit u ON u.revision_id = g.revision_id AND u.position = g.unit
		WHERE t.edition_id = $1 AND t.position >= 0 AND u.kind = 'title' ORDER BY t.position LIMIT 1`, ed))
	if err != nil || len(ts) == 0 {
		return nil, err
	}
	return ts[0], nil
}

// retitle makes editions be found by their titles' new words, where targets
// among those that changed are titles.
func (t *Tx) retitle(ctx context.Context, targets []int64) error {
	if len(targets) == 0 {
		return nil
	}
	list, args := t.s.dialect.ids(1, targets, nil)
	titles := map[int64]string{}
	rows, err := t.query(ctx, `SELECT e.id, v.text FROM edition e JOIN target t ON t.id = e.title_target JOIN version v ON v.id = t.standing_id WHERE e.title_target IN `+list, args...)
	err = each(rows, err, func(row scanner) error {
		var id int64
		var text string
		err := row.Scan(&id, &text)
		titles[id] = text
		return err
	})
	if err != nil {
		return err
	}
	eds := slices.Sorted(maps.Keys(titles))
	for len(eds) > 0 {
		n := piece(len(eds))
		args := make([]any, 0, 2*n)
		for _, id := range eds[:n] {
			args = append(args, id, folded(titles[id]))
		}
		if _, err := t.exec(ctx, `UPDATE edition SET find = n.column2 FROM (`+valuesOf(t.s.dialect, n, "nt")+`) AS n WHERE edition.id = n.column1`, args...); err != nil {
			return fmt.Errorf("save titles: %w", err)
		}
		eds = eds[n:]
	}
	return nil
}

// countQueue counts what a filter gives in all.
func (s *Store) countQueue(ctx context.Context, f edition.Filter, q *queueQuery) (total int, err error) {
	if !f.ByState() {
		err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM `+q.from+` WHERE `+q.where(f.States), q.args...).Scan(&total)
		return total, s.sentinel(err)
	}
	counts, err := s.CountEditions(ctx)
	for locale, states := range counts {
		if len(f.Locales) > 0 && !slices.Contains(f.Locales, locale) {
			continue
		}
		for state, n := range states {
			if len(f.States) == 0 || slices.Contains(f.States, state) {
				total += n
			}
		}
	}
	return total, err
}

// countsLast is how long the counts by state hold where nothing in this
// process changed them; what other processes and batches do shows by then.
const countsLast = 2 * time.Second

// stateCounts keeps the counts by locale and state until something changes
// them: every page of the queue shows them.
type stateCounts struct {
	mu    sync.Mutex
	known map[string]map[edition.State]int
	at    time.Time
	turn  int // grows with each change
}

func (c *stateCounts) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = nil
	c.turn++
}

func (c *stateCounts) get() (known map[string]map[edition.State]int, turn int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.at) > countsLast {
		c.known = nil
	}
	return c.known, c.turn
}

// put keeps what was counted since a turn, unless it has changed meanwhile.
func (c *stateCounts) put(counts map[string]map[edition.State]int, turn int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.turn == turn {
		c.known, c.at = counts, time.Now()
	}
}

// CountEditions counts the editions of releases that are not removed, by
// locale and state. What another process or a batch has changed may show two
// seconds late.
func (s *Store) CountEditions(ctx context.Context) (map[string]map[edition.State]int, error) {
	known, turn := s.counts.get()
	if known == nil {
		var err error
		if known, err = s.countEditions(ctx); err != nil {
			return nil, err
		}
		s.counts.put(known, turn)
	}
	out := make(map[string]map[edition.State]int, len(known)) // the caller's own
	for locale, states := range known {
		out[locale] = maps.Clone(states)
	}
	return out, nil
}

func (s *Store) countEditions(ctx context.Context) (map[string]map[edition.State]int, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT locale, state, count(*) FROM edition WHERE hidden = 0 GROUP BY locale, state`)
	out := map[string]map[edition.State]int{}
	err = each(rows, err, func(row scanner) error {
		var locale string
		var state edition.State
		var n int
		err := row.Scan(&locale, &state, &n)
		if out[locale] == nil {
			out[locale] = map[edition.State]int{}
		}
		out[locale][state] = n
		return err
	})
	return out, s.sentinel(err)
}
