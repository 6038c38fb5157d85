package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"dragoman/internal/edition"
)

// PublicLines returns what is public, the newest change first, and how much
// there is of it.
func (s *Store) PublicLines(ctx context.Context, f edition.PublicFilter) (lines []edition.PublicLine, total int, err error) {
	if len(f.Locales) == 0 {
		return nil, 0, nil
	}
	list, args := in(1, f.Locales, nil)
	where := ` FROM public_page p JOIN release r ON r.id = p.release_id JOIN edition e ON e.id = p.edition_id WHERE p.gone = 0 AND p.locale IN ` + list
	if f.Search != "" {
		args = append(args, "%"+likeEscape(strings.ToLower(f.Search))+"%")
		n := place(len(args))
		where += ` AND (lower(r.title) LIKE ` + n + ` ESCAPE '\' OR lower(p.slug) LIKE ` + n + ` ESCAPE '\')`
	}
	if err := s.read.QueryRowContext(ctx, `SELECT count(*)`+where, args...).Scan(&total); err != nil {
		return nil, 0, s.sentinel(err)
	}
	args = append(args, f.Limit, f.Offset)
	rows, err := s.read.QueryContext(ctx, `SELECT p.edition_id, p.release_id, p.revision_id, p.locale, p.slug, p.at, p.modified, p.entry, r.title, e.state,
		(SELECT count(*) FROM publication l WHERE l.edition_id = p.edition_id)`+where+` ORDER BY p.modified DESC, p.edition_id DESC LIMIT `+place(len(args)-1)+` OFFSET `+place(len(args)), args...)
	lines, err = collect(rows, err, func(row scanner) (l edition.PublicLine, err error) {
		var at, modified int64
		err = row.Scan(&l.Edition, &l.Release, &l.Revision, &l.Locale, &l.Slug, &at, &modified, &l.Entry, &l.Title, &l.State, &l.Acts)
		l.At, l.Modified = fromMicros(at), fromMicros(modified)
		return l, err
	})
	return lines, total, s.sentinel(err)
}

const publications = `SELECT l.id, l.edition_id, l.revision_id, l.at, l.act, l.hash, b.body FROM publication l LEFT JOIN publication_body b ON b.publication_id = l.id `

func scanPublication(row scanner) (p edition.Publication, err error) {
	var at int64
	var h sql.RawBytes
	var body []byte
	err = row.Scan(&p.ID, &p.Edition, &p.Revision, &at, &p.Act, &h, &body)
	p.At, p.Hash, p.Body = fromMicros(at), hash(h), body
	return p, err
}

// PublicLog returns what was public of an edition when, the oldest first.
func (s *Store) PublicLog(ctx context.Context, ed int64) ([]edition.Publication, error) {
	rows, err := s.read.QueryContext(ctx, publications+`WHERE l.edition_id = $1 ORDER BY l.at, l.id`, ed)
	out, err := collect(rows, err, scanPublication)
	return out, s.sentinel(err)
}

func place(n int) string { return "$" + strconv.Itoa(n) }
