package pipeline_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// rename gives a file of the content folder another name.
func (h *house) rename(from, to string) {
	h.t.Helper()
	if err := os.Rename(filepath.Join(h.dir, from), filepath.Join(h.dir, to)); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) remove(name string) {
	h.t.Helper()
	if err := os.Remove(filepath.Join(h.dir, name)); err != nil {
		h.t.Fatal(err)
	}
}

// slugs are those of the releases that are there, in order.
func (h *house) slugs() []string {
	h.t.Helper()
	rels, err := h.store.LiveReleases(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, r := range rels {
		out = append(out, r.Slug)
	}
	slices.Sort(out)
	return out
}

// told checks what a report says of changed releases and of problems.
func told(t *testing.T, what string, r pipeline.LoadReport, fresh, changed, moved, removed, problems int) {
	t.Helper()
	if r.New != fresh || r.Changed != changed || len(r.Moved) != moved || len(r.Removed) != removed || len(r.Problems) != problems {
		t.Errorf("%s: %d new, %d changed, moved %v, removed %v, problems %v; want %d, %d, %d, %d and %d", what,
			r.New, r.Changed, r.Moved, r.Removed, r.Problems, fresh, changed, moved, removed, problems)
	}
}

// news is a page of the old site with some releases.
func news(texts ...string) string {
	var b strings.Builder
	for _, t := range texts {
		b.WriteString("Coalition News\n05 February 2018 In Coalition News\n\n" + t + "\n\n")
	}
	return b.String() + "Home Media Center Coalition News Items filtered by date: Monday, 05 February 2018\n"
}

const (
	newsA = "The council met in the old town on Monday. It spoke of the roads that were cut by snow. It will meet again."
	newsB = "Six civilians were injured in Kafranbel. Activists confirmed the report. The hospital was closed since January."
	newsC = "A school was opened in Idlib by the local board. Parents had waited for it for two years. There are nine classes."
)

// said is what was said of a release, found by a sentence of it.
func (h *house) said(sentence string) string {
	h.t.Helper()
	lines, _, err := h.pipe.Queue(h.t.Context(), edition.Filter{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range lines {
		v, err := h.pipe.View(h.t.Context(), l.ID, "Lina")
		if err != nil {
			h.t.Fatal(err)
		}
		for _, r := range v.Rows {
			if r.Segment.Source == sentence {
				return r.Target.Standing.Text
			}
		}
	}
	h.t.Fatalf("no segment %q", sentence)
	return ""
}

// sayOf says something of a sentence of any release.
func (h *house) sayOf(sentence, text string) {
	h.t.Helper()
	lines, _, err := h.pipe.Queue(h.t.Context(), edition.Filter{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range lines {
		v, err := h.pipe.View(h.t.Context(), l.ID, "Lina")
		if err != nil {
			h.t.Fatal(err)
		}
		for _, r := range v.Rows {
			if r.Segment.Source == sentence {
				h.say("Lina", r, text)
				return
			}
		}
	}
	h.t.Fatalf("no segment %q", sentence)
}

// TestAPageGrowsAtAnyPlace: the newest stands first on the old site's pages.
func TestAPageGrowsAtAnyPlace(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("page.txt", news(newsA, newsB))
		told(t, "at first", h.run(), 2, 0, 0, 0, 0)
		h.sayOf("It will meet again.", "سيجتمع.")
		h.write("page.txt", news(newsA, newsC, newsB))
		told(t, "in the middle", h.run(), 1, 0, 0, 0, 0)
		h.write("page.txt", news("Snow fell on the hills for three days. No road was open by Friday.", newsA, newsC, newsB))
		told(t, "at the top", h.run(), 1, 0, 0, 0, 0)
		corrected := strings.Replace(newsA, "The council met in the old town on Monday.", "The town council met on Monday.", 1)
		h.write("page.txt", news("Rain fell on the coast the next week. Nobody was harmed by the floods.", "Snow fell on the hills for three days. No road was open by Friday.", corrected, newsC, newsB))
		told(t, "with a correction", h.run(), 1, 1, 0, 0, 0)
		if got := h.said("It will meet again."); got != "سيجتمع." {
			t.Errorf("what a person said of another release: %q", got)
		}
		h.write("page.txt", news(newsB, corrected))
		told(t, "shortened and turned round", h.run(), 0, 2, 0, 3, 0) // the page's last lines are another's now
		h.write("page.txt", news("Nothing was heard of them since. Their families wait.", newsB, corrected))
		told(t, "another in the place of those removed", h.run(), 1, 0, 0, 0, 0)
		if got := h.said("It will meet again."); got != "سيجتمع." {
			t.Errorf("what a person said of another release: %q", got)
		}
	})
}

// TestAFileInThePlaceOfARemovedOne keeps its releases apart from it.
func TestAFileInThePlaceOfARemovedOne(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("a.md", release("north", "snow"))
		h.write("b.md", release("south", "sand"))
		h.run()
		h.sayOf("It is about sand.", "عن الرمل.")
		h.remove("a.md")
		told(t, "removed", h.run(), 0, 0, 0, 1, 0)
		h.rename("b.md", "a.md")
		told(t, "renamed", h.run(), 0, 0, 1, 0, 0)
		h.write("a.md", release("east", "sand"))
		told(t, "changed", h.run(), 0, 1, 0, 0, 0)
		if got, there := h.said("It is about sand."), h.slugs(); got != "عن الرمل." || len(there) != 1 || there[0] != "east" {
			t.Errorf("%q, %v", got, there)
		}
	})
}

// TestAFileOverAnother: its releases come along, and those of the file that
// it replaced are removed.
func TestAFileOverAnother(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"as it is": release("south", "sand"), "changed": release("south", "sand") + "\nIt is new.\n"} {
		h := build(t, options{})
		h.write("a.md", release("north", "snow"))
		h.write("b.md", release("south", "sand"))
		h.run()
		h.sayOf("It is about sand.", "عن الرمل.")
		h.rename("b.md", "a.md")
		h.write("a.md", text)
		changed := 0
		if name == "changed" {
			changed = 1
		}
		told(t, name, h.run(), 0, changed, 1, 1, 0)
		if got, there := h.said("It is about sand."), h.slugs(); got != "عن الرمل." || len(there) != 1 || there[0] != "south" {
			t.Errorf("%s: %q, %v", name, got, there)
		}
	}
}

