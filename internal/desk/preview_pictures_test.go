package desk_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// wall is a release with pictures: one of its own, one that is missing, one
// that is no picture, one outside of the folder, one of another site.
const wall = `---
title: A wall
slug: wall
---

Activists confirmed the report.

![a wall](img/the%20wall.png) ![gone](img/gone.png) ![no picture](img/notes.png) ![outside](../secret.png) ![elsewhere](https://pictures.example/far.png)
`

// aPicture is a PNG of 40 × 30 points.
func aPicture(t testing.TB) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 * 30 {
		img.Set(i%40, i/40, color.RGBA{42, 80, 176, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// draw puts a file into the content folder.
func (h *house) draw(name string, data []byte) {
	h.t.Helper()
	file := filepath.Join(h.dir, filepath.FromSlash(name))
	h.must(os.MkdirAll(filepath.Dir(file), 0o755))
	h.must(os.WriteFile(file, data, 0o644))
}

var pictureIn = regexp.MustCompile(`<img src="([^"]*)" alt="([^"]*)"`)

// The preview shows the release's own pictures by the rules of publishing, and
// nothing else of the folder; who may not read the edition gets none.
func TestThePreviewShowsOnlyItsOwnPictures(t *testing.T) {
	t.Parallel()
	h := build(t, options{files: map[string]string{"wall.md": wall, "attack.md": attack}})
	h.draw("img/the wall.png", aPicture(t))
	h.draw("img/other.png", aPicture(t))
	h.draw("img/notes.png", []byte("<svg onload=alert(1)>"))
	h.must(os.WriteFile(filepath.Join(filepath.Dir(h.dir), "secret.png"), aPicture(t), 0o644))
	id := itoa(h.view("wall", "ar", "").ID)
	b := h.as("viewer")
	src := map[string]string{}
	for _, m := range pictureIn.FindAllStringSubmatch(b.get("/editions/"+id+"/page").Body, -1) {
		src[m[2]] = m[1]
	}
	if len(src) != 5 || src["elsewhere"] != "https://pictures.example/far.png" {
		t.Fatalf("the preview's pictures are %q", src)
	}
	a := b.get("/editions/" + id + "/" + src["a wall"])
	if a.Status != http.StatusOK || a.Body != string(aPicture(t)) || a.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(a.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the picture: %d, %v", a.Status, a.Header)
	}
	for _, alt := range []string{"gone", "no picture", "outside"} {
		if a := b.get("/editions/" + id + "/" + src[alt]); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", alt, a.Status)
		}
	}
	other := itoa(h.view("attack", "ar", "").ID)
	for _, path := range []string{"/editions/" + other + "/" + src["a wall"], "/editions/" + id + "/pictures/x", "/editions/" + id + "/pictures/..%2f..%2fimg%2fother.png", "/editions/" + id + "/pictures/img%2fother.png"} {
		if a := b.get(path); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
	if a := h.as("Farah").get("/editions/" + id + "/" + src["a wall"]); a.Status != http.StatusForbidden {
		t.Errorf("another locale's picture: %d", a.Status)
	}
	b.lang = "ar"
	page := b.get("/editions/" + id + "/preview").Body
	for file, unfit := range map[string]bool{"img/gone.png": true, "img/notes.png": true, "../secret.png": true, "img/the wall.png": false} {
		if strings.Contains(page, ">"+file+"</bdi>") != unfit {
			t.Errorf("%s stands in the way of publishing: %v is expected: %s", file, unfit, page)
		}
	}
}

// A person sees the pictures in the preview, beside the text, in what is
// public and in what was, in a browser.
func TestPicturesAreSeen(t *testing.T) {
	t.Parallel()
	h := build(t, options{locales: []string{"ar"}, files: map[string]string{"wall.md": "---\ntitle: Talks\nslug: wall\n---\n\nActivists confirmed the report.\n\n![a wall](img/the%20wall.png)\n"}})
	h.draw("img/the wall.png", aPicture(t))
	v := h.view("wall", "ar", "")
	id := itoa(v.ID)
	for _, r := range v.Rows {
		text := r.Target.Standing.Text
		if text == "" {
			text = "محادثات"
		}
		saved, err := h.pipe.Edit(t.Context(), "Omar", r.Target.ID, r.Target.Standing.ID, text)
		h.must(err)
		_, err = h.pipe.ApproveTarget(t.Context(), "Omar", r.Target.ID, saved.Standing.ID)
		h.must(err)
	}
	b := h.sitDown(t, "Lina", "ar", "wide")
	seen := func(document string) string {
		return `[...(` + document + `?.querySelectorAll('img') ?? [])].some(i => i.complete && i.naturalWidth === 40)`
	}
	b.open("/editions/" + id + "/preview")
	b.wait(seen(`document.querySelector('iframe')?.contentDocument`))
	b.shot("preview-picture-ar")
	b.open("/editions/" + id + "?segment=1")
	b.hit(`button[data-beside]`)
	b.wait(seen(`document.querySelector('#beside iframe')?.contentDocument`))
	b.shot("preview-picture-beside-ar")
	b.open("/editions/" + id + "/page")
	b.wait(seen(`document`))
	_, err := h.pipe.Approve(t.Context(), "Omar", v.ID)
	h.must(err)
	_, err = h.pipe.Publish(t.Context(), "Omar", v.ID)
	h.must(err)
	h.until("it is public", func() bool { _, err := os.Stat(filepath.Join(h.pub, "ar", "wall.html")); return err == nil })
	h.must(os.Remove(filepath.Join(h.dir, "img", "the wall.png"))) // the public copy stays
	h.settle()
	for _, page := range []string{"/public/ar/wall.html", "/editions/" + id + "/page", "/published/" + id} {
		b.open(page)
		if strings.HasPrefix(page, "/published/") {
			b.open(eval[string](b, `document.querySelector('a[href*="/at/"]').getAttribute('href')`))
		}
		b.wait(seen(`document`))
	}
}
