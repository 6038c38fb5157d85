// Package content reads a press release, cuts it into the sentences that get
// translated, and writes the translation back into the very bytes it came
// from. It takes Markdown with YAML front matter, HTML, plain text and the raw
// page text of the department's old site. What is not text is never touched:
// a translation goes in by byte ranges, escaped for the place it goes to, so
// that it can change no mark-up and break no document.
//
//	docs, err := content.Load(data, content.Options{Path: "content/en/idlib.md"})
//	for _, s := range docs[0].Segments() {
//		fmt.Println(s.Text)
//	}
//	arabic, err := docs[0].Splice(func(i int) (string, bool) { return targets[i], true })
package content

import "time"

// Format is what a release is written in.
type Format string

// The formats. FormatPage is the text of a page of the department's old site,
// as copied: section line, date line, body, source, breadcrumb.
const (
	FormatMarkdown Format = "markdown"
	FormatHTML     Format = "html"
	FormatText     Format = "text"
	FormatPage     Format = "page"
)

// DefaultMaxBytes is the largest input that Load takes where Options do not
// say.
const DefaultMaxBytes = 10 << 20

// Options tell Load what it reads.
type Options struct {
	// Format is what the input is written in; "" means that Load finds out,
	// from the ending of Path and from the text.
	Format Format
	// Path names the file in problems, and gives a slug where the title gives
	// none. Nothing is read from it.
	Path string
	// MaxBytes is the largest input taken, 0 for DefaultMaxBytes.
	MaxBytes int64
	// Location is the time zone of a date or embargo that names none; nil is
	// UTC.
	Location *time.Location
}

// Document is one release.
type Document struct {
	Format Format
	Meta   Meta
	// Source is exactly this release's bytes. It is never written to.
	Source []byte
	// Units are the blocks with text to translate, in the order of Source.
	Units []Unit
	// Warnings are what an editor should look at and what did not stop the
	// release.
	Warnings []Problem

	segments []*Segment
	// title is the index in Units of the unit that the title stands in, -1
	// where the title was drawn from the lead.
	title int
	// body is the range of Source that Markdown and HTML give.
	body Range
	// mends are what makes a published output safe: a link to javascript: is
	// put out of action. They hold for every output but an untouched one.
	mends []edit
	// mended is where they stand.
	mended spans
	// pictures are where the addresses of pictures stand, and moved is where
	// the pictures are by now, nil where they stay.
	pictures []picture
	moved    func(href string) (string, bool)
	// drops are what belongs to the page and not to the release: navigation,
	// scripts, the title. They hold for Markdown and HTML.
	drops []Range
	// raw tells that HTML stands in the Markdown.
	raw bool
	// blocks are how the units of a format other than Markdown lie in each
	// other, for writing them as Markdown.
	blocks []block
	front  *frontMatter
	// skeleton is the blocks of Markdown without their text, a letter each, to
	// compare what was written with what is read.
	skeleton string
	// path names the file in problems; whole is all of it, and offset where
	// Source begins in it.
	path   string
	whole  []byte
	offset int
}

// Meta is what a release says about itself.
type Meta struct {
	Title string
	// Date is when it was issued; DateOnly where no time of day was given.
	Date     time.Time
	DateOnly bool
	Category string
	// Place is where it was issued, the dateline's place.
	Place  string
	Source string
	Author string
	// Slug is the name of its files and addresses: letters, digits, hyphens
	// and underscores, all ASCII.
	Slug string
	Tags []string
	// Summary is the standfirst: one or two sentences for lists and feeds.
	Summary string
	// Embargo is when it may be public; zero where it may be at once.
	Embargo time.Time
	// Confidential text must not leave the house.
	Confidential bool
	// Originals are quotations whose words were first spoken in another
	// language.
	Originals []Original
	// Social is the short post that goes with it.
	Social string
}

// Original is a quotation with the words in which it was first spoken.
type Original struct {
	// Quote is the English wording as it stands in the text.
	Quote string
	// Wording gives the words as first spoken, by locale.
	Wording map[string]string
}

// UnitKind is what a unit is in its document.
type UnitKind string

// The kinds of unit. Title, Summary, Social, Category and Tag are the front
// matter's (a title may stand in the text, too). Alt and LinkTitle stand inside
// another unit's codes.
const (
	KindTitle       UnitKind = "title"
	KindSummary     UnitKind = "summary"
	KindSocial      UnitKind = "social"
	KindCategory    UnitKind = "category"
	KindTag         UnitKind = "tag"
	KindHeading     UnitKind = "heading"
	KindParagraph   UnitKind = "paragraph"
	KindItem        UnitKind = "item"
	KindQuote       UnitKind = "quote"
	KindCell        UnitKind = "cell"
	KindCaption     UnitKind = "caption"
	KindAlt         UnitKind = "alt"
	KindLinkTitle   UnitKind = "linktitle"
	KindAttribution UnitKind = "attribution"
	KindDateline    UnitKind = "dateline"
	KindFootnote    UnitKind = "footnote"
)

// Range bounds bytes of a document's Source: Start is in, End is not.
type Range struct{ Start, End int }

// Unit is one block of text: a heading, a paragraph, a list item, a cell.
type Unit struct {
	Kind UnitKind
	// Level is a heading's level (1 to 6), or how deep an item's list lies (1
	// for a list that is in no other), else 0.
	Level int
	// Ranges are where the text stands, in order: one a line where a block is
	// wrapped, as in lines that begin with "> ".
	Ranges []Range
	// Codes are all codes of the unit, by id: Codes[0] has the id 1.
	Codes []Code
	// Segments are its sentences, at least one.
	Segments []Segment

	// coded is the text of the whole unit; the segments are parts of it.
	coded string
	// span is what a translation replaces: from the first of Ranges to the
	// last, with what stands between.
	span  Range
	place place
	// title tells that the release's title stands here.
	title bool
	// lines is all that a heading of Markdown takes, its marks included; zero
	// where it lies in a list or a quote.
	lines Range
	// bone is where the unit lies in the document's skeleton.
	bone int
}

// Segment is one sentence.
type Segment struct {
	// Text is the sentence as coded text, without white space around it.
	Text string
	// Codes are those whose ids stand in Text.
	Codes []Code
	// Start and End bound it in the coded text of its unit.
	Start, End int
	// Index is its position among the segments of the document, and Unit that
	// of its unit among the units.
	Index, Unit int
}

// Segments gives all segments of the document, in order: the one at i has the
// Index i.
func (d *Document) Segments() []*Segment { return d.segments }

// TargetFunc says what replaces segment i, as coded text. Where ok is false
// the segment stays as it is in the source.
type TargetFunc func(i int) (coded string, ok bool)
