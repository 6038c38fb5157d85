package desk_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// buildRooms makes a house in which each room has something to show: a change of the
// glossary that was applied and waits for reviewers, and one that is not.
func buildRooms(t *testing.T) (*house, map[string]string) {
	t.Helper()
	h := build(t, options{files: map[string]string{"attack.md": attack, "towns.md": town, "camps.md": camps}})
	tg := h.target("towns", "ar", 2)
	_, err := h.pipe.ApproveTarget(t.Context(), "Lina", tg.ID, tg.Standing.ID)
	h.must(err)
	applied := h.rename("loc.kafranbel", "كفر نبل", "as the town writes itself")
	batch, err := h.pipe.Apply(t.Context(), "terminologist", applied.ID)
	h.must(err)
	h.settle()
	h.must(h.pipe.Refresh(t.Context()))
	draft := h.rename("loc.maasran", "معصرين", "as the council writes it")
	groups, _, err := h.pipe.Groups(t.Context(), batch.ID, edition.GroupFilter{})
	h.must(err)
	if len(groups) == 0 {
		t.Fatal("the batch has no groups")
	}
	b := "/batches/" + itoa(batch.ID)
	log := h.publishTwice()
	return h, map[string]string{
		"glossary":          "/glossary",
		"glossary-concept":  "/concepts/loc.maasran?locale=ar",
		"glossary-edit":     "/concepts/loc.maasran/edit",
		"glossary-import":   "/glossary/import",
		"glossary-proposed": "/glossary/proposed",
		"glossary-history":  "/glossary/history?version=1",
		"batches":           "/batches",
		"change":            "/changes/" + itoa(draft.ID),
		"batch":             b,
		"published":         "/published",
		"published-log":     log,
		"memory":            "/memory",
		"memory-templates":  "/memory/templates",
		"dashboard":         "/dashboard",
		"engines":           "/engines",
		"batch-group":       b + "/groups/" + itoa(groups[0].ID),
	}
}

// Every room is there in English and Arabic, on a laptop and a phone, is
// mirrored, sticks out nowhere and keeps nobody from using it.
func TestABrowserSeesTheRooms(t *testing.T) {
	t.Parallel()
	h, pages := buildRooms(t)
	for _, lang := range []string{"en", "ar"} {
		for _, size := range []struct {
			name          string
			width, height int64
			phone         bool
		}{{"wide", 1280, 860, false}, {"phone", 360, 740, true}} {
			t.Run(lang+" "+size.name, func(t *testing.T) {
				t.Parallel()
				var opts []chromedp.EmulateViewportOption
				if size.phone {
					opts = append(opts, chromedp.EmulateMobile, chromedp.EmulateTouch)
				}
				b := h.tab(t, size.width, size.height, opts...)
				who := "admin " + lang + " " + size.name // a new link ends the one before
				h.must(h.store.InTx(t.Context(), func(tx *store.Tx) error {
					return tx.SavePerson(t.Context(), &edition.Person{Name: who, Role: "admin"}, "test")
				}))
				b.signIn(who)
				if lang != "en" {
					b.speak(lang)
				}
				for name, path := range pages {
					b.open(path)
					if dir := eval[string](b, `document.documentElement.dir`); (dir == "rtl") != (lang == "ar") {
						t.Errorf("%s in %s runs %s", path, lang, dir)
					}
					b.inspect(path)
					b.shot(fmt.Sprintf("room-%s-%s-%s", name, lang, size.name))
				}
			})
		}
	}
}

// A room's page is small, in every language, and has no holes.
func TestRoomsAreSmall(t *testing.T) {
	t.Parallel()
	h, pages := buildRooms(t)
	b := h.as("admin")
	for _, lang := range []string{"en", "ar", "fr"} {
		b.lang = lang
		for _, path := range pages {
			a := b.get(path)
			if a.Status != http.StatusOK || len(a.Body) > maxPage {
				t.Errorf("%s in %s: %d, %d bytes", path, lang, a.Status, len(a.Body))
			}
			if m := hole.FindString(a.Body); m != "" {
				t.Errorf("%s in %s: %s", path, lang, m)
			}
			inspect(t, path, a.Body)
		}
	}
}

