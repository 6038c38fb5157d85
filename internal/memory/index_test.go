package memory

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dragoman/content"
	"dragoman/internal/edition"
)

// fullScan is what fuzzy must equal: every source compared with the whole
// matrix of the edit distance.
func fullScan(c *core, text string, locale uint8, threshold int) []hit {
	s := new(search)
	s.load(c, text)
	var out []hit
	for src := uint32(1); src < uint32(c.sources.n); src++ {
		terms := c.terms(nil, src)
		weight := 0
		for _, t := range terms {
			weight += int(t.weight)
		}
		score := likeness(matrix(s.query, terms), s.weight, weight)
		if score >= threshold && c.worth(src, locale, score) >= threshold {
			out = append(out, hit{src, score, sameClasses(s.query, terms)})
		}
	}
	slices.SortFunc(out, func(a, b hit) int {
		if a.score != b.score {
			return b.score - a.score
		}
		return int(a.source) - int(b.source)
	})
	return out
}

// worths are the hits' scores after penalties, best first.
func worths(c *core, hits []hit) []int {
	var out []int
	for _, h := range hits {
		out = append(out, c.worth(h.source, 0, h.score))
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

// matrix is the edit distance without any shortcut.
func matrix(a, b []term) int {
	prev := make([]int, len(b)+1)
	for j, t := range b {
		prev[j+1] = prev[j] + int(t.weight)
	}
	for _, t := range a {
		row := make([]int, len(b)+1)
		row[0] = prev[0] + int(t.weight)
		for j, u := range b {
			row[j+1] = min(prev[j]+substitution(t, u), prev[j+1]+int(t.weight), row[j]+int(u.weight))
		}
		prev = row
	}
	return prev[len(b)]
}

func TestFuzzyFindsAllThatAFullScanFinds(t *testing.T) {
	t.Parallel()
	for _, threshold := range []int{30, 50, 70, 85, 95, 100} {
		t.Run(fmt.Sprint(threshold), func(t *testing.T) {
			t.Parallel()
			w := newWriter(uint64(threshold), 400, 40)
			ix := NewIndex(Options{Names: newFakeNames(), Penalties: map[string]int{"old": 7}})
			ix.core.Load().least = 50 // so that some classes are common
			for id := range int64(800) {
				e := Entry{ID: id + 1, Locale: "ar", Source: w.sentence(), Target: "x"}
				if id%3 == 0 {
					e.Locale = "fr"
				}
				if id%5 == 0 {
					e.Origin = "old"
				}
				must(t, ix.Add(e))
			}
			c := ix.core.Load()
			found := 0
			for range 60 {
				q := w.mutate(w.sentence(), w.r.IntN(6))
				want := fullScan(c, q, 0, threshold)
				got := c.fuzzy(new(search), q, 0, threshold, 1<<30)
				if d := cmp.Diff(want, got, cmp.AllowUnexported(hit{})); d != "" {
					t.Fatalf("%q: full scan and index differ: %s", q, d)
				}
				found += len(want)
				const keep = 5
				best, top := worths(c, want), worths(c, c.fuzzy(new(search), q, 0, threshold, keep))
				if d := cmp.Diff(best[:min(keep, len(best))], top[:min(keep, len(top))]); d != "" {
					t.Fatalf("%q: the best %d differ: %s", q, keep, d)
				}
			}
			if found == 0 {
				t.Fatal("the queries match nothing: the test proves nothing")
			}
		})
	}
}

// TestFuzzyEqualsAFullScan holds look-ups of every threshold against a full
// scan, over small indexes of every kind: of few words, so that all are
// common, and of many; of short texts and long ones; some entries removed.
func TestFuzzyEqualsAFullScan(t *testing.T) {
	t.Parallel()
	found := 0
	for seed := range uint64(16) {
		w := newWriter(seed, 20<<(seed%6), 3+int(seed))
		ix := NewIndex(Options{Names: newFakeNames(), Penalties: map[string]int{"old": 3}})
		c := ix.core.Load()
		c.least = uint32(1 + seed*seed%60)
		for id := range int64(40 + 8*seed) {
			e := Entry{ID: id + 1, Locale: "ar", Source: w.mutate(w.sentence(), w.r.IntN(4)), Target: "x"}
			for seed == 11 && id%40 < 2 && len(e.Source) < 4000 { // too many words to be counted
				e.Source += " " + w.sentence()
			}
			if id%3 == 0 {
				e.Origin = "old"
			}
			must(t, ix.Add(e))
			if id%7 == 6 {
				ix.Remove(1 + w.r.Int64N(id))
			}
		}
		s := new(search)
		for threshold := 1; threshold <= 100; threshold++ {
			e, ok := ix.Get(1 + w.r.Int64N(42))
			if !ok {
				e.Source = w.sentence()
			}
			q, keep := w.mutate(e.Source, w.r.IntN(5)), 1+w.r.IntN(20)
			want := fullScan(c, q, 0, threshold)
			if d := cmp.Diff(want, c.fuzzy(s, q, 0, threshold, 1<<30), cmp.AllowUnexported(hit{}), cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("seed %d, threshold %d, %q: full scan and index differ: %s", seed, threshold, q, d)
			}
			best, top := worths(c, want), worths(c, c.fuzzy(s, q, 0, threshold, keep))
			if d := cmp.Diff(best[:min(keep, len(best))], top[:min(keep, len(top))]); d != "" {
				t.Fatalf("seed %d, threshold %d, %q: the best %d differ: %s", seed, threshold, q, keep, d)
			}
			found += len(want)
		}
	}
	if found < 1000 {
		t.Fatalf("the queries match %d sources: the test proves little", found)
	}
}

// TestPostingsGiveWhatWasAdded: steps of every length, as a list and as bits.
func TestPostingsGiveWhatWasAdded(t *testing.T) {
	t.Parallel()
	w := newWriter(9, 30, 5)
	for round := range 200 {
		var p posting
		var want []uint32
		src := uint32(0)
		for range 1 + w.r.IntN(60) {
			src += uint32(1 + w.r.IntN([]int{2, 300, 3000, 100_000}[round%4]))
			want = append(want, src)
			p.add(src, 1<<30)
		}
		if round%3 == 0 {
			p.toBits()
		}
		shared := make([]uint8, src/64*64+64)
		got := p.count(shared, nil, 3, 3)
		if p.common {
			got = reaching(shared, nil, 3)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("round %d: %s", round, d)
		}
	}
}

func TestDistanceEqualsTheMatrix(t *testing.T) {
	t.Parallel()
	w := newWriter(7, 30, 5)
	list := func() []term {
		out := make([]term, w.r.IntN(12))
		for i := range out {
			id := termID(w.r.IntN(9))
			out[i] = term{id, id, fullWeight}
			switch {
			case id == 8:
				out[i].weight = punctWeight
			case id > 4:
				out[i].class = 5
			}
		}
		return out
	}
	for range 20000 {
		a, b, limit := list(), list(), w.r.IntN(80)
		want := matrix(a, b)
		got, _ := distance(a, b, limit, nil)
		if want <= limit && got != want || want > limit && got <= limit {
			t.Fatalf("distance(%v, %v, limit %d) = %d, the matrix says %d", a, b, limit, got, want)
		}
	}
}

func TestLookupOrder(t *testing.T) {
	t.Parallel()
	h := content.NormalisedHash
	before, after := h("The one before."), h("The one after.")
	ix := NewIndex(Options{Names: newFakeNames(), Penalties: map[string]int{"import": 4}})
	add := func(id int64, source, target string, more func(*Entry)) {
		e := Entry{ID: id, Locale: "ar", Source: source, Target: target, Created: id}
		if more != nil {
			more(&e)
		}
		must(t, ix.Add(e))
	}
	add(1, "The town was bombed.", "one", nil)
	add(2, "The town was bombed.", "two", func(e *Entry) { e.Prev, e.Next = before, after })
	add(3, "He said “no” – again.", "three", nil)
	add(4, "The hospital was put out of service again.", "four", nil)
	add(5, "See ⟦1⟧the report⟦/1⟧ here.", "⟦1⟧التقرير⟦/1⟧ هنا", nil)
	add(6, "Only in French.", "six", func(e *Entry) { e.Locale = "fr" })
	add(7, "An imported sentence.", "seven", func(e *Entry) { e.Origin = "import" })
	type row struct {
		ID        int64
		Kind      edition.OriginKind
		Score     int
		Target    string
		Ambiguous bool
	}
	for _, tt := range []struct {
		name string
		q    Query
		want []row
	}{
		{"in context", Query{Text: "The town was bombed.", Prev: before, Next: after}, []row{
			{2, edition.FromContext, 100, "two", false}, {1, edition.FromExact, 100, "one", false}}},
		{"ambiguous", Query{Text: "The town was bombed."}, []row{
			{2, edition.FromExact, 95, "two", true}, {1, edition.FromExact, 95, "one", true}}},
		{"normalised", Query{Text: `He said "no" - again.`}, []row{{3, edition.FromNormalised, 99, "three", false}}},
		{"capitals are fuzzy", Query{Text: `He said “No” – again.`}, []row{{3, edition.FromFuzzy, 98, "three", false}}},
		{"fuzzy", Query{Text: "The hospital was put out of service yesterday."}, []row{{4, edition.FromFuzzy, 88, "four", false}}},
		{"below the threshold", Query{Text: "The hospital was rebuilt."}, nil},
		{"threshold of the query", Query{Text: "Put out of service.", Threshold: 40}, []row{
			{4, edition.FromFuzzy, 52, "four", false}}},
		{"codes of other numbers", Query{Text: "See ⟦4⟧the report⟦/4⟧ here."}, []row{
			{5, edition.FromExact, 100, "⟦4⟧التقرير⟦/4⟧ هنا", false}}},
		{"codes lost", Query{Text: "See the report here.", Threshold: 60}, []row{{5, edition.FromFuzzy, 68, "⟦1⟧التقرير⟦/1⟧ هنا", false}}},
		{"other locale", Query{Text: "Only in French."}, nil},
		{"penalty", Query{Text: "An imported sentence."}, []row{{7, edition.FromExact, 96, "seven", false}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Locale = "ar"
			var got []row
			for _, m := range ix.Lookup(tt.q) {
				got = append(got, row{m.Entry.ID, m.Kind, m.Score, m.Target, m.Ambiguous})
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestOldPairsComeLater: of what is as like, what was approved lately comes
// first; what has no date is not old.
func TestOldPairsComeLater(t *testing.T) {
	t.Parallel()
	ix := NewIndex(Options{OldPenalty: 2, OldBefore: 1000})
	must(t, ix.AddAll([]Entry{
		{ID: 1, Locale: "ar", Source: "The town was bombed again.", Target: "one", Created: 999},
		{ID: 2, Locale: "ar", Source: "The town was bombed today.", Target: "two", Created: 1000},
		{ID: 3, Locale: "ar", Source: "The town was bombed twice.", Target: "three"},
	}))
	var got []string
	for _, m := range ix.Lookup(Query{Locale: "ar", Text: "The town was bombed."}) {
		got = append(got, fmt.Sprint(m.Target, " ", m.Score))
	}
	if want := "[two 81 three 81 one 79]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if m := ix.Lookup(Query{Locale: "ar", Text: "The town was bombed again."})[0]; m.Score != 98 || m.Kind != edition.FromExact {
		t.Errorf("the old pair itself is %s, %d", m.Kind, m.Score)
	}
}

func TestLookupAllAddsFuzzyToExact(t *testing.T) {
	t.Parallel()
	ix := NewIndex(Options{})
	must(t, ix.AddAll([]Entry{
		{ID: 1, Locale: "ar", Source: "The town was bombed again.", Target: "one"},
		{ID: 2, Locale: "ar", Source: "The town was bombed.", Target: "two"},
	}))
	q := Query{Locale: "ar", Text: "The town was bombed."}
	if got := len(ix.Lookup(q)); got != 1 {
		t.Errorf("%d matches, want the exact one", got)
	}
	q.All = true
	if got := len(ix.Lookup(q)); got != 2 {
		t.Errorf("%d matches with All, want 2", got)
	}
}

func TestEntriesComeAndGo(t *testing.T) {
	t.Parallel()
	w := newWriter(3, 200, 30)
	ix := NewIndex(Options{Names: newFakeNames()})
	live := map[int64]Entry{}
	check := func() {
		t.Helper()
		if ix.Len() != len(live) {
			t.Fatalf("Len is %d, want %d", ix.Len(), len(live))
		}
		for id, e := range live {
			got, ok := ix.Get(id)
			if !ok {
				t.Fatalf("entry %d is gone", id)
			}
			if d := cmp.Diff(e, got); d != "" {
				t.Fatalf("entry %d: %s", id, d)
			}
			ms := ix.Lookup(Query{Locale: e.Locale, Text: e.Source, Limit: 100})
			if !slices.ContainsFunc(ms, func(m Match) bool { return m.Entry.ID == id || m.Target == e.Target }) {
				t.Fatalf("entry %d is not found by its text %q", id, e.Source)
			}
		}
	}
	for round := range 6 {
		for range 200 {
			id := int64(1 + w.r.IntN(300))
			switch w.r.IntN(3) {
			case 0:
				_, want := live[id]
				if ix.Remove(id) != want {
					t.Fatalf("Remove(%d) is not %v", id, want)
				}
				delete(live, id)
			default:
				e := Entry{
					ID: id, Locale: []string{"ar", "fr"}[w.r.IntN(2)], Source: w.sentence(), Target: w.sentence(),
					Prev: content.NormalisedHash(w.word()), Origin: "human", Created: int64(w.r.IntN(1000)), Confidential: id%7 == 0,
				}
				must(t, ix.Add(e))
				live[id] = e
			}
		}
		check()
		switch round {
		case 2:
			must(t, ix.Compact())
			if g := ix.Stats().Garbage; g != 0 {
				t.Fatalf("%d bytes of garbage after Compact", g)
			}
			check()
		case 4:
			ix.SetNames(nil)
			check()
		}
	}
	n := 0
	for range ix.All() {
		n++
	}
	if n != len(live) {
		t.Errorf("All gives %d entries, want %d", n, len(live))
	}
}

func TestLocalesShareASource(t *testing.T) {
	t.Parallel()
	ix := NewIndex(Options{})
	for i, l := range []string{"ar", "fr", "tr", "es", "ru"} {
		must(t, ix.Add(Entry{ID: int64(i + 1), Locale: l, Source: "One source.", Target: l}))
	}
	if st := ix.Stats(); st.Sources != 1 || st.Entries != 5 || st.Locales["tr"] != 1 {
		t.Errorf("stats are %+v", st)
	}
	if ms := ix.Lookup(Query{Locale: "es", Text: "One source."}); len(ms) != 1 || ms[0].Target != "es" {
		t.Errorf("Spanish gives %+v", ms)
	}
}

func TestNewNamesCountAtOnce(t *testing.T) {
	t.Parallel()
	ix := NewIndex(Options{NoRepair: true})
	must(t, ix.Add(Entry{ID: 1, Locale: "ar", Source: "They went to Khan Sheikhoun.", Target: "x"}))
	q := Query{Locale: "ar", Text: "They went to Maasran.", Threshold: 1}
	if s := ix.Lookup(q)[0].Score; s >= 70 {
		t.Errorf("without names the score is %d", s)
	}
	ix.SetNames(newFakeNames())
	if s := ix.Lookup(q)[0].Score; s < 90 {
		t.Errorf("with names the score is %d", s)
	}
}

func TestUnusableEntries(t *testing.T) {
	t.Parallel()
	ix := NewIndex(Options{})
	for _, e := range []Entry{{}, {ID: 1, Locale: "ar"}, {ID: 1, Source: "x"}, {ID: -1, Locale: "ar", Source: "x"}} {
		if ix.Add(e) == nil {
			t.Errorf("%+v was taken", e)
		}
	}
	for _, text := range []string{"", " ", "⟦", "⟦1", "⟦/⟧", "\xff\xfe", "…", string(make([]byte, 100_000))} {
		must(t, ix.Add(Entry{ID: 9, Locale: "ar", Source: "a" + text, Target: text}))
		if ms := ix.Lookup(Query{Locale: "ar", Text: "a" + text}); len(ms) == 0 {
			t.Errorf("%.20q is not found", "a"+text)
		}
		ix.Lookup(Query{Locale: "ar", Text: text})
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	w := newWriter(5, 200, 20)
	ix := NewIndex(Options{Names: newFakeNames()})
	var es []Entry
	for id := range int64(2000) {
		es = append(es, Entry{ID: id + 1, Locale: "ar", Source: w.sentence(), Target: "x"})
	}
	var wg sync.WaitGroup
	wg.Go(func() { must(t, ix.AddAll(es)) })
	wg.Go(func() {
		for id := range int64(500) {
			ix.Remove(2*id + 1)
		}
	})
	wg.Go(func() { ix.SetNames(newFakeNames()) })
	wg.Go(func() { must(t, ix.Compact()) })
	for part := range 2 {
		wg.Go(func() {
			for i := range 300 {
				ix.Lookup(Query{Locale: "ar", Text: es[part*1000+i].Source})
			}
		})
	}
	wg.Wait()
	must(t, ix.AddAll(es))
	for _, e := range es {
		if ms := ix.Lookup(Query{Locale: "ar", Text: e.Source}); len(ms) == 0 || ms[0].Score != exactScore {
			t.Fatalf("%q: %+v", e.Source, ms)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestLongQueriesTakeNoLongerThanShortOnes: a text of 100,000 characters is
// found exactly or not at all, in bounded time.
func TestLongQueriesTakeNoLongerThanShortOnes(t *testing.T) {
	t.Parallel()
	ix := NewIndex(Options{Names: starterNames(t)})
	w := newWriter(3, 500, 50)
	for i := range 2000 {
		must(t, ix.Add(Entry{ID: int64(i + 1), Locale: "ar", Source: w.sentence(), Target: "جملة."}))
	}
	for name, text := range map[string]string{
		"words":   strings.Repeat("Six civilians were killed in Idlib on Monday, 5 February 2018. ", 1600),
		"a word":  strings.Repeat("a", 100_000),
		"marks":   strings.Repeat("“—", 50_000),
		"codes":   strings.Repeat("⟦1⟧⟦/1⟧", 10_000),
		"numbers": strings.Repeat("1 ", 50_000),
	} {
		begin := time.Now()
		if ms := ix.Lookup(Query{Locale: "ar", Text: text, All: true}); len(ms) != 0 {
			t.Errorf("%s: %d matches", name, len(ms))
		}
		if took := time.Since(begin); took > 5*time.Minute {
			t.Errorf("%s: took %v", name, took)
		}
		must(t, ix.Add(Entry{ID: 5000, Locale: "ar", Source: text, Target: "نص طويل."}))
		if ms := ix.Lookup(Query{Locale: "ar", Text: text}); len(ms) != 1 || ms[0].Entry.ID != 5000 {
			t.Errorf("%s: the very text gives %d matches", name, len(ms))
		}
		ix.Remove(5000)
	}
}
