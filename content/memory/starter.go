// Package memory carries the starter memory: approved pairs of the genre in
// TMX, one file a language, so that a fresh machine has something to recall.
// See README.md for how they were written.
package memory

import "embed"

//go:embed *.tmx
var files embed.FS

// FS holds the TMX files.
func FS() embed.FS { return files }
