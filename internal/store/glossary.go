package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// GlossaryVersion returns the number of the glossary that counts, 0 for none.
func (s *Store) GlossaryVersion(ctx context.Context) (int64, error) {
	n, err := glossaryVersion(s.read.QueryRowContext(ctx, glossaryVersionText))
	return n, s.sentinel(err)
}

// GlossaryVersion is Store.GlossaryVersion as the transaction sees it.
func (t *Tx) GlossaryVersion(ctx context.Context) (int64, error) {
	return glossaryVersion(t.queryRow(ctx, glossaryVersionText))
}

const glossaryVersionText = `SELECT coalesce(max(number), 0) FROM glossary_version`

func glossaryVersion(row *sql.Row) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}

// Glossary returns the concepts that count with their database numbers, in
// the glossary's order, and the version's number.
func (s *Store) Glossary(ctx context.Context) (concepts []glossary.Concept, ids []int64, version int64, err error) {
	if version, err = s.GlossaryVersion(ctx); err != nil {
		return nil, nil, 0, err
	}
	rows, err := s.read.QueryContext(ctx, `SELECT v.concept_id, v.body FROM concept_version v
		JOIN (SELECT concept_id, max(version) AS version FROM concept_version WHERE version <= $1 GROUP BY concept_id) n
		ON n.concept_id = v.concept_id AND n.version = v.version WHERE v.retired = 0 ORDER BY v.position, v.concept_id`, version)
	if err != nil {
		return nil, nil, 0, s.sentinel(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var body string
		if err := rows.Scan(&id, &body); err != nil {
			return nil, nil, 0, err
		}
		var c glossary.Concept
		if err := json.Unmarshal([]byte(body), &c); err != nil {
			return nil, nil, 0, fmt.Errorf("concept %d of the glossary: %w", id, err)
		}
		concepts, ids = append(concepts, c), append(ids, id)
	}
	return concepts, ids, version, rows.Err()
}

// SaveGlossary makes concepts the glossary that counts, as a new version;
// only what differs from the current one is written. Concepts that are
// missing are retired. The new version's number is returned, or the current
// one if nothing differs.
func (t *Tx) SaveGlossary(ctx context.Context, concepts []glossary.Concept, author, reason, fingerprint string) (int64, error) {
	current, err := t.GlossaryVersion(ctx)
	if err != nil {
		return 0, err
	}
	known, err := t.concepts(ctx)
	if err != nil {
		return 0, err
	}
	next := current + 1
	var rows []any
	for i, c := range concepts {
		c.Line = 0
		body, err := json.Marshal(c)
		if err != nil {
			return 0, err
		}
		k, ok := known[c.ID]
		if !ok {
			if k.id, err = t.newConcept(ctx, c.ID); err != nil {
				return 0, err
			}
		}
		delete(known, c.ID)
		if !ok || k.retired || k.body != string(body) || k.position != i {
			rows = append(rows, k.id, next, i, string(body), 0)
		}
	}
	for _, k := range known {
		if !k.retired {
			rows = append(rows, k.id, next, k.position, k.body, 1)
		}
	}
	if len(rows) == 0 {
		return current, nil
	}
	if err := t.insert(ctx, "concept_version", "concept_id, version, position, body, retired", rows, ""); err != nil {
		return 0, err
	}
	err = t.insert(ctx, "glossary_version", "number, created, author, reason, fingerprint",
		[]any{next, micros(t.s.now()), author, reason, fingerprint}, "")
	if err != nil {
		return 0, err
	}
	return next, t.Audit(ctx, edition.Act{Who: author, What: "glossary", Subject: "glossary", SubjectID: next, Detail: reason})
}

type knownConcept struct {
	id       int64
	position int
	body     string
	retired  bool
}

func (t *Tx) concepts(ctx context.Context) (map[string]knownConcept, error) {
	rows, err := t.query(ctx, `SELECT c.ckey, c.id, v.position, v.body, v.retired FROM concept c JOIN concept_version v ON v.concept_id = c.id
		WHERE v.version = (SELECT max(w.version) FROM concept_version w WHERE w.concept_id = c.id)`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]knownConcept{}
	for rows.Next() {
		var key string
		var k knownConcept
		var retired int64
		if err := rows.Scan(&key, &k.id, &k.position, &k.body, &retired); err != nil {
			return nil, err
		}
		k.retired = retired != 0
		out[key] = k
	}
	return out, rows.Err()
}

func (t *Tx) newConcept(ctx context.Context, key string) (int64, error) {
	id, err := t.ids(ctx, 1)
	if err != nil {
		return 0, err
	}
	return id, t.insert(ctx, "concept", "id, ckey", []any{id, key}, "")
}

// Setting returns a stored setting, "" if there is none.
func (s *Store) Setting(ctx context.Context, name string) (value string, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = $1`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, s.sentinel(err)
}

// ClaimSetting stores a setting that is not there yet, and reports whether it
// was this transaction that did.
func (t *Tx) ClaimSetting(ctx context.Context, name, value string) (bool, error) {
	res, err := t.exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, value)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// EachStanding calls f with every standing wording of a locale, release by
// release, in the order of each document; removed releases, withdrawn editions
// and segments left out are passed over. With a concept it calls f only where
// the concept may be named: where the index of occurrences has it, and in
// texts that were searched before the concept was as it is now. Of release,
// edition, segment and target only what names need is filled.
func (s *Store) EachStanding(ctx context.Context, locale string, concept int64, f func(edition.Release, edition.Edition, edition.Segment, *edition.Target) error) error {
	where, args := "", []any{locale}
	if concept != 0 {
		args = append(args, concept)
		where = ` AND g.source_id IN (SELECT source_id FROM occurrence WHERE concept_id = $2
			UNION SELECT id FROM source_text WHERE terms_version < (SELECT max(version) FROM concept_version WHERE concept_id = $2))`
	}
	rows, err := s.read.QueryContext(ctx, `SELECT r.id, r.slug, r.created, e.id, e.locale, e.revision_id, g.id, g.position, x.text, x.hash,
			t.id, t.approved_by, t.approved_source, v.id, v.text, v.author
		FROM segment g JOIN source_text x ON x.id = g.source_id
		JOIN revision n ON n.id = g.revision_id
		JOIN edition e ON e.release_id = n.release_id AND e.revision_id = n.id
		JOIN release r ON r.id = e.release_id
		JOIN target t ON t.edition_id = e.id AND t.position = g.position
		JOIN version v ON v.id = t.standing_id
		WHERE e.locale = $1 AND e.state <> 'withdrawn' AND r.removed = 0 AND t.omitted = ''`+where+`
		ORDER BY r.id, g.position`, args...)
	if err != nil {
		return s.sentinel(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r edition.Release
		var e edition.Edition
		var g edition.Segment
		var t edition.Target
		var created int64
		var exact, approved sql.RawBytes
		err := rows.Scan(&r.ID, &r.Slug, &created, &e.ID, &e.Locale, &e.Revision, &g.ID, &g.Position, &g.Source, &exact,
			&t.ID, &t.ApprovedBy, &approved, &t.Standing.ID, &t.Standing.Text, &t.Standing.Author)
		if err != nil {
			return err
		}
		r.Created, g.Exact, t.ApprovedSource = fromMicros(created), hash(exact), hash(approved)
		t.Segment, t.Position = g.ID, g.Position
		if err := f(r, e, g, &t); err != nil {
			return err
		}
	}
	return s.sentinel(rows.Err())
}
