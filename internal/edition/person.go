package edition

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Person is a user of the desk and the command line.
type Person struct {
	ID   int64
	Name string
	// Role is the strongest role that the person holds, Locales are those in
	// which any role holds, none meaning all: what a page says in a word. What
	// the person may do is in Grants; where these are nil, Role and Locales
	// are the one grant.
	Role     string
	Locales  []string
	Grants   []Grant
	Disabled bool
	// Epoch grows when the person's sessions are ended all at once; a session
	// of an earlier one is worth nothing.
	Epoch int64
}

// Grant is a role that a person holds, in some locales or, where none is
// named, in all.
type Grant struct {
	Role    string
	Locales []string
}

// Account is what is known of a person's account.
type Account struct {
	Person
	HasPassword bool
	Created     time.Time
	SignedIn    time.Time // last, zero for never
	Sessions    int       // that are open
	// Issuer is the provider that the account is linked to, "" for none;
	// Managed says that it decides about the roles.
	Issuer  string
	Managed bool
}

// Session is one browser that a person is signed in with.
type Session struct {
	Key  string // under which it is kept; no token
	Data []byte
	Ends time.Time
}

// LastAdmin refuses what would leave the house without an admin.
func LastAdmin(name string) *Refusal {
	return refuse("last-admin", name+" is the last admin for all locales: make somebody else one first", map[string]string{"Name": name})
}

// Right is something that a person may be allowed to do.
type Right string

// The rights. All but the last two are about the editions of a locale.
const (
	MayRead    Right = "read"
	MayWrite   Right = "write"   // change words, decide proposals, take and release
	MayReview  Right = "review"  // approve, dismiss findings, leave out, send back
	MayPublish Right = "publish" // publish and withdraw
	MayKeep    Right = "keep"    // change the glossary and the memory
	MayRun     Right = "run"     // users, audit, engines: what concerns the whole house
)

// Roles are the roles from the weakest to the strongest.
func Roles() []string {
	return []string{"viewer", "translator", "reviewer", "terminologist", "publisher", "admin"}
}

// allowed is what each role may do. The terminologist keeps the glossary and
// only reads editions.
var allowed = map[string][]Right{
	"viewer":        {MayRead},
	"translator":    {MayRead, MayWrite},
	"reviewer":      {MayRead, MayWrite, MayReview},
	"terminologist": {MayRead, MayKeep},
	"publisher":     {MayRead, MayWrite, MayReview, MayPublish},
	"admin":         {MayRead, MayWrite, MayReview, MayPublish, MayKeep, MayRun},
}

// LeastRole is the weakest role that has a right.
func LeastRole(do Right) string {
	for _, r := range Roles() {
		if slices.Contains(allowed[r], do) {
			return r
		}
	}
	return ""
}

// grants are the person's, also of one who was made of a role and locales.
func (p Person) grants() []Grant {
	if p.Grants == nil && p.Role != "" {
		return []Grant{{p.Role, p.Locales}}
	}
	return p.Grants
}

// May says whether p has a right in a locale. A role that is given for some
// locales holds in these only, and elsewhere not even reading is allowed.
// The locale "" asks for a role that holds in all.
func (p Person) May(do Right, locale string) bool {
	return p.has(do, func(in []string) bool {
		return len(in) == 0 || locale != "" && slices.Contains(in, locale)
	})
}

// MayAnywhere says whether p has a right in some locale at least.
func (p Person) MayAnywhere(do Right) bool {
	return p.has(do, func([]string) bool { return true })
}

func (p Person) has(do Right, in func(locales []string) bool) bool {
	return p.ID != 0 && !p.Disabled && slices.ContainsFunc(p.grants(), func(g Grant) bool {
		return slices.Contains(allowed[g.Role], do) && in(g.Locales)
	})
}

// RunsTheHouse says that p is an admin whom nothing limits. There must always
// be one.
func (p Person) RunsTheHouse() bool { return p.ID != 0 && !p.Disabled && allRole(p.grants(), "admin") }

func allRole(gs []Grant, role string) bool {
	return slices.ContainsFunc(gs, func(g Grant) bool { return g.Role == role && len(g.Locales) == 0 })
}

// SetGrants gives p its roles, sorted and each once, and the role and locales
// that say them in a word.
func (p *Person) SetGrants(gs []Grant) {
	p.Grants, p.Role, p.Locales = nil, "", nil
	everywhere := false
	for _, role := range Roles() {
		in, all, held := []string{}, false, false
		for _, g := range gs {
			if g.Role == role {
				held, all = true, all || len(g.Locales) == 0
				in = append(in, g.Locales...)
			}
		}
		if !held {
			continue
		}
		if all {
			in = nil
		}
		slices.Sort(in)
		in = slices.Compact(in)
		p.Grants = append(p.Grants, Grant{role, in})
		p.Role, everywhere = role, everywhere || all
		p.Locales = append(p.Locales, in...)
	}
	slices.Sort(p.Locales)
	p.Locales = slices.Compact(p.Locales)
	if everywhere || len(p.Locales) == 0 {
		p.Locales = nil
	}
}

// FormatGrants writes grants in a line: "reviewer:ar,fr publisher:fr viewer".
func FormatGrants(gs []Grant) string {
	var words []string
	for _, g := range gs {
		w := g.Role
		if len(g.Locales) > 0 {
			w += ":" + strings.Join(g.Locales, ",")
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

// ParseGrants reads what FormatGrants writes. The error names the word that
// is no role; locales are not looked at.
func ParseGrants(line string) ([]Grant, error) {
	var gs []Grant
	for _, w := range strings.Fields(line) {
		role, in, limited := strings.Cut(w, ":")
		if allowed[role] == nil {
			return nil, fmt.Errorf("there is no role %q: choose one of %s", role, strings.Join(Roles(), ", "))
		}
		g := Grant{Role: role}
		if limited {
			if g.Locales = strings.FieldsFunc(in, func(r rune) bool { return r == ',' }); g.Locales == nil {
				return nil, fmt.Errorf("%q names no locale after the colon: write it like %s:ar,fr", w, role)
			}
		}
		gs = append(gs, g)
	}
	return gs, nil
}
