package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"dragoman/internal/edition"
)

// GlossaryVersions returns the versions of the glossary, the newest first, and
// how many there are.
func (s *Store) GlossaryVersions(ctx context.Context, limit, offset int) (vs []edition.GlossaryVersion, total int, err error) {
	if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM glossary_version`).Scan(&total); err != nil {
		return nil, 0, s.sentinel(err)
	}
	rows, err := s.read.QueryContext(ctx, `SELECT g.number, g.created, g.author, g.reason, (SELECT count(*) FROM concept_version v WHERE v.version = g.number)
		FROM glossary_version g ORDER BY g.number DESC LIMIT $1 OFFSET $2`, limit, offset)
	vs, err = collect(rows, err, func(row scanner) (v edition.GlossaryVersion, err error) {
		var created int64
		err = row.Scan(&v.Number, &created, &v.Author, &v.Reason, &v.Concepts)
		v.Created = fromMicros(created)
		return v, err
	})
	return vs, total, s.sentinel(err)
}

const conceptVersions = `SELECT v.version, g.created, g.author, g.reason, v.body, v.retired
	FROM concept_version v JOIN glossary_version g ON g.number = v.version `

func scanConceptVersion(row scanner) (v edition.ConceptVersion, err error) {
	var created, retired int64
	var body string
	if err := row.Scan(&v.Number, &created, &v.Author, &v.Reason, &body, &retired); err != nil {
		return v, err
	}
	v.Created, v.Retired = fromMicros(created), retired != 0
	if err := json.Unmarshal([]byte(body), &v.Concept); err != nil {
		return v, fmt.Errorf("version %d of a concept: %w", v.Number, err)
	}
	return v, nil
}

// ConceptHistory returns what a concept (its id) has been, the oldest first;
// none where there was never such a concept.
func (s *Store) ConceptHistory(ctx context.Context, id string) ([]edition.ConceptVersion, error) {
	rows, err := s.read.QueryContext(ctx, conceptVersions+`JOIN concept c ON c.id = v.concept_id WHERE c.ckey = $1 ORDER BY v.version`, id)
	out, err := collect(rows, err, scanConceptVersion)
	return out, s.sentinel(err)
}

// GlossaryChanges returns the concepts that a version of the glossary changed,
// each with what it was before (nil where it was new), up to limit.
func (s *Store) GlossaryChanges(ctx context.Context, version int64, limit int) (now []edition.ConceptVersion, before []*edition.ConceptVersion, err error) {
	type pair struct {
		id  int64
		now edition.ConceptVersion
	}
	rows, err := s.read.QueryContext(ctx, `SELECT v.concept_id, v.version, g.created, g.author, g.reason, v.body, v.retired
		FROM concept_version v JOIN glossary_version g ON g.number = v.version WHERE v.version = $1 ORDER BY v.position, v.concept_id LIMIT $2`, version, limit)
	pairs, err := collect(rows, err, func(row scanner) (p pair, err error) {
		var created, retired int64
		var body string
		if err := row.Scan(&p.id, &p.now.Number, &created, &p.now.Author, &p.now.Reason, &body, &retired); err != nil {
			return p, err
		}
		p.now.Created, p.now.Retired = fromMicros(created), retired != 0
		return p, json.Unmarshal([]byte(body), &p.now.Concept)
	})
	if err != nil {
		return nil, nil, s.sentinel(err)
	}
	for _, p := range pairs {
		was, err := scanConceptVersion(s.read.QueryRowContext(ctx, conceptVersions+`WHERE v.concept_id = $1 AND v.version < $2 ORDER BY v.version DESC LIMIT 1`, p.id, version))
		switch {
		case err == sql.ErrNoRows:
			before = append(before, nil)
		case err != nil:
			return nil, nil, s.sentinel(err)
		default:
			before = append(before, &was)
		}
		now = append(now, p.now)
	}
	return now, before, nil
}

// maxUseTexts is how many distinct source texts ConceptUses looks at.
const maxUseTexts = 600

// ConceptUses returns places in the editions of a locale where a concept (the
// database's number) may stand, those of the newest texts first, up to limit.
func (s *Store) ConceptUses(ctx context.Context, concept int64, locale string, limit int) ([]edition.Use, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT r.id, r.slug, r.title, r.created, e.id, e.state, e.revision_id, e.public, g.id, g.position, x.text, x.hash,
			t.id, t.state, t.approved_by, t.approved_source, v.id, v.text, v.author
		FROM (SELECT DISTINCT source_id FROM occurrence WHERE concept_id = $1 ORDER BY source_id DESC LIMIT $4) o
		JOIN source_text x ON x.id = o.source_id
		JOIN segment g ON g.source_id = o.source_id
		JOIN revision n ON n.id = g.revision_id
		JOIN edition e ON e.release_id = n.release_id AND e.locale = $2 AND e.revision_id = n.id
		JOIN release r ON r.id = e.release_id
		JOIN target t ON t.edition_id = e.id AND t.position = g.position
		JOIN version v ON v.id = t.standing_id
		WHERE e.state <> 'withdrawn' AND r.removed = 0 AND t.omitted = ''
		ORDER BY r.id DESC, g.position LIMIT $3`, concept, locale, limit, maxUseTexts)
	out, err := collect(rows, err, func(row scanner) (u edition.Use, err error) {
		var created, public int64
		var exact, approved sql.RawBytes
		err = row.Scan(&u.Release.ID, &u.Release.Slug, &u.Release.Title, &created, &u.Edition.ID, &u.Edition.State, &u.Edition.Revision, &public,
			&u.Segment.ID, &u.Segment.Position, &u.Segment.Source, &exact,
			&u.Target.ID, &u.Target.State, &u.Target.ApprovedBy, &approved, &u.Target.Standing.ID, &u.Target.Standing.Text, &u.Target.Standing.Author)
		u.Release.Created, u.Edition.Public, u.Edition.Locale, u.Edition.Release = fromMicros(created), fromMicros(public), locale, u.Release.ID
		u.Segment.Exact, u.Target.ApprovedSource, u.Target.Position, u.Target.Edition = hash(exact), hash(approved), u.Segment.Position, u.Edition.ID
		return u, err
	})
	return out, s.sentinel(err)
}