// roomWords are the sentences of the rooms whose names are made at run time.
func roomWords() (ids []string) {
	add := func(prefix string, names ...string) {
		for _, n := range names {
			ids = append(ids, prefix+n)
		}
	}
	add("desk.glossary.list.", "preferred", "accepted", "derived", "forbidden")
	add("desk.glossary.class.", "preferred", "accepted", "derived", "forbidden", "unlisted", "none")
	add("desk.glossary.change.", "added", "removed", "changed", "merged")
	add("desk.glossary.column.", "number", "kind", "flags", "valid-from", "valid-to", "replaced-by", "en", "en-variants", "rule", "note")
	add("desk.glossary.rule.", "blocked", "licence", "keep-case", "warn-only")
	add("desk.change.status.", "draft", "scheduled", "applied", "discarded")
	for _, k := range edition.Classes() {
		add("desk.change.class.", string(k))
		add("desk.change.of.", string(k))
	}
	add("desk.change.does.", "nothing", "swap", "propose", "retranslate", "task")
	add("desk.change.why.", "omitted", "empty", "right", "no-swap", "others", "not-clear", "missing", "forbidden", "unknown")
	add("desk.change.hint-", "id", "rule", "flags")
	for _, s := range []edition.BatchState{edition.BatchRunning, edition.BatchPaused, edition.BatchDone, edition.BatchCancelled, edition.BatchUndoing, edition.BatchUndone} {
		add("desk.batch.state.", string(s))
	}
	for _, p := range append(edition.Phases(), edition.PhaseUndo) {
		add("desk.batch.phase.", string(p))
	}
	for _, s := range edition.ItemStatuses() {
		add("desk.batch.status.", string(s))
	}
	add("desk.batch.tells.", "machine", "person", "published")
	add("desk.batch.done.", "pause", "resume", "cancel", "undo", "publish", "applied", "later", "taught", "accepted", "rejected", "left")
	add("nav.", "queue", "batches", "glossary", "memory", "published", "engines", "dashboard")
	add("desk.house.act.", "publish", "correct", "move", "withdraw")
	add("desk.house.waits.", "today", "days", "week", "month", "longer")
	add("desk.house.origin.", "memory", "repair", "engine", "person", "none")
	add("desk.house.step.", edition.TermSteps()...)
	add("desk.house.breaker.", "closed", "half-open", "open", "none")
	add("desk.refusal.", "month")
	return ids
}

// publishTwice publishes a release in French, and again with a correction. It
// gives the address of its log.
func (h *house) publishTwice() string {
	h.t.Helper()
	h.publish("camps", "fr", "Les camps", "Les habitants ont fui vers Atmé.", "Les camps près d’Atmé sont pleins.")
	_, err := h.pipe.Reopen(h.t.Context(), "Lina", h.view("camps", "fr", "").ID, "a name")
	h.must(err)
	h.publish("camps", "fr", "Les camps", "Les habitants ont fui vers Atmeh.", "Les camps près d’Atmeh sont pleins.")
	return "/published/" + itoa(h.view("camps", "fr", "").ID)
}

// finish gives an edition its words, from Omar, and Lina's approval.
func (h *house) finish(slug, locale string, texts ...string) {
	h.t.Helper()
	ctx := h.t.Context()
	v := h.view(slug, locale, "")
	for i, r := range v.Rows {
		t, err := h.pipe.Edit(ctx, "Omar", r.Target.ID, r.Target.Standing.ID, texts[i])
		h.must(err)
		_, err = h.pipe.ApproveTarget(ctx, "Lina", t.ID, t.Standing.ID)
		h.must(err)
	}
	_, err := h.pipe.Approve(ctx, "Lina", v.ID)
	h.must(err)
}

// publish finishes an edition and puts it before the public.
func (h *house) publish(slug, locale string, texts ...string) {
	h.t.Helper()
	h.finish(slug, locale, texts...)
	_, err := h.pipe.Publish(h.t.Context(), "Lina", h.view(slug, locale, "").ID)
	h.must(err)
	h.until("it is published", func() bool { return h.view(slug, locale, "").State == edition.Published })
}
