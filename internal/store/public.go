package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"dragoman/internal/edition"
)

const publicColumns = `SELECT edition_id, release_id, revision_id, locale, slug, at, modified, hash, former, gone, entry, `

func scanPublic(rows *sql.Rows, err error) ([]edition.PublicPage, error) {
	return collect(rows, err, func(row scanner) (p edition.PublicPage, err error) {
		var at, modified, gone int64
		var former string
		var h sql.RawBytes
		if err := row.Scan(&p.Edition, &p.Release, &p.Revision, &p.Locale, &p.Slug, &at, &modified, &h, &former, &gone, &p.Entry, &p.Body); err != nil {
			return p, err
		}
		p.At, p.Modified, p.Hash = fromMicros(at), fromMicros(modified), hash(h)
		p.Former, p.Gone = strings.Fields(former), gone != 0
		return p, nil
	})
}

const publicOfRelease = publicColumns + `body FROM public_page WHERE release_id = $1 ORDER BY locale`

// PublicPages returns what is public of a release, or still to be taken away,
// by locale.
func (s *Store) PublicPages(ctx context.Context, release int64) ([]edition.PublicPage, error) {
	out, err := scanPublic(s.read.QueryContext(ctx, publicOfRelease, release))
	return out, s.sentinel(err)
}

// PublicPages is Store.PublicPages as the transaction sees it.
func (t *Tx) PublicPages(ctx context.Context, release int64) ([]edition.PublicPage, error) {
	return scanPublic(t.query(ctx, publicOfRelease, release))
}

// PublicAt returns the pages that are public at an address: one, unless it is
// just passing from one release to another.
func (t *Tx) PublicAt(ctx context.Context, locale, slug string) ([]edition.PublicPage, error) {
	return scanPublic(t.query(ctx, publicColumns+`body FROM public_page WHERE locale = $1 AND slug = $2 AND gone = 0 ORDER BY edition_id`, locale, slug))
}

// PublicList returns what is public in a locale, the newest first, without
// the pages' bodies.
func (s *Store) PublicList(ctx context.Context, locale string) ([]edition.PublicPage, error) {
	out, err := scanPublic(s.read.QueryContext(ctx, publicColumns+`NULL FROM public_page WHERE locale = $1 AND gone = 0 ORDER BY at DESC, edition_id DESC`, locale))
	return out, s.sentinel(err)
}

// PublicCounts returns how many pages are public in each locale that has any.
func (s *Store) PublicCounts(ctx context.Context) (map[string]int, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT locale, count(*) FROM public_page WHERE gone = 0 GROUP BY locale`)
	out := map[string]int{}
	err = each(rows, err, func(row scanner) error {
		var l string
		var n int
		err := row.Scan(&l, &n)
		out[l] = n
		return err
	})
	return out, s.sentinel(err)
}

// SavePublic records what is public of an edition now and logs the act
// ("publish", "correct", "move").
func (t *Tx) SavePublic(ctx context.Context, p edition.PublicPage, act string) error {
	if err := t.DropPublic(ctx, p.Edition); err != nil {
		return err
	}
	err := t.insert(ctx, "public_page", "edition_id, release_id, revision_id, locale, slug, at, modified, hash, former, gone, entry, body",
		[]any{p.Edition, p.Release, p.Revision, p.Locale, p.Slug, micros(p.At), micros(p.Modified), p.Hash[:], strings.Join(p.Former, " "), flag(p.Gone), p.Entry, p.Body}, "")
	if err != nil {
		return err
	}
	return t.logPublic(ctx, p, act, p.Modified)
}

func (t *Tx) logPublic(ctx context.Context, p edition.PublicPage, act string, at time.Time) error {
	id, err := t.ids(ctx, 1)
	if err != nil {
		return err
	}
	err = t.insert(ctx, "publication", "id, edition_id, revision_id, at, act, hash", []any{id, p.Edition, p.Revision, micros(at), act, p.Hash[:]}, "")
	if err != nil || p.Body == nil {
		return err
	}
	return t.insert(ctx, "publication_body", "publication_id, body", []any{id, p.Body}, "")
}

// RetirePublic records that an edition is no longer public: what there is of
// it is to be taken away.
func (t *Tx) RetirePublic(ctx context.Context, ed int64) error {
	ps, err := scanPublic(t.query(ctx, publicColumns+`NULL FROM public_page WHERE edition_id = $1 AND gone = 0`, ed))
	if err != nil || len(ps) == 0 {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE public_page SET gone = 1 WHERE edition_id = $1`, ed); err != nil {
		return err
	}
	return t.logPublic(ctx, ps[0], "withdraw", t.s.now())
}

// ClearPublic records that what was to be taken away of a page, as it was
// read, is away.
func (t *Tx) ClearPublic(ctx context.Context, p edition.PublicPage) error {
	if p.Gone {
		return t.DropPublic(ctx, p.Edition)
	}
	_, err := t.exec(ctx, `UPDATE public_page SET former = '' WHERE edition_id = $1 AND former = $2`, p.Edition, strings.Join(p.Former, " "))
	return err
}

// DropPublic forgets what was public of an edition.
func (t *Tx) DropPublic(ctx context.Context, ed int64) error {
	_, err := t.exec(ctx, `DELETE FROM public_page WHERE edition_id = $1`, ed)
	return err
}
