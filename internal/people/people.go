package people

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"dragoman/internal/edition"
)

// Reader is what is read of the database. What is not there gives an error
// that wraps edition.ErrNotFound.
type Reader interface {
	Person(ctx context.Context, name string) (edition.Person, error)
	PersonByID(ctx context.Context, id int64) (edition.Person, error)
	People(ctx context.Context) ([]edition.Person, error)
	Accounts(ctx context.Context, id int64) ([]edition.Account, error)
	Password(ctx context.Context, person int64) (string, error)
	SessionsOf(ctx context.Context, person int64) ([]edition.Session, error)
	AuditLog(ctx context.Context, f edition.ActFilter) ([]edition.Act, error)
	ActKinds(ctx context.Context) (whats, subjects []string, err error)
}

// Tx is a transaction. Between PersonNow or PeopleNow and its end nobody else
// changes a person.
type Tx interface {
	PersonNow(ctx context.Context, id int64) (edition.Person, error)
	PeopleNow(ctx context.Context) ([]edition.Person, error)
	// SavePerson refuses to leave the house without an admin.
	SavePerson(ctx context.Context, p *edition.Person, by string) error
	SetManaged(ctx context.Context, person int64, managed bool) error
	SetPassword(ctx context.Context, person int64, was, hash string) (bool, error)
	SignedIn(ctx context.Context, person int64) error
	AddSignInLink(ctx context.Context, token string, person int64, expires time.Time) error
	DropSignInLinks(ctx context.Context, person int64) error
	UseSignInLink(ctx context.Context, token string) (edition.Person, error)
	EndSession(ctx context.Context, person int64, key string) error
	EndSessions(ctx context.Context, person int64) (epoch int64, err error)
	PersonByIdentity(ctx context.Context, issuer, subject string) (p edition.Person, managed bool, err error)
	AddIdentity(ctx context.Context, issuer, subject, label string, person int64) error
	DropIdentities(ctx context.Context, person int64) (int64, error)
	Audit(ctx context.Context, acts ...edition.Act) error
}

// Store is the database as this package needs it.
type Store interface {
	Reader
	// InTx runs f in a transaction, perhaps more than once.
	InTx(ctx context.Context, f func(Tx) error) error
}

type bound[T Tx] struct {
	Reader
	in func(ctx context.Context, f func(T) error) error
}

func (b bound[T]) InTx(ctx context.Context, f func(Tx) error) error {
	return b.in(ctx, func(t T) error { return f(t) })
}

// Bind makes a Store of a database whose transactions have a type of their
// own.
func Bind[T Tx](db interface {
	Reader
	InTx(ctx context.Context, f func(T) error) error
}) Store {
	return bound[T]{db, db.InTx}
}

// Options change People from the usual.
type Options struct {
	// Cost is that of passwords, DefaultCost if zero.
	Cost Cost
	// Now is the clock, time.Now if nil.
	Now func() time.Time
	// Provider lets people sign in with OpenID Connect, nil for none.
	Provider *Provider
}

// People are the accounts. All methods are safe for concurrent use.
type People struct {
	Reader
	store  Store
	hasher *Hasher
	now    func() time.Time
	// Provider is that of Options.
	Provider *Provider
}

