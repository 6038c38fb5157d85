// Package publish turns approved editions into files: a Markdown file, an
// HTML page and a JSON file for each edition, and an index, a feed and a
// sitemap for each locale. Rendering is a pure function of its input, so that
// the same edition gives the same bytes for ever; a Writer puts the files into
// a directory, each whole or not at all, and leaves alone what did not change.
// It decides nothing: that an edition is approved is its caller's to know.
//
//	files, err := publish.Render(site, page, alternates)
//	out, err := publish.Open("public")
//	changed, err := out.WriteAll(files)
package publish
