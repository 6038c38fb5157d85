package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// alias is the word that stands for a name which an engine must not see.
type alias struct {
	word    string
	concept int
	term    string // the name's, in the locale
}

// redacts reports whether sensitive names are hidden from an engine.
func (dr *drafter) redacts(e engine.Engine) bool {
	return dr.p.cfg.Engines[e.Name()].Redact && !e.Info().Local
}

// isSensitive reports whether the glossary has a concept hidden from engines
// outside the house.
func (dr *drafter) isSensitive(concept int) bool {
	return sensitiveIn(dr.g.Concept(concept), dr.locale.Tag)
}

// sensitive gives the places of sensitive names in an English text where each
// can be hidden, whether or not it counts in this document, in order and without
// overlaps. Concept is -1 where it cannot: names in each other, or in another's.
func (dr *drafter) sensitive(text string) []glossary.Occurrence {
	var out []glossary.Occurrence
	for _, o := range dr.g.Find(nil, text) {
		if !dr.isSensitive(o.Concept) {
			continue
		}
		if n := len(out); n > 0 && o.Start < out[n-1].End {
			if o.End > out[n-1].End { // two in each other: neither can stand for both
				out[n-1].End, out[n-1].Concept = o.End, -1
			}
			continue
		}
		if o.Nested {
			o.Concept = -1
		}
		out = append(out, o)
	}
	return out
}

// mustStay reports whether a text, or what is left of it, names somebody
// sensitive.
func (dr *drafter) mustStay(text string) bool {
	s := dr.g.secretsOf(dr.locale.Tag)
	if s.none() {
		return false
	}
	var other []glossary.Occurrence
	for _, o := range dr.g.Find(nil, text) {
		if !dr.isSensitive(o.Concept) {
			other = append(other, o)
		}
	}
	return s.in(text) || s.byFamilyName(text, other)
}

// sensitiveTarget reports whether a translation names somebody sensitive.
func (dr *drafter) sensitiveTarget(text string) bool {
	s := dr.g.secretsOf(dr.locale.Tag)
	return !s.none() && (s.in(text) || dr.inTarget(text))
}

// inTarget finds names with what a target language joins to them.
func (dr *drafter) inTarget(text string) bool {
	return slices.ContainsFunc(dr.g.FindTarget(dr.locale.Tag, text), func(o glossary.TargetOccurrence) bool { return dr.isSensitive(o.Concept) })
}

// hide puts words without a meaning in the place of the sensitive names of a
// segment. ok is false where one has no term to come back as, codes within it,
// another name across it, or is written so that it cannot be hidden: the segment
// must then not be sent.
func (dr *drafter) hide(i int) (text string, hidden []alias, ok bool) {
	source := dr.d.segs[i].Source
	var b strings.Builder
	end := 0
	for n, o := range dr.sensitive(source) {
		if o.Concept < 0 {
			return "", nil, false
		}
		a := alias{word: pseudonym(source, n), concept: o.Concept, term: dr.g.Preferred(dr.locale.Tag, o.Concept)}
		if a.term == "" || strings.Contains(source[o.Start:o.End], "⟦") {
			return "", nil, false
		}
		b.WriteString(source[end:o.Start])
		b.WriteString(a.word)
		end = o.End
		hidden = append(hidden, a)
	}
	b.WriteString(source[end:])
	if text = b.String(); dr.mustStay(text) {
		return "", nil, false
	}
	return text, hidden, true
}

// pseudonym gives the n-th word of capitals (which engines take for an acronym
// and keep) that the text does not have.
func pseudonym(text string, n int) string {
	const letters = "QXZKJVWY"
	for salt := 0; ; salt++ {
		v := n*31 + salt*977 + 7
		word := []byte("ZQ....XQ")
		for k := 2; k < 6; k++ {
			word[k] = letters[v%len(letters)]
			v /= len(letters)
		}
		if !strings.Contains(text, string(word)) {
			return string(word)
		}
	}
}

var (
	errAliasLost = errors.New("a name that was hidden from it did not come back once, as it should")
	errAliasForm = errors.New("a name that was hidden from it came back where its form is not certain")
)

// unhidden says for the desk why names could not be put back.
func unhidden(err error) edition.TroubleReason {
	switch {
	case errors.Is(err, errAliasLost):
		return edition.TroubleNameLost
	case errors.Is(err, errAliasForm):
		return edition.TroubleNameForm
	}
	return edition.TroubleUnfit
}

