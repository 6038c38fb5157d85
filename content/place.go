package content

// placeKind is what a text is written into: it says what has to be escaped.
type placeKind uint8

const (
	placeMarkdown placeKind = iota
	placeLinkTitle
	placeYAML
	placeHTML
	placeAttribute
	placeText
)

// place is where a unit's text stands.
type place struct {
	kind placeKind
	// atx is a heading behind # marks, cell a cell of a Markdown table, label
	// the alt text between the brackets of an image.
	atx, cell, label bool
	// afterLink is a paragraph right behind the definition of a link, whose
	// title its first words could be.
	afterLink bool
	// quote is the mark that a title or an attribute stands between: ", ' or (;
	// 0 for an attribute without marks.
	quote byte
	// suffix follows the text once it differs from the source.
	suffix string
	// strict asks for every mark to be written as a character reference: the
	// second try, should the first change the structure of a document.
	strict bool
	// variant says, where it is not 0, which marks the pairs of emphasis have:
	// bit by bit of the number below it, * or _. The bit above them asks for a
	// space where the end of one pair touches the beginning of another.
	variant int
	// key is the path of a value in the front matter.
	key string
}
