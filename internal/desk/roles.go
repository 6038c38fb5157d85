package desk

import (
	"slices"

	"dragoman/internal/edition"
)

// right is something that a person may be allowed to do with an edition.
type right string

// The rights.
const (
	toRead    right = "read"
	toWrite   right = "write"   // change words, decide proposals, take and release
	toReview  right = "review"  // approve, dismiss findings, leave out, send back
	toPublish right = "publish" // publish and withdraw
	toKeep    right = "keep"    // change the glossary and the memory
)

// needs is the least role for each right.
var needs = map[right]string{toRead: "viewer", toWrite: "translator", toReview: "reviewer", toPublish: "publisher", toKeep: "terminologist"}

// ladder orders the roles: each may do what those before it may. The
// terminologist keeps the glossary and the memory, which otherwise only the
// admin may, and only reads editions.
var ladder = []string{"viewer", "translator", "reviewer", "publisher", "admin"}

// rank is a role's place on the ladder, -1 for one that does not exist.
func rank(role string) int {
	if role == "terminologist" {
		role = "viewer"
	}
	return slices.Index(ladder, role)
}

// may says whether p has a right in a locale. A role that is given for some
// locales holds in these only, and elsewhere not even reading is allowed.
func may(p edition.Person, do right, locale string) bool {
	if p.ID == 0 || p.Disabled || rank(p.Role) < rank(needs[do]) {
		return false
	}
	if do == toKeep && p.Role != "terminologist" && p.Role != "admin" {
		return false
	}
	return len(p.Locales) == 0 || slices.Contains(p.Locales, locale)
}

// rights are what a person may do with one edition, for the templates.
type rights struct{ Write, Review, Publish bool }

func rightsOf(p edition.Person, e edition.Edition) rights {
	return rights{
		Write:   may(p, toWrite, e.Locale),
		Review:  may(p, toReview, e.Locale),
		Publish: may(p, toPublish, e.Locale),
	}
}
