package store

import (
	"context"
	"database/sql"

	"dragoman/internal/edition"
)

const publicColumns = `SELECT edition_id, release_id, revision_id, locale, slug, at, modified, hash, entry, `

func scanPublic(rows *sql.Rows, err error) ([]edition.PublicPage, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []edition.PublicPage
	for rows.Next() {
		var p edition.PublicPage
		var at, modified int64
		var h sql.RawBytes
		if err := rows.Scan(&p.Edition, &p.Release, &p.Revision, &p.Locale, &p.Slug, &at, &modified, &h, &p.Entry, &p.Body); err != nil {
			return nil, err
		}
		p.At, p.Modified, p.Hash = fromMicros(at), fromMicros(modified), hash(h)
		out = append(out, p)
	}
	return out, rows.Err()
}

// PublicPages returns what is public of a release, by locale.
func (s *Store) PublicPages(ctx context.Context, release int64) ([]edition.PublicPage, error) {
	out, err := scanPublic(s.read.QueryContext(ctx, publicColumns+`body FROM public_page WHERE release_id = $1 ORDER BY locale`, release))
	return out, s.sentinel(err)
}

// PublicList returns what is public in a locale, the newest first, without
// the pages' bodies.
func (s *Store) PublicList(ctx context.Context, locale string) ([]edition.PublicPage, error) {
	out, err := scanPublic(s.read.QueryContext(ctx, publicColumns+`NULL FROM public_page WHERE locale = $1 ORDER BY at DESC, edition_id DESC`, locale))
	return out, s.sentinel(err)
}

// PublicLocales returns the locales in which anything is public.
func (s *Store) PublicLocales(ctx context.Context) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT DISTINCT locale FROM public_page ORDER BY locale`)
	if err != nil {
		return nil, s.sentinel(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var l string
		if err := rows.Scan(&l); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// SavePublic records what is public of an edition now and logs the act
// ("publish", "correct").
func (t *Tx) SavePublic(ctx context.Context, p edition.PublicPage, act string) error {
	if err := t.DropPublic(ctx, p.Edition); err != nil {
		return err
	}
	err := t.insert(ctx, "public_page", "edition_id, release_id, revision_id, locale, slug, at, modified, hash, entry, body",
		[]any{p.Edition, p.Release, p.Revision, p.Locale, p.Slug, micros(p.At), micros(p.Modified), p.Hash[:], p.Entry, p.Body}, "")
	if err != nil {
		return err
	}
	id, err := t.ids(ctx, 1)
	if err != nil {
		return err
	}
	return t.insert(ctx, "publication", "id, edition_id, revision_id, at, act, hash", []any{id, p.Edition, p.Revision, micros(p.Modified), act, p.Hash[:]}, "")
}

// DropPublic records that an edition is no longer public.
func (t *Tx) DropPublic(ctx context.Context, ed int64) error {
	_, err := t.exec(ctx, `DELETE FROM public_page WHERE edition_id = $1`, ed)
	return err
}
