package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
)

const editionColumns = `e.id, e.release_id, e.locale, e.state, e.revision_id, e.reason, e.assignee, e.due, e.embargo, e.updated, e.public, e.publishable,
	e.segments, e.n_exact, e.n_context, e.n_fuzzy, e.n_repaired, e.n_engine, e.n_human, e.n_untranslated, e.n_reviewed, e.n_errors, e.n_warnings, e.n_proposals, e.hold`

func scanEdition(row scanner, more ...any) (e edition.Edition, err error) {
	var due, embargo, updated, public, publishable int64
	var hold string
	c := &e.Counts
	err = row.Scan(append([]any{&e.ID, &e.Release, &e.Locale, &e.State, &e.Revision, &e.Reason, &e.Assignee, &due, &embargo, &updated, &public, &publishable,
		&c.Segments, &c.Exact, &c.Context, &c.Fuzzy, &c.Repaired, &c.Engine, &c.Human, &c.Untranslated, &c.Reviewed, &c.Errors, &c.Warnings, &c.Proposals, &hold}, more...)...)
	e.Due, e.Embargo, e.Updated, e.Public = fromMicros(due), fromMicros(embargo), fromMicros(updated), fromMicros(public)
	e.Publishable = publishable != 0
	if err == nil && hold != "" {
		err = json.Unmarshal([]byte(hold), &e.Hold)
	}
	return e, err
}

func scanEditions(rows *sql.Rows, err error) ([]edition.Edition, error) {
	return collect(rows, err, func(row scanner) (edition.Edition, error) { return scanEdition(row) })
}

// Editions returns the editions of a release, by locale.
func (s *Store) Editions(ctx context.Context, release int64) ([]edition.Edition, error) {
	out, err := scanEditions(s.read.QueryContext(ctx, `SELECT `+editionColumns+` FROM edition e WHERE e.release_id = $1 ORDER BY e.locale`, release))
	return out, s.sentinel(err)
}

// Editions returns the editions of a release, by locale, as the transaction
// sees them; on PostgreSQL they stay locked until it ends.
func (t *Tx) Editions(ctx context.Context, release int64) ([]edition.Edition, error) {
	return scanEditions(t.query(ctx, `SELECT `+editionColumns+` FROM edition e WHERE e.release_id = $1 ORDER BY e.locale`+t.forUpdate(), release))
}

func (t *Tx) forUpdate() string {
	if t.s.dialect == postgres {
		return " FOR UPDATE"
	}
	return ""
}

// Edition returns an edition, or ErrNotFound.
func (s *Store) Edition(ctx context.Context, id int64) (edition.Edition, error) {
	e, err := scanEdition(s.read.QueryRowContext(ctx, `SELECT `+editionColumns+` FROM edition e WHERE e.id = $1`, id))
	return e, s.sentinel(one(err, "edition %d", id))
}

// Edition returns an edition as the transaction sees it and, on PostgreSQL,
// locks it.
func (t *Tx) Edition(ctx context.Context, id int64) (edition.Edition, error) {
	e, err := scanEdition(t.queryRow(ctx, `SELECT `+editionColumns+` FROM edition e WHERE e.id = $1`+t.forUpdate(), id))
	return e, one(err, "edition %d", id)
}

// AddEditions inserts editions and fills in their numbers and times.
func (t *Tx) AddEditions(ctx context.Context, es []edition.Edition) error {
	first, err := t.ids(ctx, len(es))
	if err != nil {
		return err
	}
	t.moved = t.moved || len(es) > 0
	rows := make([]any, 0, 9*len(es))
	for i := range es {
		e := &es[i]
		e.ID, e.Updated = first+int64(i), t.s.now()
		rows = append(rows, e.ID, e.Release, e.Locale, string(e.State), e.Revision, micros(e.Embargo), micros(e.Updated), micros(e.Updated), micros(e.Turn(e.Updated)))
	}
	if err := t.insert(ctx, "edition", "id, release_id, locale, state, revision_id, embargo, updated, since, turn", rows, ""); err != nil {
		return err
	}
	return t.noteNew(ctx, es)
}

