package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
)

func hash(b []byte) (h content.Hash) {
	copy(h[:], b)
	return h
}

// Files returns what is known of every source file, by path.
func (s *Store) Files(ctx context.Context) (map[string]edition.File, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT path, size, mtime, hash, problem FROM source_file`)
	if err != nil {
		return nil, fmt.Errorf("read the list of files: %w", s.sentinel(err))
	}
	defer rows.Close()
	files := map[string]edition.File{}
	for rows.Next() {
		var f edition.File
		var h sql.RawBytes
		if err := rows.Scan(&f.Path, &f.Size, &f.Modified, &h, &f.Problem); err != nil {
			return nil, err
		}
		f.Hash = hash(h)
		files[f.Path] = f
	}
	return files, rows.Err()
}

// SaveFile remembers what was read of a file.
func (t *Tx) SaveFile(ctx context.Context, f edition.File) error {
	_, err := t.exec(ctx, `INSERT INTO source_file (path, size, mtime, hash, seen, problem) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtime = excluded.mtime, hash = excluded.hash, seen = excluded.seen, problem = excluded.problem`,
		f.Path, f.Size, f.Modified, f.Hash[:], micros(t.s.now()), f.Problem)
	return err
}

// ForgetFile drops a file that is no longer there.
func (t *Tx) ForgetFile(ctx context.Context, path string) error {
	_, err := t.exec(ctx, `DELETE FROM source_file WHERE path = $1`, path)
	return err
}

const releaseColumns = `id, rkey, path, slug, title, created, removed, revision_id`

func scanRelease(row scanner) (r edition.Release, err error) {
	var created, removed int64
	err = row.Scan(&r.ID, &r.Key, &r.Path, &r.Slug, &r.Title, &created, &removed, &r.Revision)
	r.Created, r.Removed = fromMicros(created), fromMicros(removed)
	return r, err
}

// ReleasesAt returns the releases of one source file, the removed ones too;
// on PostgreSQL they stay locked until the transaction ends.
func (t *Tx) ReleasesAt(ctx context.Context, path string) ([]edition.Release, error) {
	rows, err := t.query(ctx, `SELECT `+releaseColumns+` FROM release WHERE path = $1 ORDER BY id`+t.forUpdate(), path)
	return collect(rows, err, scanRelease)
}

// SlugOwner returns the release that holds a slug, the zero release for none.
func (t *Tx) SlugOwner(ctx context.Context, slug string) (edition.Release, error) {
	r, err := scanRelease(t.queryRow(ctx, `SELECT `+releaseColumns+` FROM release WHERE slug = $1 AND removed = 0`, slug))
	if errors.Is(err, sql.ErrNoRows) {
		return edition.Release{}, nil
	}
	return r, err
}

// FreeKey returns a key for one more release of a source file.
func (t *Tx) FreeKey(ctx context.Context, path string) (string, error) {
	var n int
	if err := t.queryRow(ctx, `SELECT count(*) FROM release WHERE path = $1`, path).Scan(&n); err != nil {
		return "", err
	}
	for {
		key := path
		if n > 0 {
			key = fmt.Sprintf("%s#%d", path, n+1)
		}
		var taken int
		if err := t.queryRow(ctx, `SELECT count(*) FROM release WHERE rkey = $1`, key).Scan(&taken); err != nil || taken == 0 {
			return key, err
		}
		n++
	}
}

// MoveRelease gives a release another source file, and fills in its new key.
func (t *Tx) MoveRelease(ctx context.Context, r *edition.Release, path string) error {
	key, err := t.FreeKey(ctx, path)
	if err != nil {
		return err
	}
	r.Path, r.Key = path, key
	_, err = t.exec(ctx, `UPDATE release SET path = $1, rkey = $2 WHERE id = $3`, path, key, r.ID)
	return err
}

// SaveRelease inserts r with its first revision, or updates its slug, title,
// newest revision and removal, and fills in the numbers.
func (t *Tx) SaveRelease(ctx context.Context, r *edition.Release) error {
	if r.ID != 0 {
		_, err := t.exec(ctx, `UPDATE release SET slug = $1, title = $2, removed = $3, revision_id = $4, find = $5 WHERE id = $6`,
			r.Slug, r.Title, micros(r.Removed), r.Revision, found(r), r.ID)
		if err != nil {
			return err
		}
		hidden := flag(!r.Removed.IsZero())
		res, err := t.exec(ctx, `UPDATE edition SET hidden = $1 WHERE release_id = $2 AND hidden <> $1`, hidden, r.ID)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		t.moved = t.moved || n > 0
		return err
	}
	id, err := t.ids(ctx, 1)
	if err != nil {
		return err
	}
	r.ID, r.Path, r.Created = id, cmp.Or(r.Path, r.Key), t.s.now()
	return t.insert(ctx, "release", "id, rkey, path, slug, title, created, revision_id, find",
		[]any{r.ID, r.Key, r.Path, r.Slug, r.Title, micros(r.Created), r.Revision, found(r)}, "")
}

// found is what a release is searched by.
func found(r *edition.Release) string {
	return folded(r.Title) + " " + folded(r.Slug)
}

// AddRevision inserts a revision and fills in its number, ID and time, and the
// cuts of the one before it.
func (t *Tx) AddRevision(ctx context.Context, v *edition.Revision) error {
	id, err := t.ids(ctx, 1)
	if err != nil {
		return err
	}
	v.ID, v.Created = id, t.s.now()
	var cuts string
	err = t.queryRow(ctx, `SELECT number + 1, cuts FROM revision WHERE release_id = $1 ORDER BY number DESC LIMIT 1`, v.Release).Scan(&v.Number, &cuts)
	if errors.Is(err, sql.ErrNoRows) {
		v.Number, err = 1, nil
	}
	if err != nil {
		return err
	}
	if v.Cuts, err = content.ParseCuts(cuts); err != nil {
		return err
	}
	return t.insert(ctx, "revision", "id, release_id, number, hash, format, path, body, created, cuts",
		[]any{v.ID, v.Release, v.Number, v.Hash[:], string(v.Format), v.Path, v.Bytes, micros(v.Created), cuts}, "")
}

// RevisionHash returns the hash of a revision's bytes.
func (t *Tx) RevisionHash(ctx context.Context, id int64) (content.Hash, error) {
	var h []byte
	err := t.queryRow(ctx, `SELECT hash FROM revision WHERE id = $1`, id).Scan(&h)
	return hash(h), one(err, "revision %d", id)
}

// RevisionBytes returns a revision's bytes.
func (t *Tx) RevisionBytes(ctx context.Context, id int64) (b []byte, err error) {
	err = t.queryRow(ctx, `SELECT body FROM revision WHERE id = $1`, id).Scan(&b)
	return b, one(err, "revision %d", id)
}

// Release returns a release.
func (s *Store) Release(ctx context.Context, id int64) (edition.Release, error) {
	r, err := scanRelease(s.read.QueryRowContext(ctx, `SELECT `+releaseColumns+` FROM release WHERE id = $1`, id))
	return r, s.sentinel(one(err, "release %d", id))
}

// Release is Store.Release as the transaction sees it.
func (t *Tx) Release(ctx context.Context, id int64) (edition.Release, error) {
	r, err := scanRelease(t.queryRow(ctx, `SELECT `+releaseColumns+` FROM release WHERE id = $1`, id))
	return r, one(err, "release %d", id)
}

// Revision returns a revision with its bytes.
func (s *Store) Revision(ctx context.Context, id int64) (edition.Revision, error) {
	var v edition.Revision
	var h []byte
	var created int64
	var cuts string
	err := s.read.QueryRowContext(ctx, `SELECT id, release_id, number, hash, format, path, body, parser, created, cuts FROM revision WHERE id = $1`, id).
		Scan(&v.ID, &v.Release, &v.Number, &h, &v.Format, &v.Path, &v.Bytes, &v.Parser, &created, &cuts)
	v.Hash, v.Created = hash(h), fromMicros(created)
	if err == nil {
		v.Cuts, err = content.ParseCuts(cuts)
	}
	return v, s.sentinel(one(err, "revision %d", id))
}

// Segments returns a revision's segments in the document's order; none
// before it has been cut.
func (s *Store) Segments(ctx context.Context, revision int64) ([]edition.Segment, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT g.id, g.position, g.unit, u.kind, u.level, t.id, t.text, t.hash, t.norm
		FROM segment g JOIN source_text t ON t.id = g.source_id
		JOIN unit u ON u.revision_id = g.revision_id AND u.position = g.unit
		WHERE g.revision_id = $1 ORDER BY g.position`, revision)
	out, err := collect(rows, err, func(row scanner) (g edition.Segment, err error) {
		var exact, norm sql.RawBytes
		if err := row.Scan(&g.ID, &g.Position, &g.Unit, &g.Kind, &g.Level, &g.SourceID, &g.Source, &exact, &norm); err != nil {
			return g, err
		}
		g.Exact, g.Norm = hash(exact), hash(norm)
		return g, nil
	})
	return out, s.sentinel(err)
}

