package content

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"dragoman/locales"
)

var (
	fence    = regexp.MustCompile(`^---[ \t]*$`)
	fenceEnd = regexp.MustCompile(`^(?:---|\.\.\.)[ \t]*$`)
	yamlKey  = regexp.MustCompile(`^(?:"[^"]*"|'[^']*'|[A-Za-z_][\w .-]*?)[ \t]*:(?:[ \t]|$)|^#`)
)

// frontMatter is the YAML at the head of a Markdown release and where its
// translatable values stand.
type frontMatter struct {
	doc *Document
	// text is the range between the lines of ---.
	text    Range
	scalars map[string]scalar
	loc     *time.Location
}

// scalar is one value and how it is written.
type scalar struct {
	span  Range
	style yaml.Style
	flow  bool
	// indent is that of the lines of a block scalar, and head its first line.
	indent, head string
}

// readFrontMatter reads the front matter, if there is one, and moves the body
// behind it.
func (d *Document) readFrontMatter(o Options) *Problem {
	src, start := d.Source, d.body.Start
	first := firstLine(src[start:])
	if !fence.Match(first) {
		return nil
	}
	at := start + len(first)
	at += lineEnd(src[at:])
	if !yamlKey.Match(firstLine(src[at:])) {
		return nil // a thematic break
	}
	for p := at; ; {
		if p >= len(src) {
			return d.problem(start, "The front matter begins here and never ends",
				"Write a line with three hyphens (---) after its last entry")
		}
		line := firstLine(src[p:])
		next := p + len(line) + lineEnd(src[p+len(line):])
		if i := bytes.IndexByte(line, '\r'); i >= 0 {
			return d.problem(p+i, "A line of the front matter ends as lines did on old Macs (CR alone)",
				"Save the file with the line ends of Unix or Windows")
		}
		if fenceEnd.Match(line) {
			d.body.Start = next
			d.front = &frontMatter{doc: d, text: Range{at, p}, scalars: map[string]scalar{}, loc: o.Location}
			return d.front.read()
		}
		if next == p {
			next = len(src)
		}
		p = next
	}
}

// lineEnd gives the length of the line break that b begins with.
func lineEnd(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("\r\n")):
		return 2
	case bytes.HasPrefix(b, []byte("\n")):
		return 1
	}
	return 0
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// read takes the values out of the front matter.
func (f *frontMatter) read() *Problem {
	d := f.doc
	var root yaml.Node
	if err := yaml.Unmarshal(d.Source[f.text.Start:f.text.End], &root); err != nil {
		line, what := 1, err.Error()
		if m := yamlLine.FindStringSubmatch(what); m != nil {
			what = m[2]
			if n, err := strconv.Atoi(m[1]); err == nil {
				line = n
			}
		}
		at := f.offset(line, 1)
		return d.problem(at, "The front matter is not YAML: "+what,
			`Look at this line and the one above it; a value with a colon, a # or a quotation mark in it belongs between quotation marks`)
	}
	if len(root.Content) == 0 {
		return nil
	}
	m := root.Content[0]
	if m.Kind != yaml.MappingNode {
		return f.at(m, "The front matter is no list of names and values", "Write one entry a line, such as title: The title")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(m.Content); i += 2 {
		key := strings.ToLower(m.Content[i].Value)
		if seen[key] {
			return f.at(m.Content[i], fmt.Sprintf("The entry %q stands twice in the front matter", key), "Take one of the two away")
		}
		seen[key] = true
		if p := f.entry(key, m.Content[i], resolve(m.Content[i+1])); p != nil {
			return p
		}
	}
	return nil
}

func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil && n.Alias.Kind == yaml.ScalarNode {
		v := *n.Alias
		v.Anchor = "alias"
		return &v
	}
	return n
}

// at gives a problem at a node.
func (f *frontMatter) at(n *yaml.Node, what, remedy string) *Problem {
	return f.doc.problem(f.offset(n.Line, n.Column), what, remedy)
}

