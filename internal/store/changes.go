package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
)

const changeSetColumns = `SELECT id, title, reason, author, cause, base, created, effective, scope, status, revision, edits, decided_by, decided, version FROM change_set `

func scanChangeSet(row scanner) (c edition.ChangeSet, err error) {
	var created, effective, decided int64
	var scope string
	if err := row.Scan(&c.ID, &c.Title, &c.Reason, &c.Author, &c.Cause, &c.Base, &created, &effective, &scope, &c.Status,
		&c.Revision, &c.Size, &c.DecidedBy, &decided, &c.Version); err != nil {
		return c, err
	}
	c.Created, c.Effective, c.Decided = fromMicros(created), fromMicros(effective), fromMicros(decided)
	if err := json.Unmarshal([]byte(scope), &c.Scope); err != nil {
		return c, fmt.Errorf("change set %d: %w", c.ID, err)
	}
	return c, nil
}

// ChangeSets returns change sets without their edits, the newest first: those
// of the given statuses, or all.
func (s *Store) ChangeSets(ctx context.Context, statuses []edition.ChangeSetStatus, limit int) ([]edition.ChangeSet, error) {
	where, args := "", []any{}
	if len(statuses) > 0 {
		var list string
		list, args = in(1, statuses, nil)
		where = `WHERE status IN ` + list
	}
	q := changeSetColumns + where + ` ORDER BY id DESC`
	if limit > 0 {
		q += fmt.Sprintf(" LIMIT %d", limit)
	}
	for i := range args {
		args[i] = string(args[i].(edition.ChangeSetStatus))
	}
	rows, err := s.read.QueryContext(ctx, q, args...)
	out, err := collect(rows, err, scanChangeSet)
	return out, s.sentinel(err)
}

// ChangeSet returns a change set with its edits.
func (s *Store) ChangeSet(ctx context.Context, id int64) (edition.ChangeSet, error) {
	c, err := scanChangeSet(s.read.QueryRowContext(ctx, changeSetColumns+`WHERE id = $1`, id))
	if err != nil {
		return c, s.sentinel(one(err, "change set %d", id))
	}
	rows, err := s.read.QueryContext(ctx, changeEditText, id, c.Revision)
	c.Edits, err = collect(rows, err, scanEdit)
	return c, s.sentinel(err)
}

// ChangeSet is Store.ChangeSet as the transaction sees it; on PostgreSQL the
// set stays locked until it ends.
func (t *Tx) ChangeSet(ctx context.Context, id int64) (edition.ChangeSet, error) {
	c, err := scanChangeSet(t.queryRow(ctx, changeSetColumns+`WHERE id = $1`+t.forUpdate(), id))
	if err != nil {
		return c, one(err, "change set %d", id)
	}
	rows, err := t.query(ctx, changeEditText, id, c.Revision)
	c.Edits, err = collect(rows, err, scanEdit)
	return c, err
}

const changeEditText = `SELECT concept, was, shall FROM change_edit WHERE set_id = $1 AND revision = $2 ORDER BY seq`

func scanEdit(row scanner) (e edition.ConceptEdit, err error) {
	var was, shall string
	if err := row.Scan(&e.ID, &was, &shall); err != nil {
		return e, err
	}
	for _, part := range []struct {
		body string
		into **glossary.Concept
	}{{was, &e.Before}, {shall, &e.After}} {
		if part.body == "" {
			continue
		}
		c := new(glossary.Concept)
		if err := json.Unmarshal([]byte(part.body), c); err != nil {
			return e, fmt.Errorf("an edit of %s: %w", e.ID, err)
		}
		*part.into = c
	}
	return e, nil
}

