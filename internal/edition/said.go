package edition

import "dragoman/content"

// Said is a segment of an edition with what stands in it: what is looked at to
// find what is wrong in an edition as a whole.
type Said struct {
	Edition, Release, Revision, Target int64
	Locale                             string
	Position, Joined                   int
	LeftOut                            bool
	Source                             string // coded text
	Kind                               content.UnitKind
	// Standing has its number, parent, text and origin; its number is 0 where
	// nothing stands.
	Standing         Version
	Errors, Warnings int
}
