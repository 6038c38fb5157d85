// Package edition holds what an edition is: releases and their revisions,
// segments, targets with their versions, approvals, proposals and findings as
// plain values; the table of an edition's states; and the pure rules of
// reviewing, aligning two revisions and showing a difference. It does no
// input or output, so that every rule of it can be tested as a function.
//
//	next, err := edition.InReview.After(edition.Approve)
package edition
