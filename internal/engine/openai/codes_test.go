package openai

import (
	"strings"
	"testing"

	"dragoman/content"
)

func TestCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, sent, reply, want string }{
		{"plain < & >", "plain < & >", "نص", "نص"},
		{"plain", "plain", "<1>x</1>", ""},
		{"keeps <1> of the text", "keeps <1> of the text", "<1> x", "<1> x"},
		{"a ⟦1⟧b⟦/1⟧ c⟦2/⟧", "a <1>b</1> c<2/>", "c<2 /> <1>b</ 1>", "c⟦2/⟧ ⟦1⟧b⟦/1⟧"},
		{"a ⟦1⟧b⟦/1⟧", "a <1>b</1>", "a b", ""},
		{"a ⟦1⟧b⟦/1⟧", "a <1>b</1>", "<1>a</1> <1>b</1>", ""},
		{"a ⟦1⟧b⟦/1⟧", "a <1>b</1>", "a <1>b<2></1>", ""},
		{"⟦1⟧⟦2⟧b⟦/2⟧ c⟦/1⟧", "<1><2>b</2> c</1>", "<1><2>b</1> c</2>", ""},
		{"⟦1⟧opens", "<1/>opens", "<1/>x", "⟦1⟧x"},
		{"closes⟦/1⟧", "closes<1/>", "x<1/>", "x⟦/1⟧"},
		{"closes⟦/1⟧", "closes<1/>", "x</1>", ""},
		{"5 < 6 &amp; ⟦1⟧b⟦/1⟧", "5 < 6 &amp; <1>b</1>", "5 < 6 &amp; <1>b</1>", "5 < 6 &amp; ⟦1⟧b⟦/1⟧"},
		{"<2> and ⟦1⟧b⟦/1⟧", `&lt;2&gt; and <span data-c="1">b</span>`, `&lt;2&gt; <span data-c="1">b</span>`, "<2> ⟦1⟧b⟦/1⟧"},
	} {
		w := write(c.source)
		if w.text != c.sent {
			t.Errorf("%q is sent as %q, want %q", c.source, w.text, c.sent)
		}
		if got, err := w.read(c.reply); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q answered with %q reads %q, %v; want %q", c.source, c.reply, got, err, c.want)
		}
	}
}

func TestWithoutThinking(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":1}`:                 `{"a":1}`,
		"<think>x {[</think>\n{}": "{}",
		"x\n</think>{}":           "{}",
		"<think>never ends {}":    "",
		`["</think>"]`:            `["</think>"]`,
		"[THINK]x[/THINK][1]":     "[1]",
		"<|channel|>analysis<|message|>x" + final + "[]": "[]",
	} {
		if got, _ := withoutThinking(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// FuzzAnswer: no answer of a model panics, and what is read of it has the
// source's codes.
func FuzzAnswer(f *testing.F) {
	const source = "a ⟦1⟧b⟦/1⟧ c⟦2/⟧ ⟦3⟧"
	for _, s := range []string{`{"translations":[{"id":1,"text":"<1>x</1><2/><3/>"}]}`, "<think>[</think>[\"<1>\"]", "[[", `{"a":{"b":["x"]}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		rest, _ := withoutThinking(answer)
		items, err := parse(rest)
		if err != nil {
			return
		}
		for _, it := range items {
			if text, err := write(source).read(it.Text); err == nil && len(content.CheckCodes(source, text)) > 0 {
				t.Errorf("%q was read as %q", it.Text, text)
			}
			if text, err := write("plain").read(it.Text); err == nil && content.Plain(text) != it.Text && strings.ToValidUTF8(it.Text, "") == it.Text {
				t.Errorf("%q was read as %q", it.Text, text)
			}
		}
	})
}