// New makes People over a database.
func New(s Store, o Options) *People {
	if o.Cost == (Cost{}) {
		o.Cost = DefaultCost
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &People{Reader: s, store: s, hasher: NewHasher(o.Cost), now: o.Now, Provider: o.Provider}
}

// How long a one-time link lasts: one that somebody sends on, and one that is
// used where it was made.
const (
	LinkLife      = 24 * time.Hour
	ShortLinkLife = time.Hour
)

func act(by, what string, p edition.Person, detail string) edition.Act {
	return edition.Act{Who: by, What: what, Subject: "person", SubjectID: p.ID, Detail: detail}
}

// enter notes in tx that somebody has signed in.
func enter(ctx context.Context, tx Tx, p edition.Person, how string) error {
	if err := tx.SignedIn(ctx, p.ID); err != nil {
		return err
	}
	return tx.Audit(ctx, act(p.Name, "sign-in", p, how))
}

// SignIn spends a one-time token and returns whose it is. One that is
// unknown, spent or out of date is not found.
func (s *People) SignIn(ctx context.Context, token string) (who edition.Person, err error) {
	err = s.store.InTx(ctx, func(tx Tx) (err error) {
		if who, err = tx.UseSignInLink(ctx, token); err != nil {
			return err
		}
		return enter(ctx, tx, who, "link")
	})
	return who, err
}

// SignInWithPassword returns who has a name and password; anything that is
// not right is not found, after the same time. The hash of a password that
// was made at a lower cost is made anew. It gives ErrBusy in a flood.
func (s *People) SignInWithPassword(ctx context.Context, name, password string) (edition.Person, error) {
	who, err := s.named(ctx, name)
	if err != nil {
		return edition.Person{}, err
	}
	hash := ""
	if who.ID != 0 && !who.Disabled {
		if hash, err = s.Password(ctx, who.ID); err != nil {
			return edition.Person{}, err
		}
	}
	password = prepared(password)
	ok, weak, err := s.hasher.Check(ctx, password, hash)
	if err != nil {
		return edition.Person{}, err
	}
	if !ok || password == "" {
		if who.ID == 0 {
			name = "?" // what was typed may be a password
		} else {
			name = who.Name
		}
		err := s.store.InTx(ctx, func(tx Tx) error {
			return tx.Audit(ctx, edition.Act{Who: name, What: "sign-in-failed", Subject: "person", SubjectID: who.ID})
		})
		return edition.Person{}, errors.Join(err, fmt.Errorf("name or password: %w", edition.ErrNotFound))
	}
	fresh := ""
	if weak {
		if fresh, err = s.hasher.Hash(ctx, password); err != nil {
			return edition.Person{}, err
		}
	}
	err = s.store.InTx(ctx, func(tx Tx) (err error) {
		if who, err = tx.PersonNow(ctx, who.ID); err != nil {
			return err
		}
		if who.Disabled {
			return edition.ErrNotFound
		}
		if fresh != "" {
			if _, err := tx.SetPassword(ctx, who.ID, hash, fresh); err != nil {
				return err
			}
		}
		return enter(ctx, tx, who, "password")
	})
	return who, err
}

// named finds a person by a name as people write it; the zero person if there
// is none.
func (s *People) named(ctx context.Context, name string) (edition.Person, error) {
	all, err := s.People(ctx)
	if err != nil {
		return edition.Person{}, err
	}
	return pick(all, name), nil
}

func pick(all []edition.Person, name string) edition.Person {
	key := fold(name)
	var found edition.Person
	for _, p := range all {
		if p.Name == name {
			return p
		}
		if fold(p.Name) == key {
			found = p
		}
	}
	return found
}

// Add adds a user with roles. It refuses a name that is no name or somebody's
// already, and somebody without a role.
func (s *People) Add(ctx context.Context, by, name string, gs []edition.Grant) (p edition.Person, err error) {
	if name, err = CheckName(name); err != nil {
		return p, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		all, err := tx.PeopleNow(ctx)
		if err != nil {
			return err
		}
		if old := pick(all, name); old.ID != 0 {
			return &edition.Refusal{Rule: "name-taken", Args: map[string]string{"Name": old.Name}, Text: fmt.Sprintf("there is a user called %s already", old.Name)}
		}
		p = edition.Person{Name: name}
		p.SetGrants(gs)
		if len(p.Grants) == 0 {
			return noRole()
		}
		return tx.SavePerson(ctx, &p, by)
	})
	return p, err
}

func noRole() error {
	return &edition.Refusal{Rule: "no-role", Text: "a user needs at least one role: to keep somebody out, disable the account"}
}

// Change changes somebody's roles, or disables or enables them, as f does it
// to the person as they are when it counts. The last admin is not changed
// into anything less.
func (s *People) Change(ctx context.Context, by string, id int64, f func(p *edition.Person) error) (p edition.Person, err error) {
	err = s.store.InTx(ctx, func(tx Tx) error {
		if p, err = tx.PersonNow(ctx, id); err != nil {
			return err
		}
		if err := f(&p); err != nil {
			return err
		}
		if len(p.Grants) == 0 {
			return noRole()
		}
		return tx.SavePerson(ctx, &p, by)
	})
	return p, err
}

// SetRoles gives somebody these roles and no others.
func (s *People) SetRoles(ctx context.Context, by string, id int64, gs []edition.Grant) (edition.Person, error) {
	return s.Change(ctx, by, id, func(p *edition.Person) error {
		p.SetGrants(gs)
		return nil
	})
}