// Unit is a block of a revision, as it is saved.
type Unit = edition.Unit

// SaveSegments writes a revision's units and segments once: distinct texts
// are shared, and their candidate occurrences written with them. It fills in
// the segments' numbers. parser is the content.Version that cut them.
func (t *Tx) SaveSegments(ctx context.Context, revision int64, parser int, units []Unit, segs []edition.Segment, found edition.Finder) error {
	if err := t.sourceTexts(ctx, segs, found); err != nil {
		return err
	}
	first, err := t.ids(ctx, len(units)+len(segs))
	if err != nil {
		return err
	}
	rows := make([]any, 0, 5*len(units))
	for i, u := range units {
		rows = append(rows, first+int64(i), revision, u.Position, string(u.Kind), u.Level)
	}
	if err := t.insert(ctx, "unit", "id, revision_id, position, kind, level", rows, ""); err != nil {
		return err
	}
	first += int64(len(units))
	rows = make([]any, 0, 5*len(segs))
	for i := range segs {
		segs[i].ID = first + int64(i)
		rows = append(rows, segs[i].ID, revision, segs[i].Position, segs[i].Unit, segs[i].SourceID)
	}
	if err := t.insert(ctx, "segment", "id, revision_id, position, unit, source_id", rows, ""); err != nil {
		return err
	}
	return t.SetParser(ctx, revision, parser)
}

