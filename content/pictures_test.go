package content_test

import (
	"strings"
	"testing"

	"dragoman/content"
)

func TestPicturesGetOtherAddresses(t *testing.T) {
	t.Parallel()
	const md = "# T\n\nLook ![a wall](img/wall%201.png \"the wall\") and [a link](img/wall%201.png).\n\n" +
		"![b](<img/wall 1.png>)\n\n![c][w]\n\n![far](https://e.org/img/wall%201.png) ![other](img/other.png)\n\n" +
		"Inline <img src=\"img/wall%201.png\" alt=\"d\"> too.\n\n<p><img src='img/wall%201.png'></p>\n\n[w]: img/wall%201.png \"img/wall%201.png\"\n"
	const page = "<!doctype html><html><body><article><h1>T</h1><p>A <img src=\"img/wall%201.png\" alt=\"a wall\"> here.</p><p><img src=img/wall%201.png></p>" +
		"<p><img src='https://e.org/img/wall%201.png'></p></article></body></html>"
	to := func(href string) (string, bool) {
		return "pictures/7/wall.png", href == "img/wall%201.png" || href == "img/wall 1.png"
	}
	for _, c := range []struct {
		path, text         string
		inMarkdown, inHTML int
	}{
		{"a.md", md, 5, 5},
		{"a.html", page, 2, 2},
	} {
		docs, err := content.Load([]byte(c.text), content.Options{Path: c.path})
		if err != nil {
			t.Fatal(err)
		}
		d := docs[0].WithPictures(to)
		translateAll := func(i int) (string, bool) { return "كلمة " + d.Segments()[i].Text, true }
		for name, say := range map[string]content.TargetFunc{"source": nil, "translated": translateAll} {
			got, err := d.Markdown(say)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(got), "pictures/7/wall.png"); n != c.inMarkdown {
				t.Errorf("%s, %s: %d pictures moved in Markdown, want %d:\n%s", c.path, name, n, c.inMarkdown, got)
			}
			out, err := d.HTML(say)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(out, `src="pictures/7/wall.png"`); n != c.inHTML {
				t.Errorf("%s, %s: %d pictures moved in HTML, want %d:\n%s", c.path, name, n, c.inHTML, out)
			}
			if n := strings.Count(out, "https://e.org/img/wall%201.png"); n != 1 {
				t.Errorf("%s, %s: the picture of another site has moved:\n%s", c.path, name, out)
			}
		}
		if out, err := docs[0].HTML(nil); err != nil || strings.Contains(out, "pictures/7") {
			t.Errorf("%s: the document itself has changed: %v\n%s", c.path, err, out)
		}
	}
}

// A definition whose label reads like its address: the address is put out of
// action, not the label.
func TestDefinitionWithItsAddressForALabel(t *testing.T) {
	t.Parallel()
	docs, err := content.Load([]byte("# T\n\nSee [this][javascript:x] and [#].\n\n[javascript:x]: javascript:x\n"), content.Options{Path: "a.md"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := docs[0].Markdown(nil)
	if err != nil || !strings.Contains(string(got), "[javascript:x]: #\n") {
		t.Errorf("%v\n%s", err, got)
	}
}