// SaveChangeSet inserts a change set and numbers it, or saves what of one may
// change: title, reason, base, date, scope, status and who decided; and, where
// edits is set, its edits as a further revision.
func (t *Tx) SaveChangeSet(ctx context.Context, c *edition.ChangeSet, edits bool) error {
	scope, err := json.Marshal(c.Scope)
	if err != nil {
		return err
	}
	if edits {
		c.Revision++
		c.Size = len(c.Edits)
	}
	if c.ID == 0 {
		if c.ID, err = t.ids(ctx, 1); err != nil {
			return err
		}
		c.Created = t.s.now()
		err = t.insert(ctx, "change_set", "id, title, reason, author, cause, base, created, effective, scope, status, revision, edits, decided_by, decided, version",
			[]any{c.ID, c.Title, c.Reason, c.Author, c.Cause, c.Base, micros(c.Created), micros(c.Effective), string(scope), string(c.Status),
				c.Revision, c.Size, c.DecidedBy, micros(c.Decided), c.Version}, "")
	} else {
		_, err = t.exec(ctx, `UPDATE change_set SET title = $1, reason = $2, base = $3, effective = $4, scope = $5, status = $6, revision = $7, edits = $8,
			decided_by = $9, decided = $10, version = $11 WHERE id = $12`,
			c.Title, c.Reason, c.Base, micros(c.Effective), string(scope), string(c.Status), c.Revision, c.Size, c.DecidedBy, micros(c.Decided), c.Version, c.ID)
	}
	if err != nil || !edits {
		return err
	}
	rows := make([]any, 0, 6*len(c.Edits))
	for i := range c.Edits {
		e := &c.Edits[i]
		was, err := conceptJSON(e.Before)
		if err != nil {
			return err
		}
		shall, err := conceptJSON(e.After)
		if err != nil {
			return err
		}
		rows = append(rows, c.ID, c.Revision, i, e.ID, was, shall)
	}
	return t.insert(ctx, "change_edit", "set_id, revision, seq, concept, was, shall", rows, "")
}

// conceptJSON is a concept as the database keeps it, "" for none.
func conceptJSON(c *glossary.Concept) (string, error) {
	if c == nil {
		return "", nil
	}
	bare := *c
	bare.Line = 0
	body, err := json.Marshal(bare)
	return string(body), err
}

// ConceptIDs returns the database's numbers of concepts by their ids, the
// retired ones too; those that never were are left out.
func (s *Store) ConceptIDs(ctx context.Context, ids []string) (map[string]int64, error) {
	out := make(map[string]int64, len(ids))
	for part := range slices.Chunk(ids, 512) {
		list, args := in(1, part, nil)
		rows, err := s.read.QueryContext(ctx, `SELECT ckey, id FROM concept WHERE ckey IN `+list, args...)
		err = each(rows, err, func(row scanner) error {
			var key string
			var id int64
			if err := row.Scan(&key, &id); err != nil {
				return err
			}
			out[key] = id
			return nil
		})
		if err != nil {
			return nil, s.sentinel(err)
		}
	}
	return out, nil
}

// RetiredConcepts returns those of the concepts that were retired, as they
// were last, by id.
func (s *Store) RetiredConcepts(ctx context.Context, ids []string) (map[string]*glossary.Concept, error) {
	out := map[string]*glossary.Concept{}
	for part := range slices.Chunk(ids, 512) {
		known := map[string]knownConcept{}
		list, args := in(1, part, nil)
		rows, err := s.read.QueryContext(ctx, knownConceptText+` AND c.ckey IN `+list, args...)
		if err := eachKnown(rows, err, known); err != nil {
			return nil, s.sentinel(err)
		}
		for id, k := range known {
			if !k.retired {
				continue
			}
			out[id] = new(glossary.Concept)
			if err := json.Unmarshal([]byte(k.body), out[id]); err != nil {
				return nil, fmt.Errorf("concept %s of the glossary: %w", id, err)
			}
		}
	}
	return out, nil
}