// Disable shuts somebody out at once, or lets them in again.
func (s *People) Disable(ctx context.Context, by string, id int64, out bool) (edition.Person, error) {
	return s.Change(ctx, by, id, func(p *edition.Person) error {
		p.Disabled = out
		return nil
	})
}

// Link makes a one-time token that signs somebody in; those made before are
// worth nothing any more. It refuses somebody who is disabled.
func (s *People) Link(ctx context.Context, by string, id int64, life time.Duration) (token string, err error) {
	token = rand.Text()
	err = s.store.InTx(ctx, func(tx Tx) error {
		p, err := tx.PersonNow(ctx, id)
		if err != nil {
			return err
		}
		if p.Disabled {
			return &edition.Refusal{Rule: "disabled", Args: map[string]string{"Name": p.Name}, Text: p.Name + " is disabled: enable the account first"}
		}
		if err := tx.AddSignInLink(ctx, token, id, s.now().Add(life)); err != nil {
			return err
		}
		return tx.Audit(ctx, act(by, "sign-in-link", p, p.Name))
	})
	return token, err
}

// CheckPassword says whether a password is somebody's. It gives ErrBusy in a
// flood.
func (s *People) CheckPassword(ctx context.Context, id int64, password string) (bool, error) {
	hash, err := s.Password(ctx, id)
	if err != nil {
		return false, err
	}
	ok, _, err := s.hasher.Check(ctx, prepared(password), hash)
	return ok, err
}

// SetPassword gives somebody a password, "" for none, and ends all their
// sessions and links. It refuses one that is too short or easy to guess.
func (s *People) SetPassword(ctx context.Context, by string, id int64, password string) (p edition.Person, err error) {
	if p, err = s.PersonByID(ctx, id); err != nil {
		return p, err
	}
	hash := ""
	if password != "" {
		if err := checkPassword(password, p.Name); err != nil {
			return p, err
		}
		if hash, err = s.hasher.Hash(ctx, prepared(password)); err != nil {
			return p, err
		}
	}
	was, err := s.Password(ctx, id)
	if err != nil {
		return p, err
	}
	err = s.store.InTx(ctx, func(tx Tx) error {
		if p, err = tx.PersonNow(ctx, id); err != nil {
			return err
		}
		if ok, err := tx.SetPassword(ctx, id, was, hash); err != nil || !ok {
			return errors.Join(err, errMeanwhile(ok))
		}
		if p.Epoch, err = tx.EndSessions(ctx, id); err != nil {
			return err
		}
		if err := tx.DropSignInLinks(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, act(by, "password", p, p.Name))
	})
	return p, err
}

func errMeanwhile(ok bool) error {
	if ok {
		return nil
	}
	return &edition.Refusal{Rule: "meanwhile", Text: "the account was changed meanwhile: try again"}
}

// SignOut ends all sessions and links of somebody, or, with the key of one,
// that session alone. It returns the person as they are then.
func (s *People) SignOut(ctx context.Context, by string, id int64, key string) (p edition.Person, err error) {
	err = s.store.InTx(ctx, func(tx Tx) error {
		if p, err = tx.PersonNow(ctx, id); err != nil {
			return err
		}
		if key != "" {
			if err := tx.EndSession(ctx, id, key); err != nil {
				return err
			}
			return tx.Audit(ctx, act(by, "sign-out", p, "session"))
		}
		if p.Epoch, err = tx.EndSessions(ctx, id); err != nil {
			return err
		}
		if err := tx.DropSignInLinks(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, act(by, "sign-out-everywhere", p, p.Name))
	})
	return p, err
}

// Note writes an act on the audit log.
func (s *People) Note(ctx context.Context, a edition.Act) error {
	return s.store.InTx(ctx, func(tx Tx) error { return tx.Audit(ctx, a) })
}

// Unlink takes somebody's links to providers of sign-ins away.
func (s *People) Unlink(ctx context.Context, by string, id int64) error {
	return s.store.InTx(ctx, func(tx Tx) error {
		p, err := tx.PersonNow(ctx, id)
		if err != nil {
			return err
		}
		n, err := tx.DropIdentities(ctx, id)
		if err != nil || n == 0 {
			return err
		}
		if err := tx.SetManaged(ctx, id, false); err != nil {
			return err
		}
		return tx.Audit(ctx, act(by, "identity-dropped", p, p.Name))
	})
}