// sourceTexts finds or writes the distinct texts of segs.
func (t *Tx) sourceTexts(ctx context.Context, segs []edition.Segment, found edition.Finder) error {
	known := map[content.Hash]int64{}
	if err := t.knownTexts(ctx, segs, known); err != nil {
		return err
	}
	var fresh []*edition.Segment
	for i := range segs {
		if _, ok := known[segs[i].Exact]; !ok {
			known[segs[i].Exact] = 0
			fresh = append(fresh, &segs[i])
		}
	}
	if len(fresh) > 0 {
		if err := t.freshTexts(ctx, fresh, known, found); err != nil {
			return err
		}
	}
	for i := range segs {
		segs[i].SourceID = known[segs[i].Exact]
	}
	return nil
}

func (t *Tx) knownTexts(ctx context.Context, segs []edition.Segment, known map[content.Hash]int64) error {
	if len(segs) == 0 {
		return nil
	}
	hashes := make([][]byte, len(segs))
	for i := range segs {
		hashes[i] = segs[i].Exact[:]
	}
	for len(hashes) > 0 {
		n := min(len(hashes), 512)
		list, args := in(1, hashes[:n], nil)
		rows, err := t.query(ctx, `SELECT id, hash FROM source_text WHERE hash IN `+list, args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			var id int64
			var h sql.RawBytes
			if err := rows.Scan(&id, &h); err != nil {
				rows.Close()
				return err
			}
			known[hash(h)] = id
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return err
		}
		hashes = hashes[n:]
	}
	return nil
}