// EachSourceText calls f with the distinct source texts after a number, in
// order, up to limit.
func (s *Store) EachSourceText(ctx context.Context, after int64, limit int, f func(id int64, text string) error) error {
	rows, err := s.read.QueryContext(ctx, `SELECT id, text FROM source_text WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	return s.sentinel(each(rows, err, func(row scanner) error {
		var id int64
		var text string
		if err := row.Scan(&id, &text); err != nil {
			return err
		}
		return f(id, text)
	}))
}

// NewestTexts returns the number of the newest distinct source text, and of
// the one that stands so many before it.
func (s *Store) NewestTexts(ctx context.Context, most int) (newest, from int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT coalesce(max(id), 0), coalesce((SELECT id FROM source_text ORDER BY id DESC LIMIT 1 OFFSET $1), 0) FROM source_text`, most).Scan(&newest, &from)
	return newest, from, s.sentinel(err)
}

// TextPlace returns an edition, in one of some locales, and a segment in which
// a source text stands, or ErrNotFound.
func (s *Store) TextPlace(ctx context.Context, text int64, locales []string) (ed int64, position int, title string, err error) {
	args := []any{text}
	list, args := in(2, locales, args)
	err = s.read.QueryRowContext(ctx, `SELECT e.id, g.position, r.title FROM segment g JOIN revision n ON n.id = g.revision_id
		JOIN edition e ON e.release_id = n.release_id AND e.revision_id = n.id JOIN release r ON r.id = e.release_id
		WHERE g.source_id = $1 AND e.locale IN `+list+` AND r.removed = 0 LIMIT 1`, args...).Scan(&ed, &position, &title)
	return ed, position, title, s.sentinel(one(err, "place of text %d", text))
}

// TermDismissals returns the findings about names that people dismissed, the
// newest first, up to limit.
func (s *Store) TermDismissals(ctx context.Context, locales []string, limit int) ([]edition.Dismissal, error) {
	if len(locales) == 0 {
		return nil, nil
	}
	list, args := in(2, locales, []any{limit})
	rows, err := s.read.QueryContext(ctx, `SELECT f.body, f.dismissed_by, f.dismissed_at, f.dismissed_why, e.id, e.locale, t.position, v.text
		FROM finding f JOIN version v ON v.id = f.version_id JOIN target t ON t.id = v.target_id JOIN edition e ON e.id = t.edition_id
		WHERE f.dismissed_at > 0 AND f.rule LIKE 'term.%' AND e.locale IN `+list+` ORDER BY f.dismissed_at DESC LIMIT $1`, args...)
	out, err := collect(rows, err, func(row scanner) (c edition.Dismissal, err error) {
		var body string
		var at int64
		if err := row.Scan(&body, &c.By, &at, &c.Why, &c.Edition, &c.Locale, &c.Position, &c.Text); err != nil {
			return c, err
		}
		var f edition.Finding
		if err := json.Unmarshal([]byte(body), &f); err != nil {
			return c, fmt.Errorf("a finding of edition %d: %w", c.Edition, err)
		}
		c.At, c.Concept, c.Source, c.Expected = fromMicros(at), f.Args["Concept"], f.Args["Source"], f.Args["Expected"]
		if c.Found = f.Args["Found"]; strings.TrimSpace(c.Found) == "" {
			c.Found = f.Args["Hint"]
		}
		return c, nil
	})
	return out, s.sentinel(err)
}
