package pipeline_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dragoman/internal/edition"
)

// Enough of a PNG and of a JPEG to be known as one.
const (
	aPNG = "\x89PNG\r\n\x1a\n first picture"
	aJPG = "\xff\xd8\xff\xe0 second picture"
)

// withPicture is a release that shows one.
func withPicture(slug, address string) string {
	return "---\ntitle: Revisions\nslug: " + slug + "\n---\n\nOne thing happened in the north.\n\n![a wall](" + address + ")\n"
}

// draw puts a picture in the content folder.
func (h *house) draw(name, data string) {
	h.t.Helper()
	file := filepath.Join(h.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
		h.t.Fatal(err)
	}
}

// pictures are the bytes of the pictures that a page of a locale shows, read
// as a browser finds them.
func (h *house) pictures(locale, slug string) (all []string) {
	h.t.Helper()
	page, md := h.read(locale+"/"+slug+".html"), h.read(locale+"/"+slug+".md")
	for _, m := range regexp.MustCompile(`<img src="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(md, "]("+m[1]+")") {
			h.t.Errorf("%s: Markdown has another address than %s:\n%s", slug, m[1], md)
		}
		all = append(all, h.read(locale+"/"+m[1]))
	}
	return all
}

// pictureFiles counts the pictures in the public place.
func (h *house) pictureFiles() (n int) {
	h.t.Helper()
	for name := range h.files() {
		if strings.Contains(filepath.ToSlash(name), "/pictures/") {
			n++
		}
	}
	return n
}

func (h *house) wantPictures(slug, data string, files int) {
	h.t.Helper()
	if got := h.pictures("ar", slug); len(got) != 1 || got[0] != data {
		h.t.Errorf("%s shows %q, want %q", slug, got, data)
	}
	if n := h.pictureFiles(); n != files {
		h.t.Errorf("%d pictures are public, want %d", n, files)
	}
}

// reword has a page published again with other words.
func (h *house) reword(slug, text string) {
	h.t.Helper()
	v := h.view(slug, "ar")
	if _, err := h.pipe.Reopen(h.t.Context(), "Omar", v.ID, "another word"); err != nil {
		h.t.Fatal(err)
	}
	h.publishAs(slug, text)
}

// TestAPageShowsItsPictures: two releases in two folders have a picture of the
// same name each; one is withdrawn.
func TestAPageShowsItsPictures(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.draw("a/img/the wall.png", aPNG)
	h.draw("b/img/the wall.png", aJPG)
	h.write("a/one.md", withPicture("one", "img/the%20wall.png"))
	h.write("b/two.md", withPicture("two", "../b/img/the%20wall.png"))
	h.run()
	h.publishAs("one", "كلمة")
	h.publishAs("two", "كلمتان")
	h.wantPictures("one", aPNG, 2)
	h.wantPictures("two", aJPG, 2)
	before := h.files()
	if _, err := h.pipe.Publish(t.Context(), "Omar", h.view("one", "ar").ID); err != nil {
		t.Fatal(err)
	}
	h.settle()
	for name, was := range before {
		if now := h.files()[name]; now != was {
			t.Errorf("publishing twice has changed %s", name)
		}
	}
	if _, err := h.pipe.Withdraw(t.Context(), "Omar", h.view("one", "ar").ID, "called off"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	h.wantPictures("two", aJPG, 1)
}

// TestAPictureChanges between two publications, and is then gone.
func TestAPictureChanges(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.draw("img/wall.png", aPNG)
	h.write("one.md", withPicture("one", "img/wall.png"))
	h.run()
	h.publishAs("one", "كلمة")
	h.draw("img/wall.png", aJPG)
	h.wantPictures("one", aPNG, 1) // until somebody publishes it
	h.reword("one", "كلمتان")
	h.wantPictures("one", aJPG, 1)
	if err := os.Remove(filepath.Join(h.dir, "img", "wall.png")); err != nil {
		t.Fatal(err)
	}
	h.reword("one", "ثلاث كلمات")
	h.wantPictures("one", aJPG, 1)
	if !strings.Contains(h.read("ar/one.html"), "ثلاث كلمات") {
		t.Error("the page does not say what was approved last")
	}
}

// TestAPictureThatCannotBePublished leaves nothing public, says why, and is
// taken up again once it is put right.
func TestAPictureThatCannotBePublished(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret.png")
	if err := os.WriteFile(secret, []byte(aPNG), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ address, says string }{
		"missing":        {"img/none.png", "put it at"},
		"outside":        {"../secret.png", "outside"},
		"outside, coded": {"img/%2e%2e/%2e%2e/secret.png", "outside"},
		"outside, back":  {`..\secret.png`, "outside"},
		"a link out":     {"img/link.png", "cannot be read"},
		"a folder":       {"img", "no file"},
		"a program":      {"img/x.svg", "no JPEG"},
		"a page":         {"img/x.png", "no JPEG"},
		"empty":          {"img/empty.png", "no JPEG"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, options{})
			h.draw("img/x.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
			h.draw("img/x.png", "<html><script>alert(1)</script>")
			h.draw("img/empty.png", "")
			if err := os.Symlink(secret, filepath.Join(h.dir, "img", "link.png")); err != nil {
				t.Skip(err)
			}
			h.write("one.md", withPicture("one", c.address))
			h.run()
			for _, r := range h.view("one", "ar").Rows {
				h.say("Lina", r, "كلمة")
			}
			h.approveAll("Omar", "one", "ar")
			if _, err := h.pipe.Publish(t.Context(), "Omar", h.view("one", "ar").ID); err != nil {
				t.Fatal(err)
			}
			h.settle()
			if v := h.view("one", "ar"); v.State != edition.Failed || !strings.Contains(v.Reason, c.says) || !strings.Contains(v.Reason, "one.md") {
				t.Errorf("%s: %q", v.State, v.Reason)
			}
			if len(h.files()) != 0 {
				t.Errorf("something was written: %v", h.files())
			}
			if name != "missing" {
				return
			}
			h.draw(c.address, aPNG)
			if _, err := h.pipe.Retry(t.Context(), "Omar"); err != nil {
				t.Fatal(err)
			}
			h.settle()
			h.wantPictures("one", aPNG, 1)
		})
	}
}
