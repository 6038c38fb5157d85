package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"dragoman/internal/edition"
)

const personColumns = `SELECT id, name, role, locales, disabled FROM person `

func scanPerson(row scanner) (p edition.Person, err error) {
	var locales string
	var disabled int64
	err = row.Scan(&p.ID, &p.Name, &p.Role, &locales, &disabled)
	if locales != "" {
		p.Locales = strings.Split(locales, ",")
	}
	p.Disabled = disabled != 0
	return p, err
}

// Person returns a person by name, or ErrNotFound.
func (s *Store) Person(ctx context.Context, name string) (edition.Person, error) {
	p, err := scanPerson(s.read.QueryRowContext(ctx, personColumns+`WHERE name = $1`, name))
	return p, s.sentinel(one(err, "user %q", name))
}

// PersonByID returns a person, or ErrNotFound.
func (s *Store) PersonByID(ctx context.Context, id int64) (edition.Person, error) {
	p, err := scanPerson(s.read.QueryRowContext(ctx, personColumns+`WHERE id = $1`, id))
	return p, s.sentinel(one(err, "user %d", id))
}

// People returns everybody, by name.
func (s *Store) People(ctx context.Context) ([]edition.Person, error) {
	rows, err := s.read.QueryContext(ctx, personColumns+`ORDER BY name`)
	out, err := collect(rows, err, scanPerson)
	return out, s.sentinel(err)
}

// SavePerson adds a person, or changes the role and locales of the one with
// that name, and fills in the number.
func (t *Tx) SavePerson(ctx context.Context, p *edition.Person, by string) error {
	id, err := t.ids(ctx, 1)
	if err != nil {
		return err
	}
	err = t.queryRow(ctx, `INSERT INTO person (id, name, role, locales, created, disabled) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (name) DO UPDATE SET role = excluded.role, locales = excluded.locales, disabled = excluded.disabled RETURNING id`,
		id, p.Name, p.Role, strings.Join(p.Locales, ","), micros(t.s.now()), flag(p.Disabled)).Scan(&p.ID)
	if err != nil {
		return fmt.Errorf("save user %s: %w", p.Name, err)
	}
	return t.Audit(ctx, edition.Act{Who: by, What: "user", Subject: "person", SubjectID: p.ID, Detail: p.Role + " " + strings.Join(p.Locales, ",")})
}

func linkHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// AddSignInLink keeps the hash of a one-time sign-in token.
func (t *Tx) AddSignInLink(ctx context.Context, token string, person int64, expires time.Time) error {
	return t.insert(ctx, "sign_in_link", "hash, person_id, expires", []any{linkHash(token), person, micros(expires)}, "")
}

// UseSignInLink spends a one-time token and returns its person, or
// ErrNotFound for one that is unknown, spent or out of date.
func (t *Tx) UseSignInLink(ctx context.Context, token string) (edition.Person, error) {
	now := micros(t.s.now())
	var person int64
	err := t.queryRow(ctx, `UPDATE sign_in_link SET used = $1 WHERE hash = $2 AND used = 0 AND expires > $1 RETURNING person_id`, now, linkHash(token)).Scan(&person)
	if err != nil {
		return edition.Person{}, one(err, "sign-in link")
	}
	p, err := scanPerson(t.queryRow(ctx, personColumns+`WHERE id = $1 AND disabled = 0`, person))
	return p, one(err, "user %d", person)
}

// Sessions keeps the desk's sessions (scs.CtxStore).
type Sessions struct{ s *Store }

// Sessions returns the store of the desk's sessions.
func (s *Store) Sessions() Sessions { return Sessions{s} }

// FindCtx returns a session that has not expired.
func (x Sessions) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	err = x.s.read.QueryRowContext(ctx, `SELECT data FROM session WHERE token = $1 AND expiry > $2`, token, micros(x.s.now())).Scan(&b)
	if err == sql.ErrNoRows {
		return nil, false, nil
	}
	return b, err == nil, x.s.sentinel(err)
}

// CommitCtx saves a session.
func (x Sessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return x.s.InTx(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, `INSERT INTO session (token, data, expiry) VALUES ($1, $2, $3)
			ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry`, token, b, micros(expiry))
		return err
	})
}

// DeleteCtx ends a session.
func (x Sessions) DeleteCtx(ctx context.Context, token string) error {
	return x.s.InTx(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, `DELETE FROM session WHERE token = $1 OR expiry < $2`, token, micros(x.s.now()))
		return err
	})
}

// Find, Commit and Delete are the same without a context (scs.Store).
func (x Sessions) Find(token string) ([]byte, bool, error) {
	return x.FindCtx(context.Background(), token)
}

// Commit saves a session.
func (x Sessions) Commit(token string, b []byte, expiry time.Time) error {
	return x.CommitCtx(context.Background(), token, b, expiry)
}

// Delete ends a session.
func (x Sessions) Delete(token string) error { return x.DeleteCtx(context.Background(), token) }
