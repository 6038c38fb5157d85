package store_test

import (
	"context"
	"testing"
	"time"

	"dragoman/content"
	"dragoman/glossary"
	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// TestWhatTheRoomsAsk reads on both databases what the desk's rooms show: what
// a concept was and where it stands, what was public when, how editions went.
func TestWhatTheRoomsAsk(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		sarqib := glossary.Concept{ID: "loc.sarqib", Kind: glossary.LOC, Source: "Sarqib", Targets: map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: "سرقب"}}}}}
		other := glossary.Concept{ID: "loc.idlib", Kind: glossary.LOC, Source: "Idlib"}
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.SaveGlossary(ctx, []glossary.Concept{sarqib, other}, "Noor", "first", "a")
			return err
		})
		sarqib.Targets = map[string]glossary.Terms{"ar": {Preferred: []glossary.Term{{Text: "سراقب"}}}}
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.SaveGlossary(ctx, []glossary.Concept{sarqib}, "Noor", "the town writes itself so", "b")
			return err
		})
		versions, total, err := s.GlossaryVersions(ctx, 1, 0)
		must(err)
		if total != 2 || len(versions) != 1 || versions[0].Number != 2 || versions[0].Concepts != 2 || versions[0].Author != "Noor" {
			t.Errorf("versions: %d, %+v", total, versions)
		}
		now, before, err := s.GlossaryChanges(ctx, 2, 10)
		must(err)
		if len(now) != 2 || before[0] == nil || before[0].Concept.Targets["ar"].Preferred[0].Text != "سرقب" || !now[1].Retired {
			t.Errorf("changes: %+v, %+v", now, before)
		}
		history, err := s.ConceptHistory(ctx, "loc.sarqib")
		must(err)
		if len(history) != 2 || history[1].Reason != "the town writes itself so" {
			t.Errorf("history: %+v", history)
		}

		rel, rev, segs := addRelease(t, s, "visit", "They visited Sarqib.", "They left.")
		_ = rev
		e := edition.Edition{Release: rel.ID, Locale: "ar", State: edition.Drafting, Revision: rel.Revision}
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			es := []edition.Edition{e}
			err := tx.AddEditions(ctx, es)
			e = es[0]
			return err
		})
		tg := &edition.Target{Edition: e.ID, Segment: segs[0].ID, State: edition.Translated}
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.AddTargets(ctx, []*edition.Target{tg}); err != nil {
				return err
			}
			v := &edition.Version{Target: tg.ID, Text: "زاروا سرقب.", Origin: edition.Origin{Kind: edition.FromEngine, Engine: "e"}, Findings: []edition.Finding{
				{Rule: "term.missing", Severity: edition.Error, Args: map[string]string{"Concept": "loc.sarqib", "Expected": "سراقب", "Hint": "سرقب"}},
				{Rule: "numbers.missing", Severity: edition.Warning},
			}}
			if err := tx.AddVersions(ctx, []*edition.Version{v}); err != nil {
				return err
			}
			tg.Stand(*v)
			return tx.SaveTarget(ctx, tg)
		})
		for _, state := range []edition.State{edition.InReview, edition.InReview, edition.Approved, edition.Published} {
			e.State = state
			in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveEdition(ctx, &e) })
		}
		flows, err := s.Flows(ctx, time.Now().Add(-time.Hour))
		must(err)
		seen := map[[2]edition.State]int{}
		for _, f := range flows {
			seen[[2]edition.State{f.Was, f.Now}] += f.Editions
		}
		for _, step := range [][2]edition.State{{"", edition.Drafting}, {edition.Drafting, edition.InReview}, {edition.InReview, edition.Approved}, {edition.Approved, edition.Published}} {
			if seen[step] != 1 || len(seen) != 4 {
				t.Errorf("%v: %d of %v", step, seen[step], seen)
			}
		}
		times, err := s.ReviewTimes(ctx, time.Now().Add(-time.Hour))
		must(err)
		if len(times) != 1 || times[0].Took <= 0 {
			t.Errorf("times to review: %+v", times)
		}
		waits, err := s.WaitingSince(ctx)
		must(err)
		if len(waits) != 0 {
			t.Errorf("waiting: %+v", waits)
		}
		sums, err := s.FindingSums(ctx)
		must(err)
		wrong, err := s.WrongNames(ctx)
		must(err)
		if len(sums) != 2 || len(wrong) != 1 || wrong[0].Kind != edition.FromEngine || wrong[0].Wrong != 1 {
			t.Errorf("findings %+v, wrong names %+v", sums, wrong)
		}
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Dismiss(ctx, tg.Standing.ID, 0, "Lina", "as it is said")
		})
		dismissed, err := s.TermDismissals(ctx, []string{"ar", "fr"}, 10)
		must(err)
		if len(dismissed) != 1 || dismissed[0].Concept != "loc.sarqib" || dismissed[0].Found != "سرقب" || dismissed[0].By != "Lina" {
			t.Errorf("dismissed: %+v", dismissed)
		}
		if wrong, err = s.WrongNames(ctx); err != nil || len(wrong) != 0 {
			t.Errorf("wrong names after it was dismissed: %+v, %v", wrong, err)
		}

		newest, from, err := s.NewestTexts(ctx, 1)
		must(err)
		n := 0
		must(s.EachSourceText(ctx, from-1, 10, func(id int64, _ string) error { n++; newest = min(newest, id); return nil }))
		if n != 2 {
			t.Errorf("%d texts", n)
		}
		ed, position, title, err := s.TextPlace(ctx, segs[0].SourceID, []string{"ar"})
		must(err)
		if ed != e.ID || position != segs[0].Position || title != "visit" {
			t.Errorf("place %d %d %s", ed, position, title)
		}

		page := edition.PublicPage{Edition: e.ID, Release: rel.ID, Locale: "ar", Slug: "visit", At: time.Now(), Modified: time.Now(), Hash: content.ExactHash("x"), Entry: []byte(`{}`), Body: []byte(`{"title":"x"}`)}
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SavePublic(ctx, page, "publish") })
		page.Hash, page.Body = content.ExactHash("y"), []byte(`{"title":"y"}`)
		in(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SavePublic(ctx, page, "correct") })
		for search, want := range map[string]int{"": 1, "VIS": 1, "%": 0, "elsewhere": 0} {
			lines, total, err := s.PublicLines(ctx, edition.PublicFilter{Locales: []string{"ar"}, Search: search, Limit: 10})
			must(err)
			if total != want || len(lines) != want || want > 0 && (lines[0].Title != "visit" || lines[0].Acts != 2 || lines[0].State != edition.Published) {
				t.Errorf("%q: %d, %+v", search, total, lines)
			}
		}
		log, err := s.PublicLog(ctx, e.ID)
		must(err)
		if len(log) != 2 || log[0].Act != "publish" || string(log[0].Body) != `{"title":"x"}` || string(log[1].Body) != `{"title":"y"}` {
			t.Errorf("log: %+v", log)
		}
	})
}

// Where a concept stands comes by the newest texts.
func TestConceptUses(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		in(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.SaveGlossary(ctx, []glossary.Concept{{ID: "loc.sarqib", Kind: glossary.LOC, Source: "Sarqib"}}, "Noor", "first", "a")
			return err
		})
		_, ids, _, err := s.Glossary(t.Context())
		if err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		if uses, err := s.ConceptUses(t.Context(), ids[0], "ar", 10); err != nil || len(uses) != 0 {
			t.Errorf("%+v, %v", uses, err)
		}
	})
}
