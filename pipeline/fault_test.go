package pipeline_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/publish"
	"dragoman/internal/store"
	"dragoman/pipeline"
)

// refuser is a public folder that cannot be written for a while.
type refuser struct {
	*publish.Writer
	down atomic.Bool
}

func (r *refuser) WriteAll(files []publish.File) (int, error) {
	if r.down.Load() {
		return 0, &publish.Error{Path: "public", What: "the folder cannot be written", Remedy: "change its permissions", Err: fs.ErrPermission}
	}
	return r.Writer.WriteAll(files)
}

func TestAPublicFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	out := &refuser{}
	h := build(t, options{pipeline: func(c *pipeline.Config) {
		out.Writer = c.Public.(*publish.Writer)
		c.Public = out
	}})
	h.write("rev.md", first)
	h.run()
	for _, r := range h.view("rev", "ar").Rows {
		h.say("Lina", r, words[r.Segment.Source])
	}
	h.approveAll("Omar", "rev", "ar")
	v := h.view("rev", "ar")
	out.down.Store(true)
	job := edition.Job{Kind: "publish", Subject: v.ID, Attempt: 4, Last: true}
	if err := h.pipe.Handle(t.Context(), job); !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("got %v", err)
	}
	if v = h.view("rev", "ar"); v.State != edition.Failed || !strings.Contains(v.Reason, "change its permissions") {
		t.Errorf("%s %q", v.State, v.Reason)
	}
	if len(h.files()) != 0 {
		t.Errorf("something was written: %v", h.files())
	}
	out.down.Store(false)
	if _, err := h.pipe.Retry(t.Context(), "Omar"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if v = h.view("rev", "ar"); v.State != edition.Published {
		t.Errorf("after the retry it is %s", v.State)
	}
}

func TestAFullDisk(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	h.write("attack.md", attack)
	free, err := h.store.FillUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.write("large.md", "# Large\n\n"+strings.Repeat("Nobody had seen this coming, "+strings.Repeat("nor did anybody expect it, ", 500)+"as was said. ", 30)+"\n")
	if _, err := h.pipe.Load(t.Context(), nil, edition.Today, nil); !errors.Is(err, store.ErrFull) {
		t.Fatalf("got %v", err)
	}
	if err := free(); err != nil {
		t.Fatal(err)
	}
	h.run()
	if v := h.view("attack", "ar"); v.State != edition.InReview {
		t.Errorf("state %s", v.State)
	}
}

// TestAFileThatChangesWhileItIsRead has a writer save two versions in turns;
// whatever is taken is one of them, whole.
func TestAFileThatChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	path := filepath.Join(h.dir, "busy.md")
	one := "---\ntitle: Busy\nslug: busy\n---\n\n" + strings.Repeat("One sentence stands here, "+strings.Repeat("and goes on, ", 300)+"and ends. ", 10) + "end\n"
	two := "---\ntitle: Busy\nslug: busy\n---\n\n" + strings.Repeat("Another one stands here now, "+strings.Repeat("and goes on for longer, ", 300)+"and ends. ", 12) + "end\n"
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ctx.Err() == nil; i++ {
			text := one
			if i%2 == 1 {
				text = two
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for range 20 {
		if _, err := h.pipe.Load(t.Context(), nil, edition.Today, nil); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	<-done
	if err := os.WriteFile(path, []byte(two), 0o644); err != nil {
		t.Fatal(err)
	}
	h.work()
	h.run()
	rels, err := h.store.LiveReleases(t.Context())
	if err != nil || len(rels) != 1 {
		t.Fatalf("%v, %v", rels, err)
	}
	rev, err := h.store.Revision(t.Context(), rels[0].Revision)
	if err != nil || string(rev.Bytes) != two {
		t.Errorf("the newest revision is not what was saved last: %d bytes, %v", len(rev.Bytes), err)
	}
}