// Identity is who somebody is at a provider of sign-ins.
type Identity struct {
	Issuer, Subject string
	Name            string // what the provider calls them
	Email           string // that the provider has verified, "" for none
	Groups          []string
}

// label says an identity to a person.
func (i Identity) label() string {
	if i.Email != "" {
		return i.Email
	}
	return i.Name
}

// ErrNotInvited means that a provider knows somebody whom the desk does not
// let in.
var ErrNotInvited = errors.New("this account of the provider is not let in here")

// SignInWithIdentity returns who has an identity. Somebody who is new gets an
// account where the provider's rules let them in, else ErrNotInvited; whose
// groups decide about their roles has them brought up to date. me is who is
// signed in already, 0 for nobody: the identity is linked to them.
func (s *People) SignInWithIdentity(ctx context.Context, i Identity, me int64) (who edition.Person, err error) {
	gs, let := s.Provider.Roles(i)
	err = s.store.InTx(ctx, func(tx Tx) error {
		managed := false
		who, managed, err = tx.PersonByIdentity(ctx, i.Issuer, i.Subject)
		switch {
		case err == nil && me != 0 && who.ID != me:
			return &edition.Refusal{Rule: "identity-taken", Text: "this account of the provider is somebody else's already"}
		case err == nil && managed:
			err = s.bringUpToDate(ctx, tx, &who, gs, let)
		case err == nil:
		case !errors.Is(err, edition.ErrNotFound):
		case me != 0:
			who, err = s.linkTo(ctx, tx, i, me)
		case let:
			who, err = s.welcome(ctx, tx, i, gs)
		default:
			err = ErrNotInvited
		}
		if err != nil {
			return err
		}
		if who.Disabled {
			return ErrNotInvited
		}
		return enter(ctx, tx, who, "provider")
	})
	return who, err
}

// bringUpToDate gives somebody whose roles the provider decides about those
// that their groups mean now. The last admin keeps theirs.
func (s *People) bringUpToDate(ctx context.Context, tx Tx, who *edition.Person, gs []edition.Grant, let bool) error {
	if !let {
		return ErrNotInvited
	}
	now := *who
	now.SetGrants(gs)
	if edition.FormatGrants(now.Grants) == edition.FormatGrants(who.Grants) {
		return nil
	}
	if who.RunsTheHouse() && !now.RunsTheHouse() {
		all, err := tx.PeopleNow(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(p edition.Person) bool { return p.ID != who.ID && p.RunsTheHouse() }) {
			return nil
		}
	}
	*who = now
	return tx.SavePerson(ctx, who, edition.Machine)
}

func (s *People) linkTo(ctx context.Context, tx Tx, i Identity, me int64) (edition.Person, error) {
	p, err := tx.PersonNow(ctx, me)
	if err != nil {
		return p, err
	}
	if err := tx.AddIdentity(ctx, i.Issuer, i.Subject, i.label(), me); err != nil {
		return p, err
	}
	return p, tx.Audit(ctx, act(p.Name, "identity-linked", p, i.Issuer+" "+i.label()))
}

// welcome makes an account for somebody whom the provider's rules let in.
func (s *People) welcome(ctx context.Context, tx Tx, i Identity, gs []edition.Grant) (p edition.Person, err error) {
	all, err := tx.PeopleNow(ctx)
	if err != nil {
		return p, err
	}
	p = edition.Person{Name: freeName(all, i)}
	p.SetGrants(gs)
	if err := tx.SavePerson(ctx, &p, edition.Machine); err != nil {
		return p, err
	}
	if err := tx.SetManaged(ctx, p.ID, s.Provider.Manages()); err != nil {
		return p, err
	}
	return p, tx.AddIdentity(ctx, i.Issuer, i.Subject, i.label(), p.ID)
}

// freeName is the provider's name for somebody, or one made of it, that
// nobody has.
func freeName(all []edition.Person, i Identity) string {
	base, err := CheckName(i.Name)
	if err != nil {
		if base, err = CheckName(i.Email); err != nil {
			base = "user"
		}
	}
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s %d", base, n)
		}
		if pick(all, name).ID == 0 {
			return name
		}
	}
}