// TestAFileThatIsRenamedAndEdited is known by its slug, also where it was
// named alone at first.
func TestAFileThatIsRenamedAndEdited(t *testing.T) {
	t.Parallel()
	for _, alone := range []bool{false, true} {
		h := build(t, options{})
		h.write("a.md", release("south", "sand"))
		h.run()
		h.sayOf("It is about sand.", "عن الرمل.")
		h.rename("a.md", "b.md")
		h.write("b.md", release("south", "sand")+"\nIt is new.\n")
		if alone {
			told(t, "alone", h.run(filepath.Join(h.dir, "b.md")), 0, 1, 1, 0, 0)
			told(t, "then all", h.run(), 0, 0, 0, 0, 0)
		} else {
			told(t, "all", h.run(), 0, 1, 1, 0, 0)
		}
		if got := h.said("It is about sand."); got != "عن الرمل." {
			t.Errorf("%q", got)
		}
	}
}

// TestAReleaseMovesFromAPageToAFileOfItsOwn.
func TestAReleaseMovesFromAPageToAFileOfItsOwn(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("page.txt", news(newsA, newsB))
	h.run()
	h.sayOf("It will meet again.", "سيجتمع.")
	slug := h.view("the-council-met-in-the-old-town-on-monday", "ar").Release.Slug
	h.write("page.txt", news(newsB))
	h.write("council.md", "---\ntitle: The council\nslug: "+slug+"\n---\n\n"+newsA+"\n")
	told(t, "moved", h.run(), 0, 1, 1, 0, 0)
	if got := h.said("It will meet again."); got != "سيجتمع." {
		t.Errorf("%q", got)
	}
}

// TestAPageThatMovesLeavesItsRemovedReleasesRemoved.
func TestAPageThatMovesLeavesItsRemovedReleasesRemoved(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("page.txt", news(newsA, newsB))
	h.run()
	slug := h.view("the-council-met-in-the-old-town-on-monday", "ar").Release.Slug
	h.write("page.txt", news(newsB))
	h.run()
	h.write("other.md", release(slug, "council")) // takes the slug that is free
	h.run()
	h.rename("page.txt", "moved.txt")
	told(t, "moved", h.run(), 0, 0, 1, 0, 0)
	if there := h.slugs(); len(there) != 2 {
		t.Errorf("%v", there)
	}
}

func TestTwoReleasesSwapTheirSlugs(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("a.md", release("north", "snow"))
		h.write("b.md", release("south", "sand"))
		h.write("c.md", release("west", "salt"))
		h.run()
		h.sayOf("It is about sand.", "عن الرمل.")
		h.write("a.md", release("south", "snow"))
		h.write("b.md", release("north", "sand"))
		h.write("c.md", release("north", "salt")) // too late for it
		told(t, "swapped", h.run(), 0, 2, 0, 0, 1)
		if v := h.view("north", "ar"); h.row(v, "It is about sand.").Target.Standing.Text != "عن الرمل." {
			t.Error("the words are elsewhere")
		}
		if there := h.slugs(); !slices.Equal(there, []string{"north", "south", "west"}) {
			t.Errorf("%v", there)
		}
	})
}

// TestTwoFilesSwapTheirNames: neither release takes the other's text.
func TestTwoFilesSwapTheirNames(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("a.md", release("north", "snow"))
	h.write("b.md", release("south", "sand"))
	h.run()
	h.sayOf("It is about sand.", "عن الرمل.")
	h.write("a.md", release("south", "sand"))
	h.write("b.md", release("north", "snow"))
	told(t, "swapped", h.run(), 0, 0, 2, 0, 0)
	if got := h.said("It is about sand."); got != "عن الرمل." {
		t.Errorf("%q", got)
	}
	h.write("a.md", release("south", "sand")+"\nIt is new.\n")
	told(t, "changed", h.run(), 0, 1, 0, 0, 0)
}

