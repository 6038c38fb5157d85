package desk_test

import (
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/pipeline"
)

// TestOffersSayWhatToMind: a pair that several people put differently, one
// whose term has changed, one that was repaired and a template, each as the
// shows it.
func TestOffersSayWhatToMind(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	ctx := t.Context()
	h.must(pipeline.Bind(h.store).InTx(ctx, func(tx pipeline.Tx) error {
		return tx.Remember(ctx, []edition.MemoryEntry{
			{Locale: "ar", Source: "Activists confirmed the report.", Target: "أكد النشطاء التقرير.", Origin: "desk"},
			{Locale: "ar", Source: "Attack on Maasran", Target: "هجوم عليها", Origin: "import"},
		})
	}))
	h.must(h.pipe.Refresh(ctx))
	b := h.as("Lina")
	ed := "/editions/" + itoa(h.view("attack", "ar", "").ID)
	for n, want := range map[int64][]string{
		5: {"The memory says this sentence in several ways", "أكد النشطاء التقرير."},
		1: {"A term in it has changed since it was approved", "هجوم عليها"},
		3: {`<ul class="swaps"><li><bdi lang="ar">`, "ثلاثة", "معصران"},
	} {
		page := b.get(ed + "?segment=" + itoa(n)).Body
		_, pane, _ := strings.Cut(page, `id="pane-body"`)
		for _, w := range want {
			if !strings.Contains(pane, w) {
				t.Errorf("segment %d: the pane lacks %q", n, w)
			}
		}
	}
}
