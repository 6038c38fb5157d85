//go:build race

package desk_test

// The race detector slows the database so much that a browser would mostly
// wait; the handlers are run under it without one.
const underRace = true