// SaveEdition writes everything of an edition but its counts and stamps it.
// Its turn in the queue begins anew where its state changes.
func (t *Tx) SaveEdition(ctx context.Context, e *edition.Edition) error {
	return t.SaveEditions(ctx, []*edition.Edition{e})
}

// SaveEditions is SaveEdition for many.
func (t *Tx) SaveEditions(ctx context.Context, es []*edition.Edition) error {
	since, err := t.noteSteps(ctx, es)
	if err != nil {
		return err
	}
	for len(es) > 0 {
		n := piece(len(es))
		args := make([]any, 0, len(editionKinds)*n)
		for _, e := range es[:n] {
			hold := ""
			if e.Hold.Held() {
				b, err := json.Marshal(e.Hold)
				if err != nil {
					return err
				}
				hold = string(b)
			}
			args = append(args, e.ID, string(e.State), e.Revision, e.Reason, e.Assignee, micros(e.Due), micros(e.Embargo), micros(e.Updated), micros(e.Public), flag(e.Publishable), hold,
				since[e.ID], micros(e.Turn(fromMicros(since[e.ID]))))
		}
		if _, err := t.exec(ctx, saveEditionsText(t.s.dialect, n), args...); err != nil {
			return fmt.Errorf("save editions: %w", err)
		}
		es = es[n:]
	}
	return nil
}

// editionKinds are the kinds of the values that saveEditionsText takes.
const editionKinds = "ntnttnnnnntnn"

func saveEditionsText(d dialect, rows int) string {
	return `UPDATE edition SET state = n.column2, revision_id = n.column3, reason = n.column4, assignee = n.column5, due = n.column6, embargo = n.column7, updated = n.column8,
		public = n.column9, publishable = n.column10, hold = n.column11, since = n.column12, turn = n.column13 FROM (` + valuesOf(d, rows, editionKinds) + `) AS n WHERE edition.id = n.column1`
}

