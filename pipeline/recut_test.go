package pipeline_test

import (
	"database/sql"
	"strings"
	"testing"

	"dragoman/content"
	"dragoman/internal/edition"
)

// tamper changes the database behind the program's back.
func (h *house) tamper(q string, args ...any) {
	h.t.Helper()
	driver, where := "sqlite", "file:"+h.where+"?_pragma=busy_timeout(120000)" // the queue writes, too
	if strings.HasPrefix(h.where, "postgres") {
		driver, where = "pgx", h.where
	}
	db, err := sql.Open(driver, where)
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(h.t.Context(), q, args...); err != nil {
		h.t.Fatal(err)
	}
}

// TestAnotherVersionCutsTheTextOtherwise: after an update of the program all
// reviews of sentences that are still the same stand.
func TestAnotherVersionCutsTheTextOtherwise(t *testing.T) {
	onBoth(t, func(t *testing.T, postgres bool) {
		h := build(t, options{postgres: postgres})
		h.write("rev.md", first)
		h.write("other.md", release("other", "snow"))
		h.run()
		h.translate("rev")
		h.approveAll("Omar", "rev", "ar")
		other := h.view("other", "ar")
		const was = "Three people came to see all of it."
		exact, norm := content.ExactHash(was), content.NormalisedHash(was)
		h.tamper(`UPDATE revision SET parser = 99`)
		h.tamper(`UPDATE source_text SET text = $1, hash = $2, norm = $3 WHERE text = 'Three people came to see.'`, was, exact[:], norm[:])
		told(t, "with the new version", h.run(), 0, 1, 0, 0, 0)
		v := h.view("rev", "ar")
		if v.State != edition.Revising {
			t.Errorf("%s %q", v.State, v.Reason)
		}
		for s, w := range words {
			if w != "" {
				wantRow(t, h.row(v, s), w, edition.Reviewed) // each was approved for this very text
			}
		}
		if now := h.view("other", "ar"); !now.Updated.Equal(other.Updated) {
			t.Error("what is cut as before was touched")
		}
		told(t, "again", h.run(), 0, 0, 0, 0, 0)
	})
}
