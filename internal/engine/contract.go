package engine

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/content"
)

// Violation is one way in which a reply breaks the contract. Rule is stable, a
// key for catalogues and counts; Detail is for a person and may quote the text.
type Violation struct{ Rule, Detail string }

// String is the rule with its detail.
func (v Violation) String() string {
	if v.Detail == "" {
		return v.Rule
	}
	return v.Rule + ": " + v.Detail
}

// The rules of the contract.
const (
	RuleItems     = "items"     // another number of replies than segments
	RuleSize      = "size"      // far larger than a translation can be
	RuleEncoding  = "encoding"  // not UTF-8, control, private-use or replacement characters
	RuleEmpty     = "empty"     // nothing where there was something
	RuleCodes     = "codes"     // a code missing, doubled, new or badly nested
	RuleMarkup    = "markup"    // tags, entities, Markdown or addresses that the source lacks
	RuleBidi      = "bidi"      // controls of the Unicode bidirectional algorithm
	RuleChatter   = "chatter"   // talk about the translation instead of it
	RuleScript    = "script"    // mostly in another script than the target's
	RuleLanguage  = "language"  // in another language, or not translated
	RuleNumbers   = "numbers"   // a number of the source is lost
	RuleSentences = "sentences" // more than one sentence added or left out
	RuleLength    = "length"    // too long or too short for its source
)

// Contract holds a reply in coded text to what every translation of s into
// target (BCP 47) must be, whoever made it, and gives what it breaks; nothing
// means that it may be shown to a person. It is strict where a fault would be
// silent and lenient where languages differ: quality is for the checks, this
// is about what no edition may hold even as a draft. A size far beyond the
// source's ends the examination, so that its cost is bounded by the source.
func Contract(s Segment, reply, target string) []Violation {
	if most := 4096 + 16*len(s.Text); len(reply) > most {
		return []Violation{{RuleSize, fmt.Sprintf("%d bytes, at most %d can be right", len(reply), most)}}
	}
	if v := encoding(s.Text, reply); v != nil {
		return v
	}
	src, dst := content.Plain(s.Text), content.Plain(reply)
	if strings.TrimSpace(dst) == "" {
		if strings.TrimSpace(src) == "" {
			return nil
		}
		return []Violation{{Rule: RuleEmpty}}
	}
	all := codes(s.Text, reply)
	for _, rule := range []func(src, dst, target string) []Violation{
		markup, bidiControls, chatter, script, otherLanguage, numbers, sentences, length,
	} {
		all = append(all, rule(src, dst, target)...)
	}
	return all
}

// encoding refuses what is not text.
func encoding(src, dst string) []Violation {
	if !utf8.ValidString(dst) {
		return []Violation{{RuleEncoding, "not valid UTF-8"}}
	}
	for _, r := range dst {
		bad := unicode.IsControl(r) && r != '\t' && r != '\n' || r >= 0xE000 && unicode.Is(unicode.Co, r) || r == utf8.RuneError
		if bad && !strings.ContainsRune(src, r) {
			return []Violation{{RuleEncoding, fmt.Sprintf("character %U", r)}}
		}
	}
	return nil
}

// codes compares the codes, and looks for pairs that lost the words between
// their halves.
func codes(src, dst string) (vs []Violation) {
	if !strings.Contains(src, "⟦") && !strings.Contains(dst, "⟦") {
		return nil
	}
	for _, p := range content.CheckCodes(src, dst) {
		vs = append(vs, Violation{RuleCodes, p.Token.Text + " " + p.Kind})
	}
	was, is := filled(src), filled(dst)
	for _, t := range content.Tokens(dst) {
		if full, whole := is[t.ID]; t.Kind == content.Open && was[t.ID] && whole && !full {
			vs = append(vs, Violation{RuleCodes, t.Text + " emptied"})
		}
	}
	return vs
}

// filled says of every pair in coded text whether there are words in it.
func filled(coded string) map[int]bool {
	open, pairs := map[int]bool{}, map[int]bool{}
	for _, t := range content.Tokens(coded) {
		switch t.Kind {
		case content.Open:
			open[t.ID] = false
		case content.Close:
			if full, ok := open[t.ID]; ok {
				pairs[t.ID] = full
				delete(open, t.ID)
			}
		case content.Text:
			if strings.TrimSpace(t.Text) != "" {
				for id := range open {
					open[id] = true
				}
			}
		}
	}
	return pairs
}

