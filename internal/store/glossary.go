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

// GlossaryVersion is Store.GlossaryVersion as the transaction sees it; no newer
// version is saved before the transaction has ended.
func (t *Tx) GlossaryVersion(ctx context.Context) (int64, error) {
	if err := t.glossaryLock(ctx, `SELECT pg_advisory_xact_lock_shared($1)`); err != nil {
		return 0, err
	}
	return glossaryVersion(t.queryRow(ctx, glossaryVersionText))
}

// LockGlossary waits until no other transaction goes by the glossary that
// counts, so that a new version may be saved: what was found by the old one is
// then there to be looked at again. It comes before GlossaryVersion, and after
// the lock of a batch.
func (t *Tx) LockGlossary(ctx context.Context) error {
	return t.glossaryLock(ctx, `SELECT pg_advisory_xact_lock($1)`)
}

// glossaryKey is the number of PostgreSQL's advisory lock on the glossary that
// counts. SQLite has one writer, and needs none.
const glossaryKey = 8_741_873_219

func (t *Tx) glossaryLock(ctx context.Context, q string) error {
	if t.s.dialect != postgres {
		return nil
	}
	// A statement of its own: what comes after it sees what it has waited for.
	if _, err := t.exec(ctx, q, int64(glossaryKey)); err != nil {
		return fmt.Errorf("wait for the glossary: %w", err)
	}
	return nil
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
	concepts, ids, err = s.GlossaryAt(ctx, version)
	return concepts, ids, version, err
}

// GlossaryAt returns the concepts of a version of the glossary, as Glossary
// does.
func (s *Store) GlossaryAt(ctx context.Context, version int64) (concepts []glossary.Concept, ids []int64, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT v.concept_id, v.body FROM concept_version v
		JOIN (SELECT concept_id, max(version) AS version FROM concept_version WHERE version <= $1 GROUP BY concept_id) n
		ON n.concept_id = v.concept_id AND n.version = v.version WHERE v.retired = 0 ORDER BY v.position, v.concept_id`, version)
	if err != nil {
		return nil, nil, s.sentinel(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var body string
		if err := rows.Scan(&id, &body); err != nil {
			return nil, nil, err
		}
		var c glossary.Concept
		if err := json.Unmarshal([]byte(body), &c); err != nil {
			return nil, nil, fmt.Errorf("concept %d of the glossary: %w", id, err)
		}
		concepts, ids = append(concepts, c), append(ids, id)
	}
	return concepts, ids, rows.Err()
}

// SaveGlossary makes concepts the glossary that counts, as a new version; only
// what differs from the current one is written. Concepts that are missing are
// retired. The new version's number is returned, or the current one if nothing
// differs. It reads the whole glossary: SaveEdits is for few changes.
func (t *Tx) SaveGlossary(ctx context.Context, concepts []glossary.Concept, author, reason, fingerprint string) (int64, error) {
	if err := t.LockGlossary(ctx); err != nil {
		return 0, err
	}
	current, err := t.GlossaryVersion(ctx)
	if err != nil {
		return 0, err
	}
	known := map[string]knownConcept{}
	rows, err := t.query(ctx, knownConceptText)
	if err := eachKnown(rows, err, known); err != nil {
		return 0, err
	}
	w := &glossaryWriter{t: t, next: current + 1, last: -1}
	places := placesOf(concepts, known)
	for i := range concepts {
		c := &concepts[i]
		body, err := conceptJSON(c)
		if err != nil {
			return 0, err
		}
		k, ok := known[c.ID]
		if !ok {
			w.fresh = append(w.fresh, freshConcept{c.ID, places[i], body})
			continue
		}
		delete(known, c.ID)
		if err := w.putAt(k, places[i], c, body); err != nil {
			return 0, err
		}
	}
	for _, k := range known {
		if !k.retired {
			w.retire(k)
		}
	}
	return w.write(ctx, author, reason, fingerprint)
}

// placesOf gives each concept a position so that they stand in their order and
// as few as can be leave the one that they have.
func placesOf(concepts []glossary.Concept, known map[string]knownConcept) []int {
	places := make([]int, len(concepts))
	last, free := -1, true
	for i := range concepts {
		k, ok := known[concepts[i].ID]
		switch {
		case ok && k.position > last:
			last = k.position
		case ok:
			free = false // it has moved up
		default:
			last++ // the place of one that is retired, or behind all others
		}
		places[i] = last
	}
	if free {
		return places
	}
	for i := range places {
		places[i] = i
	}
	return places
}

type knownConcept struct {
	id       int64
	position int
	body     string
	retired  bool
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
			UNION SELECT id FROM source_text WHERE terms_version < (SELECT found_since FROM concept WHERE id = $2))`
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
