package desk

import (
	"dragoman/internal/edition"
)

// right is something that a person may be allowed to do. Every route names
// the one that it needs.
type right = edition.Right

// The rights.
const (
	toEnter   right = "enter" // what everybody who is signed in may do: their own things
	toRead          = edition.MayRead
	toWrite         = edition.MayWrite
	toReview        = edition.MayReview
	toPublish       = edition.MayPublish
	toKeep          = edition.MayKeep
	toRun           = edition.MayRun
)

// may says whether p has a right in a locale, "" asking for all locales.
func may(p edition.Person, do right, locale string) bool { return p.May(do, locale) }

// rights are what a person may do with one edition, for the templates.
type rights struct{ Write, Review, Publish bool }

func rightsOf(p edition.Person, e edition.Edition) rights {
	return rights{
		Write:   may(p, toWrite, e.Locale),
		Review:  may(p, toReview, e.Locale),
		Publish: may(p, toPublish, e.Locale),
	}
}
