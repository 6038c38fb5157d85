package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// poison tries to get out of text, attributes, addresses and scripts.
const poison = `"><script>alert(1)</script><img src=x onerror=alert(1)> 'onmouseover=alert(1) {{.Me}} javascript:alert(1) ${alert(1)} </textarea></template></title>`

// bidi tries to make a name read as another.
const bidi = "x\u202etxt.exe\u202c\u2066"

// ours are the only scripts that a page may hold, all by address.
var ours = []string{"boot.js", "desk.js", "queue.js", "edition.js", "preview.js", "rooms.js"}

// inspect reads a page as a browser does and finds what does not belong.
func inspect(t *testing.T, where string, page string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "style" || n.Data == "object" || n.Data == "base" || n.Data == "embed" || n.Data == "img" {
			t.Errorf("%s: <%s>", where, n.Data)
		}
		if n.Data == "script" && (n.FirstChild != nil || !ourScript(attr(n, "src"))) {
			t.Errorf("%s: a script that is not ours: %v", where, n.Attr)
		}
		for _, a := range n.Attr {
			v := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
				t.Errorf("%s: <%s %s=%q>", where, n.Data, a.Key, a.Val)
			case (a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction") && !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "#"):
				t.Errorf("%s: <%s %s=%q> leads out of the desk", where, n.Data, a.Key, a.Val)
			}
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func ourScript(src string) bool {
	for _, name := range ours {
		if strings.HasPrefix(src, "/static/") && strings.HasSuffix(src, "/"+name) {
			return true
		}
	}
	return false
}

// HTML and script in every field that a person, a file or the glossary fills
// stays text on every page.
func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	oneByOne(t)
	h := build(t, options{files: map[string]string{"attack.md": "---\ntitle: \"Bad " + strings.ReplaceAll(poison, `"`, `\"`) + "\"\nslug: attack\ntags: [\"" + strings.ReplaceAll(poison, `"`, `\"`) + "\"]\n---\n\n" +
		"Maasran `" + poison + "` and **bold**. [A link](javascript:alert(1)) and [another](https://example.org/%22%3E%3Cscript%3E \"" + strings.ReplaceAll(poison, `"`, "'") + "\").\n\n> Quote " + poison + "\n"}})
	h.must(h.store.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.SavePerson(t.Context(), &edition.Person{Name: poison[:60] + bidi, Role: "admin"}, "test")
	}))
	b := h.as(poison[:60] + bidi)
	v := h.view("attack", "ar", "")
	ed := "/editions/" + itoa(v.ID)
	for _, r := range v.Rows {
		path := "/targets/" + itoa(r.Target.ID)
		base := itoa(r.Target.Standing.ID)
		a := b.ask(path+"/edit", "base", base, "text", poison+" ⟦1⟧ ⟦99/⟧ ⟦ "+bidi)
		inspectJSON(t, "edit", a)
		now := h.target("attack", "ar", r.Target.Position+1)
		inspectJSON(t, "type", b.ask(path+"/type", "base", "1", "text", "draft "+poison))
		inspectJSON(t, "reject", b.ask(path+"/reject", "reason", poison))
		for _, f := range h.view("attack", "ar", "").Rows[r.Target.Position].Findings {
			inspectJSON(t, "dismiss", b.ask(path+"/dismiss", "version", itoa(now.Standing.ID), "seq", itoa(int64(f.Seq)), "reason", poison))
		}
		inspect(t, path+"/history", b.get(path+"/history").Body)
	}
	b.ask("/targets/"+itoa(v.Rows[1].Target.ID)+"/omit", "reason", poison)
	b.post(ed+"/assign", "to", "me")
	b.post(ed+"/reopen", "reason", poison)
	pages := []string{"/", "/?state=all&q=" + url.QueryEscape(poison), "/?state=" + url.QueryEscape(poison) + "&locale=" + url.QueryEscape(poison), "/keyboard",
		ed + "/diff", ed + "/diff?base=before&mode=side", ed + "/diff?base=" + url.QueryEscape(poison), ed + "/history", ed + "/preview", "/sign-in?token=" + url.QueryEscape(poison[:80]),
		"/concepts/loc.maasran?locale=" + url.QueryEscape(poison), "/nowhere?" + url.QueryEscape(poison), "/editions/" + url.PathEscape(poison)}
	for _, r := range v.Rows {
		pages = append(pages, ed+"?segment="+itoa(int64(r.Target.Position+1)))
	}
	b.inspectAll(t, pages)
	inspect(t, "a refused form", b.post("/targets/"+itoa(v.Rows[0].Target.ID)+"/edit", "base", "1", "text", strings.Repeat(poison, 600)).Body)
	inspect(t, "signed out", h.browser().post("/targets/1/edit", "text", poison).Body)
}

// inspectJSON reads the fragments of an answer to the page's script.
func inspectJSON(t *testing.T, where string, a answer) {
	t.Helper()
	if a.Status >= http.StatusInternalServerError || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		t.Errorf("%s: %d %s", where, a.Status, a.Header.Get("Content-Type"))
	}
	for _, f := range fragments(t, a.Body) {
		inspect(t, where, f)
	}
}

// inspectAll opens pages in English and in Arabic; none may fail.
func (b *browser) inspectAll(t *testing.T, pages []string) {
	t.Helper()
	for _, lang := range []string{"en", "ar"} {
		b.lang = lang
		for _, path := range pages {
			a := b.get(path)
			if a.Status >= http.StatusInternalServerError {
				t.Errorf("%s: %d", path, a.Status)
			}
			inspect(t, path, a.Body)
		}
	}
}
