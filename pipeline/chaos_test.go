package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/store"
	"dragoman/pipeline"
)

// chaos is a house in which people, files and workers do everything at once.
type chaos struct {
	*house
	pipes []*pipeline.Pipeline
	mu    sync.Mutex
	said  map[int64]edition.Version // what a person saved last for a target
}

// releases is how many there are.
const releases = 4

var sentences = strings.Split("One thing happened in the north.|Two things were said about it.|Three people came to see.|Four of them stayed for the night.|Five were seen again in Maasran.|Six civilians were injured in Kafranbel.|Activists confirmed the report.|Eight roads were closed by snow.", "|")

// text is a release with some of the sentences, some of them reworded.
func (c *chaos) text(r *rand.Rand, n int) string {
	var s []string
	for _, i := range r.Perm(len(sentences))[:3+r.IntN(5)] {
		t := sentences[i]
		if r.IntN(4) == 0 {
			t = strings.Replace(t, " ", " really ", 1)
		}
		s = append(s, t)
	}
	slug := fmt.Sprint("release-", n)
	if r.IntN(8) == 0 {
		slug = fmt.Sprint("release-", r.IntN(releases))
	}
	return fmt.Sprintf("---\ntitle: Release %d\nslug: %s\n---\n\n%s\n", n, slug, strings.Join(s, " "))
}

// expected are the errors of people who come too late.
func expected(err error) bool {
	var no *edition.Refusal
	var stale *pipeline.Stale
	return err == nil || errors.As(err, &no) || errors.As(err, &stale) || errors.Is(err, edition.ErrNotFound) || errors.Is(err, context.Canceled)
}

// person does something to some edition.
func (c *chaos) person(ctx context.Context, r *rand.Rand, who string) error {
	p := c.pipes[r.IntN(len(c.pipes))]
	lines, _, err := p.Queue(ctx, edition.Filter{Removed: true})
	if err != nil || len(lines) == 0 {
		return err
	}
	id := lines[r.IntN(len(lines))].ID
	switch r.IntN(16) {
	case 0:
		_, err = p.Withdraw(ctx, who, id, "why not")
	case 1:
		_, err = p.Reopen(ctx, who, id, "look again")
	case 2, 3, 4:
		_, err = p.Approve(ctx, who, id)
	case 5, 6, 7, 8:
		_, err = p.Publish(ctx, who, id)
	case 10:
		_, err = p.Retry(ctx, who)
	case 9:
		_, err = p.ApproveClean(ctx, who, id)
	default:
		err = c.segments(ctx, p, r, who, id)
	}
	return err
}

// segments works through the segments of an edition.
func (c *chaos) segments(ctx context.Context, p *pipeline.Pipeline, r *rand.Rand, who string, id int64) error {
	v, err := p.View(ctx, id, who)
	if err != nil {
		return err
	}
	for _, row := range v.Rows {
		switch t := row.Target; r.IntN(30) {
		case 0:
			_, err = p.Omit(ctx, who, t.ID, "no room")
		case 1:
			_, err = p.Reject(ctx, who, t.ID, "no")
		case 2:
			if len(row.Proposals) > 0 {
				var now *edition.Target
				if now, err = p.Decide(ctx, who, t.ID, row.Proposals[0].ID, true); err == nil {
					c.keep(now)
				}
			}
		default:
			text := fmt.Sprintf("قال %s شيئا عن %d %d", who, t.ID, r.IntN(1000))
			var now *edition.Target
			if t.State == edition.Reviewed && r.IntN(4) > 0 {
				continue
			}
			if now, err = p.Edit(ctx, who, t.ID, t.Standing.ID, text); err == nil {
				c.keep(now)
				for seq := range now.Standing.Findings {
					if _, err = p.Dismiss(ctx, who, t.ID, now.Standing.ID, seq, "it is right"); err != nil {
						break
					}
				}
				if err == nil {
					_, err = p.ApproveTarget(ctx, who, t.ID, now.Standing.ID)
				}
			}
		}
		if !expected(err) {
			return err
		}
	}
	return nil
}

func (c *chaos) keep(t *edition.Target) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v := t.Standing; v.Created.After(c.said[t.ID].Created) {
		c.said[t.ID] = v
	}
}

// folder changes, removes and renames releases.
func (c *chaos) folder(ctx context.Context, r *rand.Rand) error {
	n := r.IntN(releases)
	name := filepath.Join(c.dir, fmt.Sprintf("r%d.md", n))
	switch r.IntN(8) {
	case 0:
		_ = os.Remove(name)
	case 1:
		_ = os.Rename(name, filepath.Join(c.dir, fmt.Sprintf("r%d.md", r.IntN(releases))))
	default:
		if err := os.WriteFile(name, []byte(c.text(r, n)), 0o644); err != nil {
			return err
		}
	}
	_, err := c.pipes[r.IntN(len(c.pipes))].Load(ctx, nil, edition.Today, nil)
	return err
}

// cutOff ends what the workers do in the middle, and starts them again.
func (c *chaos) cutOff(ctx context.Context) error {
	hurry, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	_ = c.store.Stop(hurry) // it says that steps were cut off
	if err := c.store.Work(ctx, c.pipe.Handle, store.DefaultSlots()); err != nil {
		return err
	}
	_, err := c.pipes[0].Retry(ctx, "Nour")
	return err
}