// offset gives the byte of the document at a line and column of the front
// matter.
func (f *frontMatter) offset(line, column int) int {
	src := f.doc.Source
	at := f.text.Start
	for ; line > 1; line-- {
		nl := bytes.IndexByte(src[at:f.text.End], '\n')
		if nl < 0 {
			break
		}
		at += nl + 1
	}
	for _, r := range string(src[at:f.text.End]) {
		if column <= 1 {
			break
		}
		column--
		at += len(string(r))
	}
	return at
}

// keys are the entries that Dragoman knows.
var keys = []string{"title", "date", "category", "place", "source", "author", "embargo", "confidential", "tags", "slug", "summary", "social", "originals"}

// entry takes one value.
func (f *frontMatter) entry(key string, k, v *yaml.Node) *Problem {
	meta := &f.doc.Meta
	texts := map[string]*string{"title": &meta.Title, "category": &meta.Category, "place": &meta.Place, "source": &meta.Source,
		"author": &meta.Author, "slug": &meta.Slug, "summary": &meta.Summary, "social": &meta.Social}
	if to, ok := texts[key]; ok {
		return f.value(key, v, to)
	}
	switch key {
	case "date":
		t, day, p := f.date(key, v)
		meta.Date, meta.DateOnly = t, day
		return p
	case "embargo":
		t, _, p := f.date(key, v)
		meta.Embargo = t
		return p
	case "confidential":
		return f.yes(key, v, &meta.Confidential)
	case "tags":
		return f.tags(v)
	case "originals":
		return f.originals(v)
	}
	for _, known := range keys {
		if len(key) > 3 && nearly(key, known) {
			f.doc.warn(f.offset(k.Line, k.Column), fmt.Sprintf("The front matter has an entry %q, which means nothing to Dragoman", key),
				fmt.Sprintf("Write %s, if that is meant", known))
		}
	}
	return nil
}

// nearly tells whether two words differ by one letter more, less, other or
// swapped.
func nearly(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case a == b || len(b)-len(a) > 1:
		return false
	case len(a) < len(b):
		return a[i:] == b[i+1:]
	case i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]:
		return true
	}
	return a[i+1:] == b[i+1:]
}

// value takes a value that is text; the translatable ones become units.
func (f *frontMatter) value(key string, v *yaml.Node, to *string) *Problem {
	if v.Kind != yaml.ScalarNode {
		return f.at(v, fmt.Sprintf("The entry %q of the front matter is not a text", key), "Write one text after the colon")
	}
	if v.Tag == "!!null" {
		return nil
	}
	*to = strings.TrimSpace(v.Value)
	switch key {
	case "slug":
		if !slugForm.MatchString(*to) {
			return f.at(v, fmt.Sprintf("The slug %q cannot be the name of a file", *to), slugRule)
		}
	case "title", "summary", "social", "category":
		f.unit(UnitKind(key), key, v, false)
	}
	return nil
}

func (f *frontMatter) date(key string, v *yaml.Node) (time.Time, bool, *Problem) {
	if v.Kind != yaml.ScalarNode || v.Tag == "!!null" {
		if v.Kind == yaml.ScalarNode {
			return time.Time{}, false, nil
		}
		return time.Time{}, false, f.at(v, fmt.Sprintf("The entry %q of the front matter is no date", key), dateForms)
	}
	t, day, err := parseDate(v.Value, f.loc)
	if err != nil {
		return t, day, f.at(v, fmt.Sprintf("The %s %q is no date", key, v.Value), dateForms)
	}
	return t, day, nil
}

func (f *frontMatter) yes(key string, v *yaml.Node, to *bool) *Problem {
	switch strings.ToLower(v.Value) {
	case "true", "yes", "on":
		*to = true
	case "false", "no", "off", "", "~", "null":
	default:
		return f.at(v, fmt.Sprintf("The entry %q of the front matter says neither yes nor no", key), "Write true or false")
	}
	return nil
}

