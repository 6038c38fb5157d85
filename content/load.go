package content

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Version numbers the way in which Load cuts a release into units and segments.
// It grows when the same bytes would be cut otherwise, so that who keeps
// segments knows when to cut again.
const Version = 1

// bom is the byte order mark that some editors write before UTF-8. It is kept.
var bom = []byte("\xef\xbb\xbf")

// Load reads the releases of one file: one, or several where the text of a
// page of the old site holds several. The error is a *Problem, in words for
// the person who gave the file.
func Load(data []byte, o Options) ([]*Document, error) {
	if p := checkInput(data, o); p != nil {
		return nil, p
	}
	format, p := o.format(data)
	if p != nil {
		return nil, p
	}
	if at := bareReturn(data); at >= 0 && format != FormatHTML {
		line, column := position(data, at)
		return nil, &Problem{Path: o.Path, Line: line, Column: column, What: "The lines end as they did on old Macs (CR alone)",
			Remedy: "Save the file with the line ends of Unix or Windows"}
	}
	parts := []Range{{0, len(data)}}
	if format == FormatPage {
		parts = splitPage(data)
	}
	var out []*Document
	for _, r := range parts {
		d := &Document{Format: format, Source: data[r.Start:r.End:r.End], title: -1, path: o.Path, whole: data, offset: r.Start}
		if p := d.load(o); p != nil {
			return nil, p
		}
		out = append(out, d)
	}
	return out, nil
}

// load reads one document by its format.
func (d *Document) load(o Options) *Problem {
	d.body = Range{0, len(d.Source)}
	if bytes.HasPrefix(d.Source, bom) {
		d.body.Start = len(bom)
	}
	var p *Problem
	switch d.Format {
	case FormatMarkdown:
		p = d.loadMarkdown(o)
	case FormatHTML:
		p = d.loadHTML(o)
	case FormatPage:
		p = d.loadPage(o)
	default:
		p = d.loadText()
	}
	if p != nil {
		return p
	}
	d.finish()
	if len(d.segments) == 0 {
		return d.problem(0, "The file holds no text", "Write the release into it, or take the file away")
	}
	return d.complete()
}

// loadMarkdown reads front matter and body, and makes sure that a document of
// a rare shape can take translations.
func (d *Document) loadMarkdown(o Options) *Problem {
	if p := d.readFrontMatter(o); p != nil {
		return p
	}
	suspect, p := readMarkdown(d, d.body.Start)
	if p != nil {
		return p
	}
	if d.front == nil && fence.Match(firstLine(d.Source[d.body.Start:])) {
		d.dropSecondLine()
	}
	d.placeTitle()
	if suspect {
		d.proveUnits()
	}
	return nil
}

// dropSecondLine leaves the text of the second line without translation where
// the first is a rule of three hyphens: any other text there could turn the two
// into the beginning of a front matter.
func (d *Document) dropSecondLine() {
	start := lineAfter(d.Source, d.body.Start)
	end := lineAfter(d.Source, start)
	d.Units = slices.DeleteFunc(d.Units, func(u Unit) bool { return u.span.Start >= start && u.span.Start < end })
}

// reread loads a written Markdown document as the original was, to compare.
func reread(d *Document, data []byte) (*Document, error) {
	b := &Document{Format: d.Format, Source: data, title: -1, path: d.path, whole: data}
	b.body = Range{0, len(data)}
	if bytes.HasPrefix(data, bom) {
		b.body.Start = len(bom)
	}
	if p := b.readFrontMatter(Options{}); p != nil {
		return nil, p
	}
	if _, p := readMarkdown(b, b.body.Start); p != nil {
		return nil, p
	}
	if b.front == nil && fence.Match(firstLine(b.Source[b.body.Start:])) {
		b.dropSecondLine()
	}
	b.placeTitle()
	b.finish()
	return b, nil
}