// unhide puts the names back into a translation. It fails unless each came back
// exactly once, where its form is certain, and the verifier agrees.
func (dr *drafter) unhide(i int, text string, hidden []alias) (string, error) {
	for _, a := range hidden {
		if strings.Count(text, a.word) != 1 {
			return "", errAliasLost
		}
		at := strings.Index(text, a.word)
		before, after := text[:at], text[at+len(a.word):]
		before, term, ok := certainForm(dr.locale.Tag, dr.g.Concept(a.concept), before, after, a.term)
		if !ok {
			return "", errAliasForm
		}
		text = before + content.Escape(term) + after
	}
	_, missed := dr.terms(i, text)
	for _, a := range hidden {
		if missed[a.concept] {
			return "", errAliasForm
		}
	}
	if v := engine.Contract(engine.Segment{Text: dr.d.segs[i].Source}, text, dr.locale.Tag); len(v) > 0 {
		return "", fmt.Errorf("with the hidden names put back, its translation is not fit to use (%s)", v[0])
	}
	return text, nil
}

// certainForm gives the form of a name between the words before and after it,
// where that is certain without knowing what the sentence says; before may
// change at its end (a lengthening stroke goes).
//
// Arabic names are frozen, and particles are joined to them. A Spanish or
// French person has no article, and only an elision (de, que) depends on the
// name. Turkish shows the case by a suffix, which must not be there. Elsewhere
// the case is lost with the name, unless the name has none.
func certainForm(lang string, c *glossary.Concept, before, after, term string) (string, string, bool) {
	tag, _, _ := strings.Cut(lang, "-")
	if !c.Kind.Proper() {
		return before, term, false
	}
	if acrossCode(before, after) {
		return before, term, false // what is joined to it stands beyond a code
	}
	if next, _ := utf8.DecodeRuneInString(after); unicode.IsLetter(next) || unicode.IsMark(next) || next == '\'' || next == '’' {
		return before, term, false // something was joined to it
	}
	flags := c.LangFlags[lang]
	switch tag {
	case "ar":
		return arabicForm(before, term)
	case "fr", "es":
		ok := !joined(before) && (c.Kind == glossary.PER || tag == "es" && c.Kind == glossary.LOC) && !hasArticle(term) && !(tag == "fr" && elides(before, term))
		return before, term, ok
	case "tr":
		return before, term, !joined(before) && (c.Kind == glossary.PER || c.Kind == glossary.LOC)
	}
	return before, term, !joined(before) && (c.Flags.Indeclinable || flags.Indeclinable)
}

// acrossCode reports whether a letter is joined to a name with a code between
// the two: what belongs together cannot be put right then.
func acrossCode(before, after string) bool {
	bare := content.Plain(before)
	first, _ := utf8.DecodeRuneInString(content.Plain(after))
	return strings.HasSuffix(before, "⟧") && bare != "" && joined(bare) || strings.HasPrefix(after, "⟦") && (unicode.IsLetter(first) || unicode.IsMark(first))
}

// joined reports whether a letter or an apostrophe stands right before a name.
func joined(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return unicode.IsLetter(r) || unicode.IsMark(r) || r == '\'' || r == '’' || r == 'ـ'
}

// arabicForm joins the particles و ف ب ك ل, alone or وب, فل …, to a name.
func arabicForm(before, term string) (string, string, bool) {
	if first, _, _ := strings.Cut(term, " "); slices.Contains([]string{"أبو", "ابو", "ذو", "أخو"}, first) {
		return before, term, false // its case shows
	}
	if !joined(before) {
		return before, term, true
	}
	bare := strings.TrimRight(before, "ـ")
	at := strings.LastIndexFunc(bare, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if at >= 0 {
		_, size := utf8.DecodeRuneInString(bare[at:])
		at += size
	} else {
		at = 0
	}
	switch bare[at:] {
	case "و", "ف", "ب", "ك", "وب", "فب", "وك":
		return bare, term, true
	case "ل", "ول", "فل":
		if rest, ok := strings.CutPrefix(term, "ال"); ok && !strings.HasPrefix(rest, "ل") {
			term = "ل" + rest
		} else if ok {
			return before, term, false // لل before ل is written in more than one way
		}
		return bare, term, true
	}
	return before, term, false
}

// hasArticle reports whether a French or Spanish name begins with an article,
// which de and à would melt with.
func hasArticle(term string) bool {
	first, _, _ := strings.Cut(strings.ToLower(term), " ")
	return slices.Contains([]string{"le", "la", "les", "el", "los", "las"}, first) || strings.HasPrefix(first, "l’") || strings.HasPrefix(first, "l'")
}

// elides reports whether the French word before a name would lose its vowel.
func elides(before, term string) bool {
	first, _ := utf8.DecodeRuneInString(strings.ToLower(term))
	if !strings.ContainsRune("aeiouyhéèêâîôûœàù", first) {
		return false
	}
	words := strings.Fields(strings.ToLower(content.Plain(before)))
	if len(words) == 0 {
		return false
	}
	return slices.Contains([]string{"de", "que", "le", "la", "ne", "se", "je", "me", "te", "ce", "si", "lorsque", "puisque", "quoique", "jusque", "presque"}, strings.TrimLeft(words[len(words)-1], "«“\"("))
}
