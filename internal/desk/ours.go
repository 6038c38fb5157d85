package desk

import (
	"regexp"
	"strings"
	"sync"
	"time"

	"dragoman/internal/edition"
	"dragoman/locales"
)

// oursIDs are the sentences that the program itself writes into its records:
// titles, reasons, details of acts. They stand there in the language of whoever
// acted, or in English where the desk had no part in it.
var oursIDs = []string{
	"desk.change.title-changed", "desk.change.title-added", "desk.change.title-retired", "desk.change.title-import",
	"desk.ours.version", "desk.ours.batch", "desk.ours.batch-undone", "desk.ours.batch-rejected",
	"desk.ours.kept", "desk.ours.exceptions", "desk.ours.by-hand", "desk.ours.starter", "desk.ours.file",
	"desk.ours.revision", "desk.ours.entry",
}

// oursArgs are what these sentences are about.
var oursArgs = []string{"Name", "Number", "Editions"}

// ourSentence knows a sentence of the program again, in one language.
type ourSentence struct {
	id   string
	args []string // in the order of the groups
	find *regexp.Regexp
}

var ourSentences = sync.OnceValue(func() (out []ourSentence) {
	for _, tag := range locales.DeskCatalogues() {
		l := locales.NewLocalizer(tag)
		for _, id := range oursIDs {
			marks := map[string]any{}
			for i, a := range oursArgs {
				marks[a] = string(rune(1 + i))
			}
			pattern := regexp.QuoteMeta(withoutIsolates(l.T(id, marks)))
			x := ourSentence{id: id}
			for at := 0; at < len(pattern); at++ {
				if n := int(pattern[at]) - 1; n >= 0 && n < len(oursArgs) {
					x.args = append(x.args, oursArgs[n])
				}
			}
			for i := range oursArgs {
				group := `(.*)`
				if oursArgs[i] != "Name" {
					group = `(\d+)`
				}
				pattern = strings.ReplaceAll(pattern, string(rune(1+i)), group)
			}
			x.find = regexp.MustCompile(`^` + pattern + `$`)
			out = append(out, x)
		}
	}
	return out
})

// withoutIsolates drops the characters that keep directions apart.
var withoutIsolates = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "").Replace

// told says a text of the records in the reader's language where it is the
// program's own; what people wrote stays as it is.
func (w *words) told(text string) string {
	bare := withoutIsolates(text)
	for _, x := range ourSentences() {
		m := x.find.FindStringSubmatch(bare)
		if m == nil {
			continue
		}
		var args []any
		for i, a := range x.args {
			args = append(args, a, m[i+1])
		}
		return w.T(x.id, args...)
	}
	return text
}

// toldOf says the details of an act that are a time or a scope.
func (c *call) toldOf(a edition.Act) string {
	switch a.What {
	case "due", "change set scheduled":
		if at, err := time.Parse(time.RFC3339, a.Detail); err == nil {
			return c.When(at)
		}
	case "change set scope":
		kinds, langs, _ := strings.Cut(a.Detail, " ")
		if scope, err := edition.ParseScope(kinds); err == nil {
			return c.scope(scope, strings.FieldsFunc(langs, func(r rune) bool { return r == ',' }))
		}
	}
	if until, ok := strings.CutPrefix(a.Detail, "embargo until "); ok {
		if at, err := time.Parse(time.RFC3339, until); err == nil {
			return c.T("desk.ours.embargo", "Time", c.When(at))
		}
	}
	return c.told(a.Detail)
}

// scope names what a change reaches.
func (c *call) scope(s edition.Scope, langs []string) string {
	var out []string
	for _, x := range []struct {
		in bool
		id string
	}{{s.Drafts, "desk.change.scope-drafts"}, {s.Archive, "desk.change.scope-archive"}, {s.Published, "desk.change.scope-published"}} {
		if x.in || s.All() {
			out = append(out, c.T(x.id))
		}
	}
	for _, l := range langs {
		out = append(out, c.Language(l))
	}
	return strings.Join(out, " · ")
}