func TestFileNamesOfAllKinds(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		names := []string{"news #5.md", "a#2.md", "a%00.md", "بيان.md", "' OR 1=1 --.md", "${HOME}.md", "a\\b.md", "UPPER.MD", strings.Repeat("long", 60) + ".md"}
		for i, name := range names {
			h.write(name, release(strings.Repeat("n", i+1), "snow"))
		}
		h.write("not\xffutf8.md", release("bad", "snow"))
		h.write("two\nlines.md", release("bad2", "snow"))
		h.write("\x1b[31mred.md", release("bad3", "snow"))
		if err := os.Mkdir(filepath.Join(h.dir, "fold\xffer"), 0o755); err != nil {
			t.Fatal(err)
		}
		h.write("fold\xffer/x.md", release("bad4", "snow"))
		r := h.run()
		told(t, "at first", r, len(names), 0, 0, 0, 4)
		for _, p := range r.Problems {
			if strings.Contains(p.Error(), "\xff") || strings.ContainsAny(p.Error(), "\n\x1b") {
				t.Errorf("%q says the name as it is", p)
			}
		}
		for i, name := range names {
			h.write(name, release(strings.Repeat("n", i+1), "sand"))
		}
		told(t, "changed", h.run(), 0, len(names), 0, 0, 4)
		told(t, "named", h.run(filepath.Join(h.dir, "news #5.md")), 0, 0, 0, 0, 0)
	})
}

// TestALinkOutOfTheContentFolder: whoever may put a file there must not have
// other files of the machine read.
func TestALinkOutOfTheContentFolder(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	secret := filepath.Join(t.TempDir(), "secret.md")
	if err := os.WriteFile(secret, []byte(release("secret", "keys")), 0o644); err != nil {
		t.Fatal(err)
	}
	h.write("real.md", release("north", "snow"))
	for name, to := range map[string]string{"out.md": secret, "within.md": "real.md", "circle.md": "circle.md", "nowhere.md": "gone.md"} {
		if err := os.Symlink(to, filepath.Join(h.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r := h.load()
	told(t, "links", r, 1, 0, 0, 0, 4) // within has a slug that is taken
	if there := h.slugs(); !slices.Equal(there, []string{"north"}) {
		t.Errorf("%v", there)
	}
}

func TestAContentFolderBehindALink(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "en")
	h := build(t, options{idle: true, pipeline: func(c *pipeline.Config) {
		if err := os.Symlink(c.Content, link); err != nil {
			t.Fatal(err)
		}
	}})
	h.write("a.md", release("north", "snow"))
	h.load()
	cfg := h.pipe.Config()
	cfg.Content = link
	var err error
	if h.pipe, err = pipeline.New(t.Context(), pipeline.Bind(h.store), cfg); err != nil {
		t.Fatal(err)
	}
	told(t, "behind a link", h.load(), 0, 0, 0, 0, 0)
	if there := h.slugs(); len(there) != 1 {
		t.Errorf("%v", there)
	}
}

// TestWhatCannotBeReadIsNotGone: a disk that is away for a while takes no
// release with it.
func TestWhatCannotBeReadIsNotGone(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	if err := os.Mkdir(filepath.Join(h.dir, "feb"), 0o755); err != nil {
		t.Fatal(err)
	}
	h.write("feb/a.md", release("north", "snow"))
	h.write("b.md", release("south", "sand"))
	told(t, "at first", h.load(), 2, 0, 0, 0, 0)
	h.remove("b.md")
	if err := os.Symlink("b.md", filepath.Join(h.dir, "b.md")); err != nil { // leads to itself
		t.Fatal(err)
	}
	told(t, "a file", h.load(), 0, 0, 0, 0, 1)
	h.remove("b.md")
	h.write("b.md", release("south", "sand"))
	if os.Geteuid() != 0 { // root reads everything
		if err := os.Chmod(filepath.Join(h.dir, "feb"), 0); err != nil {
			t.Fatal(err)
		}
		told(t, "a folder", h.load(), 0, 0, 0, 0, 1)
		if err := os.Chmod(h.dir, 0); err != nil {
			t.Fatal(err)
		}
		if r, err := h.pipe.Load(t.Context(), nil, edition.Today, nil); err == nil && (len(r.Problems) == 0 || len(r.Removed) != 0) {
			t.Errorf("the content folder: %+v", r)
		}
		for _, dir := range []string{h.dir, filepath.Join(h.dir, "feb")} {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	if there := h.slugs(); len(there) != 2 {
		t.Errorf("%v", there)
	}
	told(t, "in the end", h.load(), 0, 0, 0, 0, 0)
}
