// Package terms holds the starter glossary: names and terms of press releases
// about Syria, in the native CSV. It is part of the binary, so that a fresh
// installation has something to begin with:
//
//	concepts, err := glossary.Load(terms.FS())
package terms

import "embed"

//go:embed *.csv
var files embed.FS

// FS gives the folder with the CSV files.
func FS() embed.FS { return files }