// tags takes a list of texts, or texts with commas between them.
func (f *frontMatter) tags(v *yaml.Node) *Problem {
	meta := &f.doc.Meta
	if v.Kind == yaml.ScalarNode {
		for _, t := range strings.Split(v.Value, ",") {
			if t = strings.TrimSpace(t); t != "" && v.Tag != "!!null" {
				meta.Tags = append(meta.Tags, t)
			}
		}
		f.unit(KindTag, "tags", v, false)
		return nil
	}
	if v.Kind != yaml.SequenceNode {
		return f.at(v, "The tags of the front matter are no list", "Write tags: [idlib, chlorine]")
	}
	for i, t := range v.Content {
		t = resolve(t)
		if t.Kind != yaml.ScalarNode {
			return f.at(t, "A tag of the front matter is not a text", "Write tags: [idlib, chlorine]")
		}
		meta.Tags = append(meta.Tags, strings.TrimSpace(t.Value))
		f.unit(KindTag, "tags/"+strconv.Itoa(i), t, v.Style&yaml.FlowStyle != 0)
	}
	return nil
}

// originals takes the quotations with their first wording.
func (f *frontMatter) originals(v *yaml.Node) *Problem {
	const remedy = "Write a list of entries with quote: and wording:, the latter with one line a language, such as ar:"
	if v.Kind == yaml.ScalarNode && v.Tag == "!!null" {
		return nil
	}
	if v.Kind != yaml.SequenceNode {
		return f.at(v, "The originals of the front matter are no list", remedy)
	}
	for _, n := range v.Content {
		var o struct {
			Quote   string            `yaml:"quote"`
			Wording map[string]string `yaml:"wording"`
		}
		if err := n.Decode(&o); err != nil || strings.TrimSpace(o.Quote) == "" || len(o.Wording) == 0 {
			return f.at(n, "An entry of originals has no quote or no wording", remedy)
		}
		f.checkLanguages(n)
		for tag, words := range o.Wording {
			if l, err := locales.Get(tag); err == nil && strings.EqualFold(tag, l.Tag) {
				o.Wording[l.Tag] = words // "AR" is "ar"
			}
		}
		f.doc.Meta.Originals = append(f.doc.Meta.Originals, Original{Quote: strings.TrimSpace(o.Quote), Wording: o.Wording})
	}
	return nil
}

// checkLanguages warns of a wording in a language that nothing is translated
// into: a slip such as "arb:" would lose the speaker's words in silence.
func (f *frontMatter) checkLanguages(entry *yaml.Node) {
	for i := 0; i+1 < len(entry.Content); i += 2 {
		if entry.Content[i].Value != "wording" {
			continue
		}
		wording := entry.Content[i+1].Content
		for k := 0; k+1 < len(wording); k += 2 {
			if _, err := locales.Get(wording[k].Value); err != nil {
				f.doc.warn(f.offset(wording[k].Line, wording[k].Column), fmt.Sprintf("A wording of originals is in %q, which is no language that is known", shorten(wording[k].Value, 20)),
					"Write the code of the language, such as ar: or fr:")
			}
		}
	}
}

// unit makes a value translatable, if its bytes can be found.
func (f *frontMatter) unit(kind UnitKind, key string, v *yaml.Node, flow bool) {
	if v.Anchor != "" || v.Style&yaml.TaggedStyle != 0 || v.Tag == "!!null" || !translatable(Escape(v.Value)) {
		return
	}
	s, ok := f.find(v, flow)
	if !ok {
		return
	}
	f.scalars[key] = s
	u := Unit{Kind: kind, coded: Escape(v.Value), span: s.span, Ranges: []Range{s.span}}
	u.place = place{kind: placeYAML, key: key}
	u.title = kind == KindTitle
	f.doc.Units = append(f.doc.Units, u)
}

// find gives the bytes of a scalar: the parser tells where it begins, and its
// style where it ends.
func (f *frontMatter) find(v *yaml.Node, flow bool) (scalar, bool) {
	start := f.offset(v.Line, v.Column)
	src := f.doc.Source[:f.text.End]
	s := scalar{style: v.Style, flow: flow}
	end := -1
	switch {
	case v.Style&yaml.DoubleQuotedStyle != 0:
		if end = closing(src, start+1, '"'); end > 0 {
			end++
		}
	case v.Style&yaml.SingleQuotedStyle != 0:
		end = closingSingle(src, start+1)
	case v.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		end = s.block(src, start)
	default:
		end = plainEnd(src, start, v.Value)
	}
	s.span = Range{start, end}
	return s, end > start
}

func closingSingle(src []byte, i int) int {
	for ; i < len(src); i++ {
		if src[i] != '\'' {
			continue
		}
		if i+1 < len(src) && src[i+1] == '\'' {
			i++
			continue
		}
		return i + 1
	}
	return -1
}