// marks are the patterns of markup, each with characters of which it needs one;
// a reply may not have more of a mark than its source.
var marks = []struct {
	needs   string
	pattern *regexp.Regexp
}{
	{"<", regexp.MustCompile(`(?i)<\s*[/!?]?\s*[a-z]`)},
	{"&", regexp.MustCompile(`(?i)&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});`)},
	{"`", regexp.MustCompile("`+")},
	{"*_", regexp.MustCompile(`\*\*|__`)},
	{"]", regexp.MustCompile(`\]\s*\(`)},
	{":", regexp.MustCompile(`(?i)\b(?:javascript|vbscript|data)\s*:`)},
}

var address = regexp.MustCompile(`(?i)\b(?:https?|ftp|file)://[^\s<>"'“”«»()]+|\bwww\.[^\s<>"'“”«»()]+`)

func markup(src, dst, _ string) (vs []Violation) {
	for _, m := range marks {
		if !strings.ContainsAny(dst, m.needs) {
			continue
		}
		if found := m.pattern.FindAllString(dst, -1); len(found) > len(m.pattern.FindAllString(src, -1)) {
			vs = append(vs, Violation{RuleMarkup, fmt.Sprintf("%q", found[len(found)-1])})
		}
	}
	if !strings.Contains(dst, "://") && !strings.Contains(lowered(dst), "www.") {
		return vs
	}
	for _, a := range address.FindAllString(dst, -1) {
		if a = strings.TrimRight(a, ".,;:!?،؛؟"); !strings.Contains(src, a) {
			vs = append(vs, Violation{RuleMarkup, fmt.Sprintf("address %q", a)})
		}
	}
	return vs
}

// bidiControls refuses every character with the property Bidi_Control (UAX #9,
// section 2) that the source does not have. Clean takes out the harmless ones
// before.
func bidiControls(src, dst, _ string) []Violation {
	for _, r := range dst {
		if classOf(r).is(bidi) && !strings.ContainsRune(src, r) {
			return []Violation{{RuleBidi, fmt.Sprintf("%U", r)}}
		}
	}
	return nil
}

// length compares code points. The bounds are wide: Chinese takes a third of
// an English text's, a short English headline may double in French.
func length(src, dst, _ string) []Violation {
	from, to := utf8.RuneCountInString(src), utf8.RuneCountInString(dst)
	if to > 3*from+30 || from >= 20 && to*8 < from {
		return []Violation{{RuleLength, fmt.Sprintf("%d characters for %d", to, from)}}
	}
	return nil
}

// sentences compares the number of sentences, of which a translation may have
// one more or less.
func sentences(src, dst, target string) []Violation {
	from, to := countSentences(src), countSentences(dst)
	if to > from+1 || to < from-1 {
		return []Violation{{RuleSentences, fmt.Sprintf("%d for %d", to, from)}}
	}
	return nil
}

// invisible are characters that engines leave in their output and that change
// nothing where they stand: byte order mark, zero-width space, word joiner,
// soft hyphen, and the marks of direction.
const invisible = "\uFEFF\u200B\u2060\u00AD\u200E\u200F\u061C"

// Clean puts right what engines do to a reply without changing its words:
// invisible characters that the source does not have go, white space around the
// text becomes what it is around the source, and line breaks that the source
// does not have become spaces.
func Clean(source, reply string) string {
	if strings.ContainsFunc(reply, func(r rune) bool { return r >= '\u00AD' && strings.ContainsRune(invisible, r) }) {
		reply = strings.Map(func(r rune) rune {
			if strings.ContainsRune(invisible, r) && !strings.ContainsRune(source, r) {
				return -1
			}
			return r
		}, reply)
	}
	reply = strings.TrimSpace(reply)
	if strings.ContainsAny(reply, "\r\n") && !strings.Contains(source, "\n") {
		reply = strings.Join(strings.FieldsFunc(reply, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
	}
	body := strings.TrimSpace(source)
	at := strings.Index(source, body)
	return source[:at] + reply + source[at+len(body):]
}
