// Package check looks at one translated segment beside its source and says
// what a careful sub-editor would: a number that is missing, a code that was
// lost, a Latin comma in Arabic, a month by its Gulf name. Each rule has a
// stable id (see Rules) whose wording is in the message catalogues; a rule
// that is sure of the correction gives it as a fix. The first aim of every
// rule is to be silent on correct text.
//
//	findings := check.Run(check.Input{Locale: ar, Source: source, Target: target})
package check

import (
	"sync"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/locales"
)

// Input is a segment and its translation.
type Input struct {
	// Locale is the target's profile, SourceLocale the source's; nil is
	// English. The house's digits are the profile's (Profile.WithDigits).
	Locale, SourceLocale *locales.Profile
	// Source and Target are coded text.
	Source, Target string
	// Kind is what the segment is in its document, "" where it is not known.
	Kind content.UnitKind
	// Origin is where the target came from.
	Origin edition.Origin
	// Keep are words that rightly stay as they are in the source: names of
	// products, terms that are not translated.
	Keep []string
	// Limit is the largest number of characters allowed, 0 for none.
	Limit int
	// LeftOut says that an editor left the segment out, with a reason; an
	// empty target is then right.
	LeftOut bool
	// Joined says that an editor merged the target with a neighbour or split
	// it: what stands at its ends, its length and its numbers then prove
	// nothing.
	Joined bool
}

// Run applies every rule to one segment and returns what they found, in the
// order of the families. It returns nil where all is well. It is pure and
// safe for concurrent use.
func Run(in Input) []edition.Finding {
	if in.LeftOut && in.Target == "" {
		return nil
	}
	c := checkers.Get().(*checker)
	c.begin(in)
	c.run()
	out := c.out
	c.end()
	return out
}

// families are the rules in the order in which findings are reported.
var families = [...]func(*checker){
	(*checker).codes,
	(*checker).characters,
	(*checker).unsafe,
	(*checker).chatter,
	(*checker).script,
	(*checker).numbers,
	(*checker).digits,
	(*checker).dates,
	(*checker).counted,
	(*checker).links,
	(*checker).endMark,
	(*checker).marks,
	(*checker).quotes,
	(*checker).brackets,
	(*checker).spaces,
	(*checker).bidi,
	(*checker).arabic,
	(*checker).french,
	(*checker).spanish,
	(*checker).turkish,
	(*checker).russian,
	(*checker).length,
	(*checker).words,
	(*checker).negation,
}

// largest is the size of source and target together, in bytes, up to which
// every rule is applied. No sentence is as long; beyond it only the rules
// that look at one character after the other are, so that a hostile text
// cannot hold up a release.
const largest = 64 << 10

// always are the families that are applied to a text of any size.
var always = [...]func(*checker){(*checker).codes, (*checker).characters, (*checker).unsafe, (*checker).bidi}

func (c *checker) run() {
	if c.empty() || c.same() {
		return
	}
	if len(c.in.Source)+len(c.in.Target) > largest {
		for _, family := range always {
			family(c)
		}
		return
	}
	for _, family := range families {
		if family(c); c.broken {
			return
		}
	}
}

// checker holds a segment while the rules look at it. Checkers are kept, so
// that a run allocates little.
type checker struct {
	in  Input
	p   *locales.Profile
	src text
	tgt text
	out []edition.Finding

	// What several families need to know: brackets or quotation marks face
	// the wrong way; the encoding is broken, so nothing else can be said.
	mirrored, broken bool
	// full: there are as many findings as anybody can want.
	full    bool
	surplus edition.Finding
}

var checkers = sync.Pool{New: func() any { return new(checker) }}

func (c *checker) begin(in Input) {
	c.in, c.p, c.out = in, in.Locale, nil
	c.mirrored, c.broken, c.full = false, false, false
	source := in.SourceLocale
	if source == nil {
		source = english()
	}
	if c.src.coded != in.Source || c.src.p != source || in.Source == "" { // else as the last one has read it, in another language
		c.src.read(in.Source, source)
	}
	c.tgt.read(in.Target, in.Locale)
}

func (c *checker) end() {
	c.in, c.p, c.out = Input{}, nil, nil
	c.tgt.coded, c.tgt.plain = "", ""
	checkers.Put(c)
}

var english = sync.OnceValue(func() *locales.Profile {
	p, err := locales.Get("en")
	if err != nil {
		panic(err) // the profile is embedded
	}
	return p
})

// mostFindings is how many findings a segment may have; what comes after is
// left out.
const mostFindings = 300

// add reports a finding at plain bytes start to end of the target; args are
// names and values in turn. The finding has the rule's own severity.
func (c *checker) add(rule string, start, end int, args ...string) *edition.Finding {
	if c.full = len(c.out) >= mostFindings; c.full {
		return &c.surplus
	}
	f := edition.Finding{Rule: rule, Severity: ruleByID(rule).Severity}
	if len(args) > 0 {
		f.Args = make(map[string]string, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			f.Args[args[i]] = args[i+1]
		}
	}
	if end > start || start > 0 {
		f.Start, f.End = c.tgt.span(start, end)
	}
	c.out = append(c.out, f)
	return &c.out[len(c.out)-1]
}

// addSource is add for a finding about bytes of the source that the target
// should answer to; it is of the target as a whole.
func (c *checker) addSource(rule string, start, end int, args ...string) *edition.Finding {
	f := c.add(rule, 0, 0, args...)
	f.SourceStart, f.SourceEnd = c.src.span(start, end)
	return f
}

// fix gives the last finding a certain correction: plain bytes start to end
// become text. Where a code stands between them there is no fix.
func (c *checker) fix(start, end int, text string) {
	s, e := c.tgt.span(start, end)
	if c.full || e-s != end-start {
		return
	}
	c.out[len(c.out)-1].Fix = &edition.Fix{Start: s, End: e, Text: content.Escape(text)}
}