// noteSteps stamps editions, records those that go from one state to another,
// and gives since when each is in the state that it has now.
func (t *Tx) noteSteps(ctx context.Context, es []*edition.Edition) (map[int64]int64, error) {
	ids := make([]int64, len(es))
	for i, e := range es {
		ids[i] = e.ID
		e.Updated = t.stamp(e.Updated)
	}
	was, since := make(map[int64]edition.State, len(es)), make(map[int64]int64, len(es))
	for part := range slices.Chunk(ids, 512) {
		list, args := t.s.dialect.ids(1, part, nil)
		rows, err := t.query(ctx, `SELECT id, state, since FROM edition WHERE id IN `+list, args...)
		err = each(rows, err, func(row scanner) error {
			var id, at int64
			var state edition.State
			err := row.Scan(&id, &state, &at)
			was[id], since[id] = state, at
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var steps []any
	for _, e := range es {
		state, ok := was[e.ID]
		if !ok {
			return nil, fmt.Errorf("edition %d: %w", e.ID, ErrNotFound)
		}
		if state != e.State {
			since[e.ID] = micros(e.Updated)
			steps = append(steps, e.ID, since[e.ID], e.Locale, string(state), string(e.State))
		}
	}
	t.moved = t.moved || len(steps) > 0
	return since, t.insert(ctx, "edition_step", stepColumns, steps, "")
}

// stamp is a time later than before, so that every change of an edition
// shows even when the clock stands still.
func (t *Tx) stamp(before time.Time) time.Time {
	now := t.s.now()
	if !now.After(before) {
		return before.Add(time.Microsecond)
	}
	return now
}

// SaveCounts writes an edition's counts, and which target is its title.
func (t *Tx) SaveCounts(ctx context.Context, id int64, c edition.Counts, title *edition.Target) error {
	var target int64
	var words string
	if title != nil {
		target, words = title.ID, folded(title.Standing.Text)
	}
	_, err := t.exec(ctx, `UPDATE edition SET segments = $1, n_exact = $2, n_context = $3, n_fuzzy = $4, n_repaired = $5, n_engine = $6, n_human = $7,
		n_untranslated = $8, n_reviewed = $9, n_errors = $10, n_warnings = $11, n_proposals = $12, title_target = $13, find = $14 WHERE id = $15`,
		c.Segments, c.Exact, c.Context, c.Fuzzy, c.Repaired, c.Engine, c.Human, c.Untranslated, c.Reviewed, c.Errors, c.Warnings, c.Proposals, target, words, id)
	return err
}

// Recount works an edition's counts out of its targets and saves them.
func (t *Tx) Recount(ctx context.Context, id int64) error {
	rows, err := t.query(ctx, `SELECT coalesce(v.origin_kind, ''), t.state, t.omitted, t.n_errors, t.n_warnings,
		(SELECT count(*) FROM proposal p WHERE p.target_id = t.id AND p.status = 'waiting')
		FROM target t LEFT JOIN version v ON v.id = t.standing_id WHERE t.edition_id = $1 AND t.position >= 0`, id)
	if err != nil {
		return err
	}
	defer rows.Close()
	var c edition.Counts
	for rows.Next() {
		var kind edition.OriginKind
		var state edition.TargetState
		var omitted string
		var errs, warns, props int
		if err := rows.Scan(&kind, &state, &omitted, &errs, &warns, &props); err != nil {
			return err
		}
		if omitted != "" {
			kind = edition.FromHuman
			state = edition.Reviewed
		}
		c.Count(kind)
		c.Errors += errs
		c.Warnings += warns
		c.Proposals += props
		if state == edition.Reviewed || state == edition.Final {
			c.Reviewed++
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	title, err := t.title(ctx, id)
	if err != nil {
		return err
	}
	return t.SaveCounts(ctx, id, c, title)
}

const targetColumns = `t.id, t.edition_id, t.segment_id, t.position, t.state, t.approved_by, t.approved_source, t.omitted, t.n_errors, t.n_warnings, t.joined,
	coalesce(v.id, 0), coalesce(v.parent_id, 0), coalesce(v.text, ''), coalesce(v.origin, '{}'), coalesce(v.author, ''), v.source_hash, coalesce(v.glossary, 0), coalesce(v.created, 0)`

const targetTables = ` FROM target t LEFT JOIN version v ON v.id = t.standing_id `

func scanTarget(row scanner, more ...any) (*edition.Target, error) {
	var t edition.Target
	var approved, source []byte
	var origin string
	var created int64
	v := &t.Standing
	err := row.Scan(append([]any{&t.ID, &t.Edition, &t.Segment, &t.Position, &t.State, &t.ApprovedBy, &approved, &t.Omitted, &t.Errors, &t.Warnings, &t.Joined,
		&v.ID, &v.Parent, &v.Text, &origin, &v.Author, &source, &v.Glossary, &created}, more...)...)
	if err != nil {
		return nil, err
	}
	t.ApprovedSource, v.Source = hash(approved), hash(source)
	v.Target, v.Created = t.ID, fromMicros(created)
	if err := readOrigin(origin, &v.Origin); err != nil {
		return nil, fmt.Errorf("version %d: %w", v.ID, err)
	}
	return &t, nil
}

func scanTargets(rows *sql.Rows, err error) ([]*edition.Target, error) {
	return collect(rows, err, func(row scanner) (*edition.Target, error) { return scanTarget(row) })
}

// Targets returns an edition's targets with what stands, in the order of the
// source; those whose segment is gone are left out. Findings are not filled.
func (s *Store) Targets(ctx context.Context, ed int64) ([]*edition.Target, error) {
	ts, err := scanTargets(s.read.QueryContext(ctx, `SELECT `+targetColumns+targetTables+`WHERE t.edition_id = $1 AND t.position >= 0 ORDER BY t.position`, ed))
	return ts, s.sentinel(err)
}

// Targets is Store.Targets as the transaction sees it.
func (t *Tx) Targets(ctx context.Context, ed int64) ([]*edition.Target, error) {
	return scanTargets(t.query(ctx, `SELECT `+targetColumns+targetTables+`WHERE t.edition_id = $1 AND t.position >= 0 ORDER BY t.position`, ed))
}

// TargetsIn returns the targets of editions in the order of the document, by
// edition.
func (t *Tx) TargetsIn(ctx context.Context, eds []int64) (map[int64][]*edition.Target, error) {
	out := map[int64][]*edition.Target{}
	if len(eds) == 0 {
		return out, nil
	}
	list, args := t.s.dialect.ids(1, eds, nil)
	ts, err := scanTargets(t.query(ctx, `SELECT `+targetColumns+targetTables+`WHERE t.edition_id IN `+list+` AND t.position >= 0 ORDER BY t.edition_id, t.position`, args...))
	for _, g := range ts {
		out[g.Edition] = append(out[g.Edition], g)
	}
	return out, err
}

// Retired returns the targets of an edition whose segment is gone, by the
// exact hash of what it said: of several, one that is approved, then the one
// with the newest words. Those without words are left out, unless a person
// left the segment out.
func (s *Store) Retired(ctx context.Context, ed int64) (map[content.Hash]*edition.Target, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+targetColumns+`, x.hash`+targetTables+`JOIN segment g ON g.id = t.segment_id JOIN source_text x ON x.id = g.source_id
		WHERE t.edition_id = $1 AND t.position < 0 AND (t.standing_id > 0 OR t.omitted <> '')
		ORDER BY CASE t.approved_by WHEN '' THEN 0 ELSE 1 END, t.standing_id`, ed)
	if err != nil {
		return nil, s.sentinel(err)
	}
	defer rows.Close()
	out := map[content.Hash]*edition.Target{}
	for rows.Next() {
		var text []byte
		t, err := scanTarget(rows, &text)
		if err != nil {
			return nil, err
		}
		out[hash(text)] = t
	}
	return out, rows.Err()
}

// Target returns one target with what stands, or ErrNotFound.
func (t *Tx) Target(ctx context.Context, id int64) (*edition.Target, error) {
	tg, err := scanTarget(t.queryRow(ctx, `SELECT `+targetColumns+targetTables+`WHERE t.id = $1`, id))
	return tg, one(err, "target %d", id)
}

// Target returns one target with what stands, or ErrNotFound.
func (s *Store) Target(ctx context.Context, id int64) (*edition.Target, error) {
	tg, err := scanTarget(s.read.QueryRowContext(ctx, `SELECT `+targetColumns+targetTables+`WHERE t.id = $1`, id))
	return tg, s.sentinel(one(err, "target %d", id))
}

// AddTargets inserts targets and numbers them. Where Standing has a text,
// the version is inserted with its findings and numbered too.
func (t *Tx) AddTargets(ctx context.Context, ts []*edition.Target) error {
	first, err := t.ids(ctx, len(ts))
	if err != nil {
		return err
	}
	var vs []*edition.Version
	for i, g := range ts {
		g.ID = first + int64(i)
		if g.Standing.Text != "" {
			g.Standing.Target = g.ID
			vs = append(vs, &g.Standing)
		}
	}
	if err := t.AddVersions(ctx, vs); err != nil {
		return err
	}
	rows := make([]any, 0, 10*len(ts))
	for _, g := range ts {
		rows = append(rows, g.ID, g.Edition, g.Segment, g.Position, string(g.State), g.Standing.ID, g.ApprovedBy, nullHash(g.ApprovedSource), g.Omitted, g.Errors, g.Warnings)
	}
	return t.insert(ctx, "target", "id, edition_id, segment_id, position, state, standing_id, approved_by, approved_source, omitted, n_errors, n_warnings", rows, "")
}

func nullHash(h content.Hash) any {
	if h == (content.Hash{}) {
		return nil
	}
	return h[:]
}

// AddVersions appends versions with their findings and numbers them.
func (t *Tx) AddVersions(ctx context.Context, vs []*edition.Version) error {
	if len(vs) == 0 {
		return nil
	}
	first, err := t.ids(ctx, len(vs))
	if err != nil {
		return err
	}
	rows := make([]any, 0, 10*len(vs))
	var finds []any
	for i, v := range vs {
		v.ID = first + int64(i)
		if v.Created.IsZero() {
			v.Created = t.s.now()
		}
		origin, err := originJSON(v.Origin)
		if err != nil {
			return err
		}
		rows = append(rows, v.ID, v.Target, v.Parent, v.Text, string(v.Origin.Kind), origin, v.Author, v.Source[:], v.Glossary, micros(v.Created))
		if finds, err = findingRows(finds, v.ID, v.Findings); err != nil {
			return err
		}
	}
	if err := t.insert(ctx, "version", "id, target_id, parent_id, text, origin_kind, origin, author, source_hash, glossary, created", rows, ""); err != nil {
		return err
	}
	return t.insert(ctx, "finding", findingInsert, finds, "")
}

const findingInsert = "version_id, seq, rule, severity, body"

func findingRows(rows []any, version int64, fs []edition.Finding) ([]any, error) {
	for n, f := range fs {
		body, err := json.Marshal(f)
		if err != nil {
			return nil, err
		}
		rows = append(rows, version, n, f.Rule, string(f.Severity), string(body))
	}
	return rows, nil
}

// SetFindings replaces what was found in a version.
func (t *Tx) SetFindings(ctx context.Context, version int64, fs []edition.Finding) error {
	if _, err := t.exec(ctx, `DELETE FROM finding WHERE version_id = $1`, version); err != nil {
		return err
	}
	rows, err := findingRows(nil, version, fs)
	if err != nil {
		return err
	}
	return t.insert(ctx, "finding", findingInsert, rows, "")
}

func originJSON(o edition.Origin) (string, error) {
	if o.Kind == edition.FromEngine && len(o.Swaps) == 0 && o.Score == 0 && o.Entry == 0 && !strings.ContainsAny(o.Engine, "\"\\") {
		text := originOfEngine + o.Engine + `"` // the frequent case
		if o.Batch != 0 {
			text += originBatch + strconv.FormatInt(o.Batch, 10)
		}
		return text + `}`, nil
	}
	b, err := json.Marshal(o)
	return string(b), err
}

// How the origin of an engine's words begins, and of those that a batch has
// changed goes on.
const (
	originOfEngine = `{"kind":"engine","engine":"`
	originBatch    = `,"batch":`
)

// readOrigin reads what originJSON wrote.
func readOrigin(text string, o *edition.Origin) error {
	*o = edition.Origin{}
	if name, ok := strings.CutPrefix(text, originOfEngine); ok && !strings.Contains(name, `\`) {
		name, rest, _ := strings.Cut(name, `"`)
		n, batch := strings.CutPrefix(strings.TrimSuffix(rest, `}`), originBatch)
		id, err := strconv.ParseInt(n, 10, 64)
		if rest == `}` || batch && err == nil {
			*o = edition.Origin{Kind: edition.FromEngine, Engine: name, Batch: id}
			return nil // the frequent case
		}
	}
	return json.Unmarshal([]byte(text), o)
}

// SaveTarget writes a target's place, state, approval and standing version.
func (t *Tx) SaveTarget(ctx context.Context, g *edition.Target) error {
	_, err := t.exec(ctx, `UPDATE target SET segment_id = $1, position = $2, state = $3, standing_id = $4, approved_by = $5, approved_source = $6, omitted = $7, n_errors = $8, n_warnings = $9, joined = $10 WHERE id = $11`,
		g.Segment, g.Position, string(g.State), g.Standing.ID, g.ApprovedBy, nullHash(g.ApprovedSource), g.Omitted, g.Errors, g.Warnings, g.Joined, g.ID)
	return err
}

// StandingFinding is a finding of a standing version with what a person
// answered to it.
type StandingFinding = edition.StandingFinding

func scanFindings(rows *sql.Rows, err error) (map[int64][]StandingFinding, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64][]StandingFinding{}
	for rows.Next() {
		var version int64
		var f StandingFinding
		var body string
		if err := rows.Scan(&version, &f.Seq, &body, &f.DismissedBy, &f.DismissedWhy); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(body), &f.Finding); err != nil {
			return nil, fmt.Errorf("finding %d of version %d: %w", f.Seq, version, err)
		}
		out[version] = append(out[version], f)
	}
	return out, rows.Err()
}

const findingColumns = `SELECT f.version_id, f.seq, f.body, f.dismissed_by, f.dismissed_why FROM finding f `

// Findings returns the findings of all versions that stand in an edition, by
// version.
func (s *Store) Findings(ctx context.Context, ed int64) (map[int64][]StandingFinding, error) {
	out, err := scanFindings(s.read.QueryContext(ctx, findingColumns+`JOIN target t ON t.standing_id = f.version_id WHERE t.edition_id = $1 ORDER BY f.version_id, f.seq`, ed))
	return out, s.sentinel(err)
}

// FindingsOf returns the findings of one version.
func (t *Tx) FindingsOf(ctx context.Context, version int64) ([]StandingFinding, error) {
	out, err := scanFindings(t.query(ctx, findingColumns+`WHERE f.version_id = $1 ORDER BY f.seq`, version))
	return out[version], err
}

// Dismiss records that a person answered a finding.
func (t *Tx) Dismiss(ctx context.Context, version int64, seq int, who, why string) error {
	_, err := t.exec(ctx, `UPDATE finding SET dismissed_by = $1, dismissed_at = $2, dismissed_why = $3 WHERE version_id = $4 AND seq = $5`,
		who, micros(t.s.now()), why, version, seq)
	return err
}

// History returns a target's versions, the oldest first, without findings.
func (s *Store) History(ctx context.Context, target int64) ([]edition.Version, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, parent_id, text, origin, author, source_hash, glossary, created FROM version WHERE target_id = $1 ORDER BY id`, target)
	out, err := collect(rows, err, func(row scanner) (v edition.Version, err error) {
		v = edition.Version{Target: target}
		var origin string
		var source sql.RawBytes
		var created int64
		if err := row.Scan(&v.ID, &v.Parent, &v.Text, &origin, &v.Author, &source, &v.Glossary, &created); err != nil {
			return v, err
		}
		v.Source, v.Created = hash(source), fromMicros(created)
		if err := readOrigin(origin, &v.Origin); err != nil {
			return v, fmt.Errorf("version %d: %w", v.ID, err)
		}
		return v, nil
	})
	return out, s.sentinel(err)
}

// AddProposals inserts proposals and numbers them.
func (t *Tx) AddProposals(ctx context.Context, ps []*edition.Proposal) error {
	if len(ps) == 0 {
		return nil
	}
	first, err := t.ids(ctx, len(ps))
	if err != nil {
		return err
	}
	rows := make([]any, 0, 9*len(ps))
	for i, p := range ps {
		p.ID, p.Created = first+int64(i), t.s.now()
		origin, err := originJSON(p.Origin)
		if err != nil {
			return err
		}
		rows = append(rows, p.ID, p.Target, p.Base, p.Text, origin, string(p.Cause), p.CauseID, string(p.Status), micros(p.Created))
	}
	return t.insert(ctx, "proposal", "id, target_id, base_id, text, origin, cause, cause_id, status, created", rows, "")
}

// DecideProposal records what became of a proposal, and with it of the item of
// the batch that made it.
func (t *Tx) DecideProposal(ctx context.Context, id int64, status edition.ProposalStatus, who string) error {
	_, err := t.exec(ctx, `UPDATE proposal SET status = $1, decided_by = $2, decided_at = $3 WHERE id = $4`, string(status), who, micros(t.s.now()), id)
	if err != nil {
		return err
	}
	return t.decideItem(ctx, id, edition.ItemOf(status), who)
}

const proposalColumns = `SELECT p.id, p.target_id, p.base_id, p.text, p.origin, p.cause, p.cause_id, p.status, p.created FROM proposal p `

func scanProposals(rows *sql.Rows, err error) ([]edition.Proposal, error) {
	return collect(rows, err, func(row scanner) (p edition.Proposal, err error) {
		var origin string
		var created int64
		if err := row.Scan(&p.ID, &p.Target, &p.Base, &p.Text, &origin, &p.Cause, &p.CauseID, &p.Status, &created); err != nil {
			return p, err
		}
		p.Created = fromMicros(created)
		if err := readOrigin(origin, &p.Origin); err != nil {
			return p, fmt.Errorf("proposal %d: %w", p.ID, err)
		}
		return p, nil
	})
}

// Proposals returns the proposals that wait in an edition.
func (s *Store) Proposals(ctx context.Context, ed int64) ([]edition.Proposal, error) {
	out, err := scanProposals(s.read.QueryContext(ctx, proposalColumns+`JOIN target t ON t.id = p.target_id WHERE t.edition_id = $1 AND p.status IN ('waiting', 'conflict') ORDER BY p.id`, ed))
	return out, s.sentinel(err)
}

// ProposalsOf returns the proposals that wait for a target.
func (t *Tx) ProposalsOf(ctx context.Context, target int64) ([]edition.Proposal, error) {
	return scanProposals(t.query(ctx, proposalColumns+`WHERE p.target_id = $1 AND p.status IN ('waiting', 'conflict') ORDER BY p.id`, target))
}

// SaveDraft keeps what a person is typing.
func (t *Tx) SaveDraft(ctx context.Context, target int64, who string, base int64, text string) error {
	_, err := t.exec(ctx, `INSERT INTO draft (target_id, who, base_id, text, saved) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (target_id, who) DO UPDATE SET base_id = excluded.base_id, text = excluded.text, saved = excluded.saved`, target, who, base, text, micros(t.s.now()))
	return err
}

// DropDraft forgets what a person was typing.
func (t *Tx) DropDraft(ctx context.Context, target int64, who string) error {
	_, err := t.exec(ctx, `DELETE FROM draft WHERE target_id = $1 AND who = $2`, target, who)
	return err
}

// Drafts returns what a person was typing in an edition, by target.
func (s *Store) Drafts(ctx context.Context, ed int64, who string) (map[int64]edition.Typed, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT d.target_id, d.base_id, d.text, d.saved FROM draft d JOIN target t ON t.id = d.target_id WHERE t.edition_id = $1 AND d.who = $2`, ed, who)
	if err != nil {
		return nil, s.sentinel(err)
	}
	defer rows.Close()
	out := map[int64]edition.Typed{}
	for rows.Next() {
		var target, saved int64
		var d edition.Typed
		if err := rows.Scan(&target, &d.Base, &d.Text, &saved); err != nil {
			return nil, err
		}
		d.Saved = fromMicros(saved)
		out[target] = d
	}
	return out, rows.Err()
}

// ChangedSince returns the editions that were changed after a time, the
// oldest change first.
func (s *Store) ChangedSince(ctx context.Context, since time.Time, limit int) ([]edition.Edition, error) {
	q := &queueQuery{} // hidden and state are named so that the index answers
	out, err := scanEditions(s.read.QueryContext(ctx, `SELECT `+editionColumns+` FROM edition e
		WHERE e.hidden IN (0, 1) AND `+q.where(edition.States())+` AND e.updated > $1 ORDER BY e.updated, e.id LIMIT $2`, micros(since), limit))
	return out, s.sentinel(err)
}

// Sums adds up the editions of releases that are not removed, by locale and
// state.
func (s *Store) Sums(ctx context.Context) ([]edition.Sum, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT e.locale, e.state, count(*), sum(e.segments), sum(e.n_exact), sum(e.n_context), sum(e.n_fuzzy), sum(e.n_repaired),
		sum(e.n_engine), sum(e.n_human), sum(e.n_untranslated), sum(e.n_reviewed), sum(e.n_errors), sum(e.n_warnings), sum(e.n_proposals)
		FROM edition e JOIN release r ON r.id = e.release_id WHERE r.removed = 0 GROUP BY e.locale, e.state ORDER BY e.locale, e.state`)
	out, err := collect(rows, err, func(row scanner) (x edition.Sum, err error) {
		c := &x.Counts
		if err := row.Scan(&x.Locale, &x.State, &x.Editions, &c.Segments, &c.Exact, &c.Context, &c.Fuzzy, &c.Repaired,
			&c.Engine, &c.Human, &c.Untranslated, &c.Reviewed, &c.Errors, &c.Warnings, &c.Proposals); err != nil {
			return x, err
		}
		return x, nil
	})
	return out, s.sentinel(err)
}

// MissingLocales returns the newest revision of every release that is not
// removed and has no edition in a locale.
func (s *Store) MissingLocales(ctx context.Context, locale string) ([]edition.Release, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+releaseColumns+` FROM release r WHERE r.removed = 0
		AND NOT EXISTS (SELECT 1 FROM edition e WHERE e.release_id = r.id AND e.locale = $1) ORDER BY r.id`, locale)
	out, err := collect(rows, err, scanRelease)
	return out, s.sentinel(err)
}
