package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"dragoman/internal/edition"
)

const personColumns = `SELECT id, name, grants, disabled, epoch FROM person `

func scanPerson(row scanner) (p edition.Person, err error) {
	var grants string
	var disabled int64
	if err := row.Scan(&p.ID, &p.Name, &grants, &disabled, &p.Epoch); err != nil {
		return p, err
	}
	gs, err := edition.ParseGrants(grants)
	p.SetGrants(gs)
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

// Accounts returns what is known of everybody, by name; with a number other
// than 0 of that person alone.
func (s *Store) Accounts(ctx context.Context, id int64) ([]edition.Account, error) {
	q := `SELECT p.id, p.name, p.grants, p.disabled, p.epoch, p.password <> '', p.created, p.signed_in, p.managed,
		(SELECT count(*) FROM session x WHERE x.person_id = p.id AND x.ended = 0 AND x.expiry > $1),
		COALESCE((SELECT min(i.issuer) FROM identity i WHERE i.person_id = p.id), '')
		FROM person p `
	args := []any{micros(s.now())}
	if id != 0 {
		q, args = q+`WHERE p.id = $2 `, append(args, id)
	}
	rows, err := s.read.QueryContext(ctx, q+`ORDER BY p.name`, args...)
	out, err := collect(rows, err, func(row scanner) (a edition.Account, err error) {
		var grants string
		var disabled, created, signedIn, managed int64
		if err := row.Scan(&a.ID, &a.Name, &grants, &disabled, &a.Epoch, &a.HasPassword, &created, &signedIn, &managed, &a.Sessions, &a.Issuer); err != nil {
			return a, err
		}
		gs, err := edition.ParseGrants(grants)
		a.SetGrants(gs)
		a.Disabled, a.Managed = disabled != 0, managed != 0
		a.Created, a.SignedIn = fromMicros(created), fromMicros(signedIn)
		return a, err
	})
	if err == nil && id != 0 && out == nil {
		return nil, fmt.Errorf("user %d: %w", id, ErrNotFound)
	}
	return out, s.sentinel(err)
}

// lockPeople makes whoever changes people wait for each other until the
// transaction ends, in all processes.
func (t *Tx) lockPeople(ctx context.Context) error {
	_, err := t.exec(ctx, `INSERT INTO setting (name, value) VALUES ('people', '') ON CONFLICT (name) DO UPDATE SET value = ''`)
	return err
}

// PersonNow returns a person by number as the transaction will change them:
// nobody else changes a person before it ends. Or ErrNotFound.
func (t *Tx) PersonNow(ctx context.Context, id int64) (edition.Person, error) {
	if err := t.lockPeople(ctx); err != nil {
		return edition.Person{}, err
	}
	p, err := scanPerson(t.queryRow(ctx, personColumns+`WHERE id = $1`, id))
	return p, one(err, "user %d", id)
}

// PeopleNow returns everybody; nobody else changes a person before the
// transaction ends.
func (t *Tx) PeopleNow(ctx context.Context) ([]edition.Person, error) {
	if err := t.lockPeople(ctx); err != nil {
		return nil, err
	}
	rows, err := t.query(ctx, personColumns+`ORDER BY name`)
	return collect(rows, err, scanPerson)
}

// SavePerson adds a person, or changes the roles of the one with that name,
// and fills in the number. Whose roles change or who is disabled is signed
// out everywhere at once. It refuses to leave the house without an admin.
func (t *Tx) SavePerson(ctx context.Context, p *edition.Person, by string) error {
	if p.Grants == nil && p.Role != "" {
		p.SetGrants([]edition.Grant{{Role: p.Role, Locales: p.Locales}})
	}
	if err := t.lockPeople(ctx); err != nil {
		return err
	}
	old, err := scanPerson(t.queryRow(ctx, personColumns+`WHERE name = $1`, p.Name))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("save user %s: %w", p.Name, err)
	}
	grants := edition.FormatGrants(p.Grants)
	what := "user-changed"
	switch {
	case old.ID == 0:
		what = "user-added"
		if p.ID, err = t.ids(ctx, 1); err != nil {
			return err
		}
	case p.Disabled && !old.Disabled:
		what = "user-disabled"
	case !p.Disabled && old.Disabled:
		what = "user-enabled"
	}
	if old.ID != 0 {
		p.ID, p.Epoch = old.ID, old.Epoch
		if edition.FormatGrants(old.Grants) != grants || old.Disabled != p.Disabled {
			if p.Epoch, err = t.EndSessions(ctx, p.ID); err != nil {
				return err
			}
		}
	}
	if p.Disabled {
		if err := t.DropSignInLinks(ctx, p.ID); err != nil {
			return err
		}
	}
	runs := p.RunsTheHouse()
	_, err = t.exec(ctx, `INSERT INTO person (id, name, role, locales, grants, runs, created, disabled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (name) DO UPDATE SET role = excluded.role, locales = excluded.locales, grants = excluded.grants, runs = excluded.runs, disabled = excluded.disabled`,
		p.ID, p.Name, p.Role, strings.Join(p.Locales, ","), grants, flag(runs), micros(t.s.now()), flag(p.Disabled))
	if err != nil {
		return fmt.Errorf("save user %s: %w", p.Name, err)
	}
	if old.RunsTheHouse() && !runs {
		var left int
		if err := t.queryRow(ctx, `SELECT count(*) FROM person WHERE runs = 1`).Scan(&left); err != nil {
			return err
		}
		if left == 0 {
			return edition.LastAdmin(p.Name)
		}
	}
	return t.Audit(ctx, edition.Act{Who: by, What: what, Subject: "person", SubjectID: p.ID, Detail: p.Name + ": " + grants})
}

