package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/people"
	"dragoman/internal/store"
)

func accounts(s *store.Store) *people.People {
	return people.New(people.Bind(s), people.Options{Cost: people.Cost{Memory: 8, Passes: 1, Threads: 1}})
}

func addPerson(t *testing.T, s *store.Store, name, roles string) edition.Person {
	t.Helper()
	gs, err := edition.ParseGrants(roles)
	if err != nil {
		t.Fatal(err)
	}
	p, err := accounts(s).Add(t.Context(), "test", name, gs)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Roles are kept as they were given, and say themselves in a word for those
// who ask for no more.
func TestPersonRoles(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		addPerson(t, s, "Lina", "viewer translator:fr,ar translator:tr publisher:ar")
		p, err := s.Person(t.Context(), "Lina")
		if err != nil {
			t.Fatal(err)
		}
		if got := edition.FormatGrants(p.Grants); got != "viewer translator:ar,fr,tr publisher:ar" || p.Role != "publisher" || p.Locales != nil {
			t.Errorf("%q, %s in %v", got, p.Role, p.Locales)
		}
		for _, c := range []struct {
			do     edition.Right
			locale string
			want   bool
		}{
			{edition.MayRead, "es", true}, {edition.MayRead, "", true}, {edition.MayWrite, "fr", true}, {edition.MayWrite, "es", false}, {edition.MayWrite, "", false},
			{edition.MayPublish, "ar", true}, {edition.MayPublish, "fr", false}, {edition.MayReview, "ar", true}, {edition.MayKeep, "ar", false}, {edition.MayRun, "ar", false},
		} {
			if got := p.May(c.do, c.locale); got != c.want {
				t.Errorf("may %s in %q: %v", c.do, c.locale, got)
			}
		}
	})
}

// Two admins who remove one another at the same moment: one of them stays.
func TestTheLastAdminStays(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		all := accounts(s)
		one, other := addPerson(t, s, "one", "admin"), addPerson(t, s, "other", "admin")
		for round := range 8 {
			var wg sync.WaitGroup
			errs := make([]error, 2)
			wg.Go(func() { _, errs[0] = all.Disable(t.Context(), one.Name, other.ID, true) })
			wg.Go(func() {
				_, errs[1] = all.SetRoles(t.Context(), other.Name, one.ID, []edition.Grant{{Role: "admin", Locales: []string{"ar"}}})
			})
			wg.Wait()
			var no *edition.Refusal
			refused := 0
			for _, err := range errs {
				if errors.As(err, &no) && no.Rule == "last-admin" {
					refused++
				} else if err != nil {
					t.Fatal(err)
				}
			}
			left := 0
			for _, p := range []edition.Person{one, other} {
				now, err := s.PersonByID(t.Context(), p.ID)
				if err != nil {
					t.Fatal(err)
				}
				if now.RunsTheHouse() {
					left++
				}
			}
			if refused != 1 || left != 1 {
				t.Fatalf("round %d: %d refused (%v), %d admins left", round, refused, errs, left)
			}
			for _, p := range []edition.Person{one, other} { // and both are admins again
				if _, err := all.Change(t.Context(), "test", p.ID, func(p *edition.Person) error {
					p.SetGrants([]edition.Grant{{Role: "admin"}})
					p.Disabled = false
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// The database itself refuses to change or delete what stands in the audit
// log.
func TestAuditIsForEver(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Audit(ctx, edition.Act{Who: "Lina", What: "edit", Subject: "edition", SubjectID: 1})
		})
		for _, q := range store.Vandalism {
			if err := s.Exec(t.Context(), q); err == nil || !strings.Contains(err.Error(), "audit log cannot be changed") {
				t.Errorf("%s: %v", q, err)
			}
		}
		acts, err := s.AuditLog(t.Context(), edition.ActFilter{Limit: 10})
		if err != nil || len(acts) != 1 || acts[0].Who != "Lina" {
			t.Errorf("%+v, %v", acts, err)
		}
	})
}

// The log is read a page at a time, and each filter holds.
func TestAuditLog(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			var acts []edition.Act
			for i := range 250 {
				acts = append(acts, edition.Act{
					At: start.Add(time.Duration(i/3) * time.Second), Who: []string{"Lina", "Omar"}[i%2], What: []string{"edit", "approve", "sign-in"}[i%3],
					Subject: []string{"edition", "person"}[i%2], SubjectID: int64(i%7 + 1), Locale: []string{"ar", "fr"}[i%2],
				})
			}
			return tx.Audit(ctx, acts...)
		})
		for name, c := range map[string]struct {
			f    edition.ActFilter
			want int
		}{
			"all": {edition.ActFilter{}, 250}, "who": {edition.ActFilter{Who: "Lina"}, 125}, "what": {edition.ActFilter{What: "edit"}, 84}, "locale": {edition.ActFilter{Locale: "fr"}, 125},
			"subject": {edition.ActFilter{Subject: "edition"}, 125}, "one": {edition.ActFilter{Subject: "edition", SubjectID: 1}, 18},
			"time": {edition.ActFilter{From: start.Add(10 * time.Second), Before: start.Add(20 * time.Second)}, 30}, "two": {edition.ActFilter{Who: "Omar", What: "approve"}, 42}, "nobody": {edition.ActFilter{Who: "lina"}, 0},
		} {
			seen := map[int64]bool{}
			f := c.f
			f.Limit = 40
			last := edition.ActKey{At: 1 << 62}
			for {
				page, err := s.AuditLog(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range page {
					if k := a.Key(); seen[a.ID] || k.At > last.At || k.At == last.At && k.ID >= last.ID {
						t.Fatalf("%s: act %d is out of order", name, a.ID)
					}
					seen[a.ID], last = true, a.Key()
				}
				if len(page) < f.Limit {
					break
				}
				f.After = page[len(page)-1].Key()
			}
			if len(seen) != c.want {
				t.Errorf("%s: %d acts, want %d", name, len(seen), c.want)
			}
		}
		whats, subjects, err := s.ActKinds(t.Context())
		if err != nil || strings.Join(whats, " ") != "approve edit sign-in" || strings.Join(subjects, " ") != "edition person" {
			t.Errorf("%v, %v, %v", whats, subjects, err)
		}
	})
}