// checkInput refuses what is no text.
func checkInput(data []byte, o Options) *Problem {
	limit := o.MaxBytes
	if limit == 0 {
		limit = DefaultMaxBytes
	}
	fail := func(at int, what, remedy string) *Problem {
		p := &Problem{Path: o.Path, What: what, Remedy: remedy}
		if at >= 0 {
			p.Line, p.Column = position(data, at)
		}
		return p
	}
	if int64(len(data)) > limit {
		return fail(-1, fmt.Sprintf("The file has %d bytes, more than the limit of %d", len(data), limit),
			"Take out what is not text, such as embedded images, or split the file")
	}
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return fail(-1, "The file is written in UTF-16, not in UTF-8", "Save it again with the encoding UTF-8")
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return fail(i, fmt.Sprintf("Byte %d of the file is NUL, which no text has", i),
			"If this is a Word or PDF file, save its text as Markdown or plain text; otherwise save it again as UTF-8")
	}
	if !utf8.Valid(data) {
		i := invalidUTF8(data)
		return fail(i, fmt.Sprintf("The file is not UTF-8: byte %d (0x%02X) belongs to no character", i, data[i]),
			"Save it again with the encoding UTF-8")
	}
	return nil
}

// bareReturn gives the place of the first line that ends with a carriage return
// alone, -1 where most lines end otherwise. HTML alone takes these for ends of
// lines; elsewhere all of the text would be one line.
func bareReturn(data []byte) int {
	returns, feeds := bytes.Count(data, []byte("\r")), bytes.Count(data, []byte("\n"))
	if bare := returns - bytes.Count(data, []byte("\r\n")); bare == 0 || bare <= feeds {
		return -1
	}
	for i, c := range data {
		if c == '\r' && (i+1 == len(data) || data[i+1] != '\n') {
			return i
		}
	}
	return -1
}

// invalidUTF8 gives the place of the first byte that is not UTF-8.
func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}

// position gives the line and column of a byte, from 1; columns are
// characters.
func position(data []byte, at int) (line, column int) {
	at = min(at, len(data))
	head := data[:at]
	line = 1 + bytes.Count(head, []byte("\n"))
	start := bytes.LastIndexByte(head, '\n') + 1
	if start == 0 {
		head = bytes.TrimPrefix(head, bom)
		return line, 1 + utf8.RuneCount(head)
	}
	return line, 1 + utf8.RuneCount(head[start:])
}

// format gives the format that the options name, or else that the file's
// ending or its text shows.
func (o Options) format(data []byte) (Format, *Problem) {
	switch o.Format {
	case FormatMarkdown, FormatHTML, FormatText, FormatPage:
		return o.Format, nil
	case "":
		return detect(data, o.Path), nil
	}
	return "", &Problem{Path: o.Path, What: fmt.Sprintf("There is no format %q", string(o.Format)),
		Remedy: "Use markdown, html, text or page, or name none and let the text decide"}
}

var (
	tagStart     = regexp.MustCompile(`(?i)^\s*(?:<!--.*?-->\s*)?<(?:!doctype|html|head|body|article|main|div|section|p|h[1-6]|meta|title)\b`)
	markdownSign = regexp.MustCompile(`(?m)^(?:#{1,6} |[-*+] |> |\x60\x60\x60|\|.*\|\s*$|={3,}\s*$)|\]\([^)\s]+\)|\*\*[^*\n]+\*\*`)
)

// detect finds out what a text is written in.
func detect(data []byte, path string) Format {
	text := bytes.TrimPrefix(data, bom)
	switch strings.ToLower(filepath.Ext(path)) {
	case ".md", ".markdown", ".mdown":
		return FormatMarkdown
	case ".html", ".htm", ".xhtml":
		return FormatHTML
	}
	head := text[:min(len(text), 64<<10)]
	switch {
	case fence.Match(firstLine(head)):
		return FormatMarkdown
	case tagStart.Match(head):
		return FormatHTML
	case isPage(head):
		return FormatPage
	case strings.ToLower(filepath.Ext(path)) != ".txt" && markdownSign.Match(head):
		return FormatMarkdown
	}
	return FormatText
}

func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return bytes.TrimRight(line, "\r")
}