// SetManaged says whether a provider of sign-ins decides about a person's
// roles.
func (t *Tx) SetManaged(ctx context.Context, person int64, managed bool) error {
	_, err := t.exec(ctx, `UPDATE person SET managed = $1 WHERE id = $2`, flag(managed), person)
	return err
}

// Password returns the hash of a person's password, "" for none.
func (s *Store) Password(ctx context.Context, person int64) (hash string, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT password FROM person WHERE id = $1`, person).Scan(&hash)
	return hash, s.sentinel(one(err, "user %d", person))
}

// SetPassword keeps the hash of a person's password in place of another hash,
// and reports whether that still stood.
func (t *Tx) SetPassword(ctx context.Context, person int64, was, hash string) (bool, error) {
	res, err := t.exec(ctx, `UPDATE person SET password = $1 WHERE id = $2 AND password = $3`, hash, person, was)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// SignedIn notes when a person signed in.
func (t *Tx) SignedIn(ctx context.Context, person int64) error {
	_, err := t.exec(ctx, `UPDATE person SET signed_in = $1 WHERE id = $2`, micros(t.s.now()), person)
	return err
}

// PersonByIdentity returns whom a provider of sign-ins knows as subject, or
// ErrNotFound.
func (t *Tx) PersonByIdentity(ctx context.Context, issuer, subject string) (edition.Person, bool, error) {
	if err := t.lockPeople(ctx); err != nil {
		return edition.Person{}, false, err
	}
	var id, managed int64
	err := t.queryRow(ctx, `SELECT i.person_id, p.managed FROM identity i JOIN person p ON p.id = i.person_id WHERE i.issuer = $1 AND i.subject = $2`, issuer, subject).Scan(&id, &managed)
	if err != nil {
		return edition.Person{}, false, one(err, "identity at %s", issuer)
	}
	p, err := scanPerson(t.queryRow(ctx, personColumns+`WHERE id = $1`, id))
	return p, managed != 0, one(err, "user %d", id)
}

// AddIdentity links a person to what a provider of sign-ins calls them.
func (t *Tx) AddIdentity(ctx context.Context, issuer, subject, label string, person int64) error {
	return t.insert(ctx, "identity", "issuer, subject, person_id, label, created", []any{issuer, subject, person, label, micros(t.s.now())}, "")
}

// DropIdentities takes a person's links to providers away, and says how many
// there were.
func (t *Tx) DropIdentities(ctx context.Context, person int64) (int64, error) {
	res, err := t.exec(ctx, `DELETE FROM identity WHERE person_id = $1`, person)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func linkHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// AddSignInLink keeps the hash of a one-time sign-in token. The person's links
// from before are worth nothing any more.
func (t *Tx) AddSignInLink(ctx context.Context, token string, person int64, expires time.Time) error {
	if err := t.DropSignInLinks(ctx, person); err != nil {
		return err
	}
	return t.insert(ctx, "sign_in_link", "hash, person_id, expires", []any{linkHash(token), person, micros(expires)}, "")
}

// DropSignInLinks makes a person's links worth nothing.
func (t *Tx) DropSignInLinks(ctx context.Context, person int64) error {
	_, err := t.exec(ctx, `UPDATE sign_in_link SET used = $1 WHERE person_id = $2 AND used = 0`, micros(t.s.now()), person)
	return err
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