// An act on an edition or a target stands under its locale.
func TestAuditKnowsTheLocale(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		rel, rev, segs := addRelease(t, s, "a", "One sentence.")
		var ed, target int64
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			es := []edition.Edition{{Release: rel.ID, Locale: "ar", State: edition.InReview, Revision: rev.ID}}
			if err := tx.AddEditions(ctx, es); err != nil {
				return err
			}
			ed = es[0].ID
			tg := &edition.Target{Edition: ed, Segment: segs[0].ID, State: edition.Initial}
			if err := tx.AddTargets(ctx, []*edition.Target{tg}); err != nil {
				return err
			}
			target = tg.ID
			return tx.Audit(ctx, edition.Act{What: "edit", Subject: "target", SubjectID: target}, edition.Act{What: "approve", Subject: "edition", SubjectID: ed}, edition.Act{What: "sign-in", Subject: "person", SubjectID: ed})
		})
		acts, err := s.AuditLog(t.Context(), edition.ActFilter{Locale: "ar", Limit: 10})
		if err != nil || len(acts) != 2 {
			t.Errorf("%+v, %v", acts, err)
		}
	})
}

// A session that was ended is not brought back by a request that was still
// under way, and every change of an account ends its sessions.
func TestSessionsEnd(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		all := accounts(s)
		addPerson(t, s, "boss", "admin")
		p := addPerson(t, s, "Lina", "reviewer")
		end := time.Now().Add(time.Hour)
		open := func(token string) {
			if err := s.Sessions().CommitCtx(t.Context(), token, []byte(fmt.Sprintf(`{"values":{"person":"%d"}}`, p.ID)), end); err != nil {
				t.Fatal(err)
			}
		}
		found := func(token string) bool {
			_, ok, err := s.Sessions().FindCtx(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		for _, c := range []struct {
			what   string
			change func() error
		}{
			{"roles", func() error {
				_, err := all.SetRoles(t.Context(), "boss", p.ID, []edition.Grant{{Role: "viewer"}})
				return err
			}},
			{"disabled", func() error { _, err := all.Disable(t.Context(), "boss", p.ID, true); return err }},
			{"enabled", func() error { _, err := all.Disable(t.Context(), "boss", p.ID, false); return err }},
			{"password", func() error {
				_, err := all.SetPassword(t.Context(), "Lina", p.ID, "correct horse battery")
				return err
			}},
			{"everywhere", func() error { _, err := all.SignOut(t.Context(), "Lina", p.ID, ""); return err }},
			{"one", func() error { _, err := all.SignOut(t.Context(), "Lina", p.ID, "one"); return err }},
		} {
			what, change := c.what, c.change
			before, err := s.PersonByID(t.Context(), p.ID)
			if err != nil {
				t.Fatal(err)
			}
			open(what)
			if !found(what) {
				t.Fatalf("%s: the session is not there", what)
			}
			if err := change(); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			open(what) // by a request still under way
			after, err := s.PersonByID(t.Context(), p.ID)
			if err != nil {
				t.Fatal(err)
			}
			if found(what) || what != "one" && after.Epoch == before.Epoch {
				t.Errorf("%s: the session lives, epoch %d after %d", what, after.Epoch, before.Epoch)
			}
		}
		if err := all.Note(t.Context(), edition.Act{Who: "x", What: "y", Subject: "person"}); err != nil {
			t.Error(err)
		}
		if _, err := all.SignOut(t.Context(), "Lina", p.ID, "nobody's"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("somebody else's session: %v", err)
		}
	})
}