// block finds the end of a block scalar: its lines are those that are empty or
// indented more than the line of its key.
func (s *scalar) block(src []byte, start int) int {
	line := src[bytes.LastIndexByte(src[:start], '\n')+1:]
	key := len(line) - len(bytes.TrimLeft(line, " "))
	head := firstLine(src[start:])
	s.head = string(head)
	end := -1
	for at := start + len(head); at < len(src); {
		at += lineEnd(src[at:])
		l := firstLine(src[at:])
		indent := len(l) - len(bytes.TrimLeft(l, " "))
		if len(bytes.TrimSpace(l)) > 0 {
			if indent <= key {
				break
			}
			if end < 0 {
				s.indent = string(l[:indent])
			}
			end = at + len(l)
		}
		at += len(l)
		if at < len(src) && lineEnd(src[at:]) == 0 {
			break
		}
	}
	return end
}

// plainEnd finds the end of a scalar without marks by its value, in which a
// space may stand for a line break and a line break for several.
func plainEnd(src []byte, start int, value string) int {
	j := start
	for i := 0; i < len(value); i++ {
		if j < len(src) && src[j] == value[i] && value[i] != '\n' {
			j++
			continue
		}
		if value[i] != ' ' && value[i] != '\n' {
			return -1
		}
		k := j
		for k < len(src) && (src[k] == ' ' || src[k] == '\t' || src[k] == '\n' || src[k] == '\r') {
			k++
		}
		if bytes.IndexByte(src[j:k], '\n') < 0 {
			return -1
		}
		for i+1 < len(value) && value[i+1] == '\n' {
			i++
		}
		j = k
	}
	return j
}

// encode writes a value in the style of the source where that can hold it, else
// between double quotation marks.
func (f *frontMatter) encode(key, text string) string {
	s := f.scalars[key]
	switch {
	case s.style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		if out, ok := s.encodeBlock(text); ok {
			return out
		}
	case s.style&yaml.SingleQuotedStyle != 0:
		if yamlLineText(text) {
			return "'" + strings.ReplaceAll(text, "'", "''") + "'"
		}
	case s.style&yaml.DoubleQuotedStyle == 0:
		if plainYAML(text, s.flow) {
			return text
		}
	}
	return doubleQuoted(text)
}

// encodeBlock writes the lines of a block scalar.
func (s *scalar) encodeBlock(text string) (string, bool) {
	lines := strings.Split(text, "\n")
	if s.style&yaml.FoldedStyle != 0 && len(lines) > 1 || strings.ContainsAny(s.head, "0123456789#+") {
		return "", false
	}
	var b strings.Builder
	b.WriteString(s.head)
	for i, l := range lines {
		if !yamlLineText(l) || strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t") || l == "" && (i == 0 || i == len(lines)-1) {
			return "", false
		}
		b.WriteByte('\n')
		if l != "" {
			b.WriteString(s.indent + l)
		}
	}
	return b.String(), true
}

// yamlLineText tells whether a text can stand in one line of YAML as it is.
func yamlLineText(s string) bool {
	for _, r := range s {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff || r == 0xfffd {
			return false
		}
	}
	return true
}

// plainYAML tells whether a text can stand without quotation marks.
func plainYAML(s string, flow bool) bool {
	if s == "" || s != strings.TrimSpace(s) || !yamlLineText(s) || strings.ContainsRune("-?:,[]{}#&*!|>'\"%@`=~.", rune(s[0])) {
		return false
	}
	if strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasSuffix(s, ":") || flow && strings.ContainsAny(s, ",[]{}:") {
		return false
	}
	doc := "k: " + s
	if flow {
		doc = "[" + s + ", x]"
	}
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(doc), &n); err != nil || len(n.Content) == 0 || len(n.Content[0].Content) != 2 {
		return false
	}
	v := n.Content[0].Content[1]
	if flow {
		v = n.Content[0].Content[0]
	}
	return v.Kind == yaml.ScalarNode && v.Tag == "!!str" && v.Value == s
}

func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xffff:
			b.WriteRune(r)
		case !yamlLineText(string(r)):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