// SourcesWith returns the numbers of the source texts in which one of the
// concepts may stand by the index, in their order, each once.
func (s *Store) SourcesWith(ctx context.Context, concepts []int64) ([]int64, error) {
	var out []int64
	for part := range slices.Chunk(concepts, 512) {
		list, args := s.dialect.ids(1, part, nil)
		rows, err := s.read.QueryContext(ctx, `SELECT source_id FROM occurrence WHERE concept_id IN `+list, args...)
		err = each(rows, err, func(row scanner) error {
			var id int64
			err := row.Scan(&id)
			out = append(out, id)
			return err
		})
		if err != nil {
			return nil, s.sentinel(err)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// FoundSince returns the highest version from which on texts have been
// searched for all of the concepts: older texts have to be searched again.
func (s *Store) FoundSince(ctx context.Context, concepts []int64) (version int64, err error) {
	for part := range slices.Chunk(concepts, 512) {
		list, args := in(1, part, nil)
		var v int64
		if err := s.read.QueryRowContext(ctx, `SELECT coalesce(max(found_since), 0) FROM concept WHERE id IN `+list, args...).Scan(&v); err != nil {
			return 0, s.sentinel(err)
		}
		version = max(version, v)
	}
	return version, nil
}

// SourceSpan returns the lowest and highest number of a source text, 0 and 0
// for none.
func (s *Store) SourceSpan(ctx context.Context) (first, last int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM source_text`).Scan(&first, &last)
	return first, last, s.sentinel(err)
}

// EachSource calls f for the distinct source texts numbered from first to
// last, in order.
func (s *Store) EachSource(ctx context.Context, first, last int64, f func(id int64, text string) error) error {
	rows, err := s.read.QueryContext(ctx, `SELECT id, text FROM source_text WHERE id >= $1 AND id <= $2 ORDER BY id`, first, last)
	return s.sentinel(eachText(rows, err, f))
}

// EachOldSource calls f for the distinct source texts that were searched for
// names under a version of the glossary before this one.
func (s *Store) EachOldSource(ctx context.Context, version int64, f func(id int64, text string) error) error {
	rows, err := s.read.QueryContext(ctx, `SELECT id, text FROM source_text WHERE terms_version < $1`, version)
	return s.sentinel(eachText(rows, err, f))
}

func eachText(rows *sql.Rows, err error, f func(id int64, text string) error) error {
	return each(rows, err, func(row scanner) error {
		var id int64
		var text string
		if err := row.Scan(&id, &text); err != nil {
			return err
		}
		return f(id, text)
	})
}

// SourceTexts returns source texts by their numbers.
func (s *Store) SourceTexts(ctx context.Context, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	for part := range slices.Chunk(ids, 512) {
		list, args := s.dialect.ids(1, part, nil)
		rows, err := s.read.QueryContext(ctx, `SELECT id, text FROM source_text WHERE id IN `+list, args...)
		err = each(rows, err, func(row scanner) error {
			var id int64
			var text string
			err := row.Scan(&id, &text)
			out[id] = text
			return err
		})
		if err != nil {
			return nil, s.sentinel(err)
		}
	}
	return out, nil
}

// SegmentsOf returns the segments that say one of the source texts, by source
// and number: the first limit of them after a segment of the first source.
func (s *Store) SegmentsOf(ctx context.Context, sources []int64, after int64, limit int) ([]edition.Cursor, error) {
	if len(sources) == 0 {
		return nil, nil
	}
	var out []edition.Cursor
	scan := func(row scanner) (c edition.Cursor, err error) {
		return c, row.Scan(&c.Source, &c.Segment)
	}
	if after > 0 {
		rows, err := s.read.QueryContext(ctx, `SELECT source_id, id FROM segment WHERE source_id = $1 AND id > $2 ORDER BY id LIMIT $3`, sources[0], after, limit)
		if out, err = collect(rows, err, scan); err != nil {
			return nil, s.sentinel(err)
		}
		if sources = sources[1:]; len(out) == limit || len(sources) == 0 {
			return out, nil
		}
	}
	list, args := s.dialect.ids(2, sources, []any{limit - len(out)})
	rows, err := s.read.QueryContext(ctx, `SELECT source_id, id FROM segment WHERE source_id IN `+list+` ORDER BY source_id, id LIMIT $1`, args...)
	more, err := collect(rows, err, scan)
	return append(out, more...), s.sentinel(err)
}

// AffectedTargets returns the targets of segments with all that a plan needs
// but the source text and its occurrences, by segment and target. locales
// limits them, none means all; since leaves out those whose words are older and
// say one segment only.
func (s *Store) AffectedTargets(ctx context.Context, segments []int64, locales []string, since time.Time) ([]edition.Affected, error) {
	var out []edition.Affected
	for part := range slices.Chunk(segments, 512) {
		list, args := s.dialect.ids(1, part, nil)
		where := ""
		if len(locales) > 0 {
			var ls string
			ls, args = in(len(args)+1, locales, args)
			where = ` AND e.locale IN ` + ls
		}
		if !since.IsZero() {
			args = append(args, micros(since))
			where += fmt.Sprintf(` AND (v.created >= $%d OR t.joined <> 0)`, len(args))
		}
		rows, err := s.read.QueryContext(ctx, affectedText+list+` AND t.position >= 0`+where+` ORDER BY t.segment_id, t.id`, args...)
		err = each(rows, err, func(row scanner) error {
			a, err := scanAffected(row)
			out = append(out, a)
			return err
		})
		if err != nil {
			return nil, s.sentinel(err)
		}
	}
	return out, nil
}

// An edition that revises for proposals of batches alone counts as what it was.
const affectedText = `SELECT t.id, t.segment_id, t.position, t.state, t.approved_by <> '', t.omitted <> '', t.joined,
	coalesce(v.id, 0), coalesce(v.text, ''), coalesce(v.origin, '{}'), coalesce(v.author, ''), coalesce(v.glossary, 0), coalesce(v.created, 0), v.source_hash,
	e.id, e.locale, CASE WHEN e.state = 'revising' THEN coalesce((SELECT h.was FROM edition_hold h WHERE h.edition_id = e.id AND h.stamp = e.updated), e.state) ELSE e.state END, e.public, e.revision_id, r.id, r.slug, r.removed
	FROM target t JOIN edition e ON e.id = t.edition_id JOIN release r ON r.id = e.release_id
	LEFT JOIN version v ON v.id = t.standing_id WHERE t.segment_id IN `

func scanAffected(row scanner) (a edition.Affected, err error) {
	var approved bool
	var origin string
	var public, removed, created int64
	var source []byte
	v := &a.Standing
	err = row.Scan(&a.Target, &a.Segment, &a.Position, &a.State, &approved, &a.Omitted, &a.Joined,
		&v.ID, &v.Text, &origin, &v.Author, &v.Glossary, &created, &source,
		&a.Edition, &a.Locale, &a.EditionState, &public, &a.Revision, &a.Release, &a.Slug, &removed)
	if err != nil {
		return a, err
	}
	if err := readOrigin(origin, &v.Origin); err != nil {
		return a, fmt.Errorf("the origin of version %d: %w", v.ID, err)
	}
	v.Target, v.Created, v.Source = a.Target, fromMicros(created), hash(source)
	a.Public, a.Removed = public != 0, removed != 0
	a.ByPerson = approved || a.Omitted || v.Origin.Kind == edition.FromHuman
	return a, nil
}

// SegmentKinds returns what segments are in their documents.
func (s *Store) SegmentKinds(ctx context.Context, segments []int64) (map[int64]content.UnitKind, error) {
	out := make(map[int64]content.UnitKind, len(segments))
	for part := range slices.Chunk(segments, 512) {
		list, args := s.dialect.ids(1, part, nil)
		rows, err := s.read.QueryContext(ctx, `SELECT g.id, u.kind FROM segment g JOIN unit u ON u.revision_id = g.revision_id AND u.position = g.unit WHERE g.id IN `+list, args...)
		err = each(rows, err, func(row scanner) error {
			var id int64
			var kind content.UnitKind
			err := row.Scan(&id, &kind)
			out[id] = kind
			return err
		})
		if err != nil {
			return nil, s.sentinel(err)
		}
	}
	return out, nil
}

// LicencesOf returns the occurrences that count in segments because their
// documents license them.
func (s *Store) LicencesOf(ctx context.Context, segments []int64) ([]edition.Licence, error) {
	var out []edition.Licence
	for part := range slices.Chunk(segments, 512) {
		list, args := s.dialect.ids(1, part, nil)
		rows, err := s.read.QueryContext(ctx, `SELECT segment_id, concept_id, start_byte, end_byte FROM licence WHERE segment_id IN `+list, args...)
		err = each(rows, err, func(row scanner) error {
			var l edition.Licence
			err := row.Scan(&l.Segment, &l.Concept, &l.Start, &l.End)
			out = append(out, l)
			return err
		})
		if err != nil {
			return nil, s.sentinel(err)
		}
	}
	return out, nil
}

// AddOccurrences writes where concepts may stand in source texts, leaving out
// what the index has already. Rows of names that are found no more stay: the
// index may name more texts than there are, never fewer.
func (t *Tx) AddOccurrences(ctx context.Context, bySource map[int64][]edition.Occurrence) error {
	type place struct{ source, concept, start int64 }
	known := map[place]bool{}
	sources := make([]int64, 0, len(bySource))
	for id := range bySource {
		sources = append(sources, id)
	}
	slices.Sort(sources)
	for part := range slices.Chunk(sources, 512) {
		list, args := t.s.dialect.ids(1, part, nil)
		rows, err := t.query(ctx, `SELECT source_id, concept_id, start_byte FROM occurrence WHERE source_id IN `+list, args...)
		err = each(rows, err, func(row scanner) error {
			var p place
			err := row.Scan(&p.source, &p.concept, &p.start)
			known[p] = true
			return err
		})
		if err != nil {
			return err
		}
	}
	var rows []any
	for _, id := range sources {
		for _, o := range bySource[id] {
			if !known[place{id, o.Concept, int64(o.Start)}] {
				rows = append(rows, id, o.Concept, o.Start, o.End, flag(o.Nested))
			}
		}
	}
	return t.insert(ctx, "occurrence", "source_id, concept_id, start_byte, end_byte, nested", rows, "")
}

// SetLicences writes the licensed occurrences of segments in place of those
// that there were.
func (t *Tx) SetLicences(ctx context.Context, segments []int64, ls []edition.Licence) error {
	for part := range slices.Chunk(segments, 512) {
		list, args := t.s.dialect.ids(1, part, nil)
		if _, err := t.exec(ctx, `DELETE FROM licence WHERE segment_id IN `+list, args...); err != nil {
			return err
		}
	}
	return t.SaveLicences(ctx, ls)
}

// Indexed says that all texts have been searched for concepts as they are
// found under a version of the glossary; one that has changed since stays as
// it is.
func (t *Tx) Indexed(ctx context.Context, concepts []int64, version int64) error {
	for part := range slices.Chunk(concepts, 512) {
		list, args := in(2, part, []any{version})
		if _, err := t.exec(ctx, `UPDATE concept SET found_since = 0 WHERE found_since <= $1 AND id IN `+list, args...); err != nil {
			return err
		}
	}
	return nil
}

// errNoConcept is an edit of a concept that the database does not have.
var errNoConcept = errors.New("the glossary has no such concept")

// SaveEdits makes one new version of the glossary that differs in some
// concepts, and returns its number: only their rows are read and written. The
// caller has checked the edits against the version that counts.
func (t *Tx) SaveEdits(ctx context.Context, edits []edition.ConceptEdit, author, reason, fingerprint string) (int64, error) {
	if err := t.LockGlossary(ctx); err != nil {
		return 0, err
	}
	current, err := t.GlossaryVersion(ctx)
	if err != nil || len(edits) == 0 {
		return current, err
	}
	keys := make([]string, len(edits))
	for i := range edits {
		keys[i] = edits[i].ID
	}
	known, err := t.latest(ctx, keys)
	if err != nil {
		return 0, err
	}
	w := &glossaryWriter{t: t, next: current + 1}
	if err := t.queryRow(ctx, `SELECT coalesce(max(position), -1) FROM concept_version`).Scan(&w.last); err != nil {
		return 0, err
	}
	for i := range edits {
		e := &edits[i]
		k, ok := known[e.ID]
		switch {
		case e.After != nil:
			err = w.put(e.ID, k, ok, e.After)
		case ok && !k.retired:
			w.retire(k)
		case !ok:
			err = fmt.Errorf("%s: %w", e.ID, errNoConcept)
		}
		if err != nil {
			return 0, err
		}
	}
	return w.write(ctx, author, reason, fingerprint)
}

// latest reads the newest rows of concepts.
func (t *Tx) latest(ctx context.Context, keys []string) (map[string]knownConcept, error) {
	out := make(map[string]knownConcept, len(keys))
	for part := range slices.Chunk(keys, 512) {
		list, args := in(1, part, nil)
		rows, err := t.query(ctx, knownConceptText+` AND c.ckey IN `+list, args...)
		if err := eachKnown(rows, err, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const knownConceptText = `SELECT c.ckey, c.id, v.position, v.body, v.retired FROM concept c JOIN concept_version v ON v.concept_id = c.id
	WHERE v.version = (SELECT max(w.version) FROM concept_version w WHERE w.concept_id = c.id)`

func eachKnown(rows *sql.Rows, err error, out map[string]knownConcept) error {
	return each(rows, err, func(row scanner) error {
		var key string
		var k knownConcept
		var retired int64
		if err := row.Scan(&key, &k.id, &k.position, &k.body, &retired); err != nil {
			return err
		}
		k.retired = retired != 0
		out[key] = k
		return nil
	})
}
