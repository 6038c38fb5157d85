package desk

import (
	"testing"

	"dragoman/content"
)

var someCodes = []content.Code{{ID: 1, Type: "strong", Paired: true}, {ID: 2, Type: "link", Paired: true, Href: `https://example.org/?a="b"`}, {ID: 3, Type: "image", Display: "A <map>"}}

func TestSetText(t *testing.T) {
	t.Parallel()
	chip := func(code, title, label string) string {
		return `<bdi class="chip" data-c="` + code + `" title="` + title + `">` + label + `</bdi>`
	}
	for _, c := range []struct {
		name, lang, coded string
		marks             []mark
		want              string
	}{
		{"plain", "en", "One & <two>.", nil, "One &amp; &lt;two&gt;."},
		{"Latin within Arabic", "ar", "قال Smith ذلك", nil, "قال <bdi>Smith</bdi> ذلك"},
		{"Arabic within Latin", "en", "He said سلام.", nil, "He said <bdi>سلام</bdi>."},
		{"emphasis", "en", "a ⟦1⟧b⟦/1⟧ c", nil, "a " + chip("⟦1⟧", "⟦1⟧ strong", "B‹") + "<b>b</b>" + chip("⟦/1⟧", "⟦/1⟧ strong", "›B") + " c"},
		{"a pair that the next segment ends", "en", "⟦1⟧b", nil, chip("⟦1⟧", "⟦1⟧ strong", "B‹") + "<b>b</b>"},
		{"a pair that the segment before began", "en", "b⟦/1⟧ c", nil, "b" + chip("⟦/1⟧", "⟦/1⟧ strong", "›B") + " c"},
		{"a link's address", "en", "⟦2⟧b⟦/2⟧", nil, chip("⟦2⟧", "⟦2⟧ link https://example.org/?a=&#34;b&#34;", "link‹") + "b" + chip("⟦/2⟧", "⟦/2⟧ link https://example.org/?a=&#34;b&#34;", "›link")},
		{"a picture", "en", "x⟦3/⟧", nil, "x" + chip("⟦3/⟧", "⟦3/⟧ image A &lt;map&gt;", "img")},
		{"a code that the source lacks", "en", "⟦9/⟧", nil, chip("⟦9/⟧", "⟦9/⟧", "9")},
		{"a bracket that is no code", "en", "⟦⟦ and ⟦", nil, "⟦ and ⟦"},
		{"a term", "en", "in Idlib now", []mark{{3, 8, "term good", "0", "loc.idlib"}}, `in <span class="term good" data-k="0" data-concept="loc.idlib">Idlib</span> now`},
		{"a finding across a term", "en", "in Idlib now", []mark{{3, 8, "term", "0", "x"}, {5, 12, "found error", "", ""}}, `in <span class="term" data-k="0" data-concept="x">Id</span><span class="term found error" data-k="0" data-concept="x">lib</span><span class="found error"> now</span>`},
		{"a term across a code", "en", "a ⟦1⟧b⟦/1⟧", []mark{{0, 8, "term", "0", ""}}, `<span class="term" data-k="0">a </span>` + chip("⟦1⟧", "⟦1⟧ strong", "B‹") + "<b>b</b>" + chip("⟦/1⟧", "⟦/1⟧ strong", "›B")},
		{"marks that do not fit", "en", "abc", []mark{{2, 99, "x", "", ""}, {-1, 2, "x", "", ""}, {2, 1, "x", "", ""}}, "abc"},
		{"a hostile mark", "en", "abc", []mark{{0, 3, `"><b>`, `"`, `'>`}}, `<span class="&#34;&gt;&lt;b&gt;" data-k="&#34;" data-concept="&#39;&gt;">abc</span>`},
	} {
		if got := string(setText(scriptOf(c.lang), c.coded, someCodes, c.marks)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func FuzzSetText(f *testing.F) {
	f.Add("a ⟦1⟧b⟦/1⟧ <c> قال Smith", 2, 9)
	f.Fuzz(func(t *testing.T, coded string, start, end int) {
		// Whatever the text and the marks: no panic, and all that opens closes.
		got := string(setText(scriptOf("ar"), coded, someCodes, []mark{{start, end, "x", "0", ""}, {end, start, "y", "", ""}}))
		for _, tag := range []string{"b", "span", "bdi"} {
			if o, c := count(got, "<"+tag+">")+count(got, "<"+tag+" "), count(got, "</"+tag+">"); o != c {
				t.Errorf("%q: %d <%s> and %d ends in %s", coded, o, tag, c, got)
			}
		}
	})
}

func count(s, sub string) (n int) {
	for i := 0; i+len(sub) <= len(s); i++ {
		if s[i:i+len(sub)] == sub {
			n++
		}
	}
	return n
}