func (t *Tx) freshTexts(ctx context.Context, fresh []*edition.Segment, known map[content.Hash]int64, found edition.Finder) error {
	first, err := t.ids(ctx, len(fresh))
	if err != nil {
		return err
	}
	edition.SortByHash(fresh) // so that two processes lock in one order
	rows := make([]any, 0, 5*len(fresh))
	for i, g := range fresh {
		rows = append(rows, first+int64(i), g.Exact[:], g.Norm[:], g.Source, found.Version)
	}
	if err := t.insert(ctx, "source_text", "id, hash, norm, text, terms_version", rows, "ON CONFLICT (hash) DO NOTHING"); err != nil {
		return err
	}
	mine := func(int, *edition.Segment) bool { return true }
	if t.s.dialect == postgres { // another process may have been first with some
		segs := make([]edition.Segment, len(fresh))
		for i, g := range fresh {
			segs[i] = *g
		}
		if err := t.knownTexts(ctx, segs, known); err != nil {
			return err
		}
		mine = func(i int, g *edition.Segment) bool { return known[g.Exact] == first+int64(i) }
	}
	rows = rows[:0]
	for i, g := range fresh {
		if !mine(i, g) {
			continue
		}
		known[g.Exact] = first + int64(i)
		for _, o := range found.Find(g.Source) {
			rows = append(rows, known[g.Exact], o.Concept, o.Start, o.End, flag(o.Nested))
		}
	}
	return t.insert(ctx, "occurrence", "source_id, concept_id, start_byte, end_byte, nested", rows, "")
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// SaveLicences writes the occurrences that count in these segments only
// because their document licenses them.
func (t *Tx) SaveLicences(ctx context.Context, ls []edition.Licence) error {
	rows := make([]any, 0, 4*len(ls))
	for _, l := range ls {
		rows = append(rows, l.Segment, l.Concept, l.Start, l.End)
	}
	return t.insert(ctx, "licence", "segment_id, concept_id, start_byte, end_byte", rows, "")
}

// LiveReleases returns the paths of all files that releases not removed came
// from, with the newest revision and key of each release.
func (s *Store) LiveReleases(ctx context.Context) ([]edition.Release, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+releaseColumns+` FROM release WHERE removed = 0 ORDER BY rkey`)
	out, err := collect(rows, err, scanRelease)
	return out, s.sentinel(err)
}

// Outdated returns the releases that are not removed and whose newest
// revision was cut into segments by another content.Version.
func (s *Store) Outdated(ctx context.Context, parser int) ([]edition.Release, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+releaseColumns+` FROM release WHERE removed = 0 AND revision_id IN (
		SELECT id FROM revision WHERE parser > $1 UNION ALL SELECT id FROM revision WHERE parser > 0 AND parser < $1) ORDER BY id`, parser)
	out, err := collect(rows, err, scanRelease)
	return out, s.sentinel(err)
}

// SetParser records which content.Version cuts a revision as it is saved.
func (t *Tx) SetParser(ctx context.Context, id int64, parser int) error {
	_, err := t.exec(ctx, `UPDATE revision SET parser = $1 WHERE id = $2`, parser, id)
	return err
}

// Now is the store's clock.
func (s *Store) Now() time.Time { return s.now() }

// Zone is the house's time zone, by which the months of budgets run.
func (s *Store) Zone() *time.Location { return s.zone }

// RevisionParser returns the content.Version that cut a revision into
// segments, 0 if none did.
func (t *Tx) RevisionParser(ctx context.Context, id int64) (n int, err error) {
	err = t.queryRow(ctx, `SELECT parser FROM revision WHERE id = $1`+t.forUpdate(), id).Scan(&n)
	return n, one(err, "revision %d", id)
}

// NewestRevision returns a release's newest revision; on PostgreSQL the
// release stays locked until the transaction ends.
func (t *Tx) NewestRevision(ctx context.Context, release int64) (id int64, err error) {
	err = t.queryRow(ctx, `SELECT revision_id FROM release WHERE id = $1`+t.forUpdate(), release).Scan(&id)
	return id, one(err, "release %d", release)
}

// SourceText returns the text with an exact hash, "" if none has it.
func (s *Store) SourceText(ctx context.Context, exact content.Hash) (text string, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT text FROM source_text WHERE hash = $1`, exact[:]).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return text, s.sentinel(err)
}
