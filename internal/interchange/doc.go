// Package interchange reads and writes the formats in which translations
// travel between programs. All that it reads is hostile until parsed: sizes
// are limited, no external entity is ever fetched, and one broken unit costs
// that unit only.
//
//	report, err := interchange.ReadTMX(file, interchange.TMXOptions{Source: "en"},
//		func(u interchange.Unit) error { return memory.Put(u) })
package interchange