// TestInWhateverOrder lets people, files and workers act at once, two programs
// of them on PostgreSQL, and then looks whether every promise holds.
func TestInWhateverOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		e := &stub{name: "mt", say: answerAll("نص من المحرك.")}
		c := &chaos{house: build(t, options{postgres: postgres, locales: []string{"ar", "fr"}, routes: route(e)}), said: map[int64]edition.Version{}}
		c.pipes = append(c.pipes, c.pipe)
		if postgres {
			s, err := store.Open(t.Context(), c.where, store.Options{Unsafe: true, Now: c.clock.now})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			p, err := pipeline.New(t.Context(), pipeline.Bind(s), c.pipe.Config())
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Work(t.Context(), p.Handle, store.DefaultSlots()); err != nil {
				t.Fatal(err)
			}
			c.pipes = append(c.pipes, p)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		var all sync.WaitGroup
		act := func(seed uint64, times int, f func(*rand.Rand) error) {
			all.Go(func() {
				r := rand.New(rand.NewPCG(seed, 7))
				for range times {
					if err := f(r); !expected(err) {
						t.Error(err)
						return
					}
				}
			})
		}
		const seed = 40
		act(seed, 25, func(r *rand.Rand) error { return c.folder(ctx, r) })
		act(seed+9, 6, func(*rand.Rand) error { return c.cutOff(ctx) })
		for i, who := range []string{"Lina", "Omar", "Nour"} {
			act(seed+1+uint64(i), 60, func(r *rand.Rand) error { return c.person(ctx, r, who) })
		}
		all.Wait()
		c.run()
		c.settle()
		c.holds()
	})
}

// holds checks that everything is as it should be when nothing is at work.
func (c *chaos) holds() {
	c.t.Helper()
	ctx := c.t.Context()
	lines, _, err := c.pipe.Queue(ctx, edition.Filter{Removed: true})
	if err != nil {
		c.t.Fatal(err)
	}
	states := map[edition.State]int{}
	for _, l := range lines {
		states[l.State]++
		v, err := c.pipe.View(ctx, l.ID, "Lina")
		if err != nil {
			c.t.Errorf("%s: %v", l.Slug, err)
			continue
		}
		c.counted(v)
		c.edition(v)
	}
	pages := 0
	for name := range c.files() {
		if strings.HasSuffix(name, ".json") {
			pages++
		}
	}
	ps, err := c.store.PublicList(ctx, "ar")
	fr, _ := c.store.PublicList(ctx, "fr")
	ps = append(ps, fr...)
	if err != nil || pages != len(ps) {
		c.t.Errorf("%d pages for %d records, %v", pages, len(ps), err)
	}
	c.t.Logf("%d editions: %v, %d public", len(lines), states, len(ps))
}

func (c *chaos) edition(v *pipeline.View) {
	c.t.Helper()
	rel, where := v.Release, fmt.Sprintf("%s (%s, %d)", v.Release.Key, v.State, v.ID)
	if v.State == edition.Drafting || v.State == edition.Failed && !strings.Contains(v.Reason, "gone") && !strings.Contains(v.Reason, "address") {
		c.t.Errorf("%s: %s", where, v.Reason)
	}
	if v.State != edition.Withdrawn && v.Revision != rel.Revision && rel.Removed.IsZero() {
		c.t.Errorf("%s answers an old revision", where)
	}
	done := v.State == edition.Approved || v.State == edition.Published || v.State == edition.Scheduled
	for _, r := range v.Rows {
		t := r.Target
		if done && t.State != edition.Final || !done && v.State != edition.Failed && v.State != edition.Withdrawn && t.State == edition.Final {
			c.t.Errorf("%s: segment %d is %s", where, t.Position+1, t.State)
		}
		if (t.State == edition.Reviewed || t.State == edition.Final) && t.ApprovedSource != r.Segment.Exact {
			c.t.Errorf("%s: segment %d is approved for another source", where, t.Position+1)
		}
		if want := c.said[t.ID]; want.ID != 0 && t.Standing.Text != want.Text {
			c.t.Errorf("%s: segment %d says %q, a person said %q", where, t.Position+1, t.Standing.Text, want.Text)
		}
	}
	ps, err := c.store.PublicPages(c.t.Context(), rel.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	ps = slices.DeleteFunc(ps, func(p edition.PublicPage) bool { return p.Edition != v.ID })
	if len(ps) == 1 && (ps[0].Gone || len(ps[0].Former) > 0) {
		c.t.Errorf("%s: pages %+v", where, ps)
	}
	if (len(ps) == 1) != !v.Public.IsZero() || v.State == edition.Published && len(ps) == 0 {
		c.t.Errorf("%s: public since %v, %d pages", where, v.Public, len(ps))
	}
	if len(ps) == 1 {
		if page := c.shown(v.Locale + "/" + ps[0].Slug + ".html"); page == "" {
			c.t.Errorf("%s: the page is not there", where)
		}
		if !c.listed(ps[0].Slug) {
			c.t.Errorf("%s: no list has it", where)
		}
	}
}