func TestPasswords(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		all := accounts(s)
		p := addPerson(t, s, "لينا", "reviewer")
		for _, bad := range []string{"short", "aaaaaaaaaaaaaaaa", "لينا لينا لينا", strings.Repeat("x", 2000)} {
			var no *edition.Refusal
			if _, err := all.SetPassword(t.Context(), "x", p.ID, bad); !errors.As(err, &no) {
				t.Errorf("%.20q: %v", bad, err)
			}
		}
		const password = "خمس كلمات أعرفها وحدي"
		if _, err := all.SetPassword(t.Context(), "x", p.ID, password); err != nil {
			t.Fatal(err)
		}
		weak, err := s.Password(t.Context(), p.ID)
		if err != nil || strings.Contains(weak, password) {
			t.Fatalf("%q, %v", weak, err)
		}
		for _, c := range []struct{ name, password string }{{"لينا", "x"}, {"nobody", password}, {"", ""}, {"لينا", ""}, {"لينا", password + " "}} {
			if _, err := all.SignInWithPassword(t.Context(), c.name, c.password); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%q, %q: %v", c.name, c.password, err)
			}
		}
		dearer := people.New(people.Bind(s), people.Options{Cost: people.Cost{Memory: 16, Passes: 2, Threads: 1}})
		who, err := dearer.SignInWithPassword(t.Context(), " لينا ", password)
		if err != nil || who.ID != p.ID {
			t.Fatalf("%+v, %v", who, err)
		}
		now, err := s.Password(t.Context(), p.ID)
		if err != nil || now == weak || !strings.Contains(now, "m=16,t=2") {
			t.Errorf("the hash is still %q, %v", now, err)
		}
		if _, err := dearer.SignInWithPassword(t.Context(), "لينا", password); err != nil {
			t.Errorf("after the new hash: %v", err)
		}
		if _, err := all.Disable(t.Context(), "x", p.ID, true); err != nil {
			t.Fatal(err)
		}
		if _, err := all.SignInWithPassword(t.Context(), "لينا", password); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("disabled: %v", err)
		}
	})
}

// A name that people would take for another's is another's.
func TestNamesAreTaken(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		addPerson(t, s, "Lina Haddad", "viewer")
		for _, name := range []string{"Lina Haddad", "lina haddad", "LINA  HADDAD"} {
			var no *edition.Refusal
			if _, err := accounts(s).Add(t.Context(), "x", name, []edition.Grant{{Role: "viewer"}}); !errors.As(err, &no) || no.Rule != "name-taken" {
				t.Errorf("%q: %v", name, err)
			}
		}
		if _, err := accounts(s).Add(t.Context(), "x", "Omar", nil); err == nil {
			t.Error("somebody without a role was added")
		}
	})
}

// A newer link makes the older ones worthless, and so does disabling.
func TestLinks(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		all := accounts(s)
		p := addPerson(t, s, "Lina", "viewer")
		link := func() string {
			token, err := all.Link(t.Context(), "boss", p.ID, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		first, second := link(), link()
		if _, err := all.SignIn(t.Context(), first); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the older link: %v", err)
		}
		if who, err := all.SignIn(t.Context(), second); err != nil || who.ID != p.ID {
			t.Errorf("the newer link: %+v, %v", who, err)
		}
		third := link()
		for _, out := range []bool{true, false} {
			if _, err := all.Disable(t.Context(), "boss", p.ID, out); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := all.SignIn(t.Context(), third); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a link from before the account was disabled: %v", err)
		}
		acts, err := s.AuditLog(t.Context(), edition.ActFilter{What: "sign-in-link", Limit: 10})
		if err != nil || len(acts) != 3 || acts[0].Who != "boss" {
			t.Errorf("%+v, %v", acts, err)
		}
	})
}
