package edition

import (
	"time"

	"dragoman/content"
)

// PublicFilter chooses among what is public.
type PublicFilter struct {
	Locales       []string // none means nothing
	Search        string   // part of the release's title or slug
	Limit, Offset int
}

// PublicLine is one line of the list of what is public.
type PublicLine struct {
	PublicPage        // without its body
	Title      string // of the release, in English
	State      State  // of the edition, which may be revising
	Acts       int    // lines of its log
}

// Publication is one line of the log of what was public when.
type Publication struct {
	ID       int64
	Edition  int64
	Revision int64
	At       time.Time
	Act      string // publish, correct, move, withdraw
	Hash     content.Hash
	Body     []byte // the page (JSON), nil where it was withdrawn or is too old to be kept
}
