package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dragoman/internal/interchange"
	"dragoman/internal/store/storetest"
)

// archived is an archive of one test, with the database that it is in.
type archived struct {
	t        *testing.T
	dir      string
	database []string // how the program is told of it
	driver   string
	source   string
}

func (a *archived) program(args ...string) *exec.Cmd {
	return program(a.t, a.dir, append(args, a.database...)...)
}

func (a *archived) must(args ...string) string {
	a.t.Helper()
	c := a.program(args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		a.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out.String()
}

// killedNames are what the towns are called from now on.
const killedNames = "id,kind,en,rule,ar\nloc.sarqib,LOC,Sarqib,cs,سرقب\nloc.kafranbel,LOC,Kafranbel,cs,كفرنبودة\nloc.idlib,LOC,Idlib,cs,أدلب\n"

// newArchived makes an archive of some releases: of five, two were approved segment
// by segment, and one as a whole.
func newArchived(t *testing.T, releases int, postgres bool) *archived {
	t.Helper()
	a := &archived{t: t, dir: t.TempDir(), driver: "sqlite"}
	a.source = filepath.Join(a.dir, "var", "dragoman.db")
	if postgres {
		a.driver, a.source = "pgx", storetest.Postgres(t)
		a.database = []string{"--database", a.source}
	}
	writeReleases(t, a.dir, releases)
	settings := "locales: [ar]\nroutes:\n  - {locale: ar, engines: []}\nmemory: memory\n"
	for name, text := range map[string]string{"names.csv": killedNames, "dragoman.yaml": settings} {
		if err := os.WriteFile(filepath.Join(a.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	writeBatchMemory(t, a.dir)
	outcome(t, a.dir, a.database...)
	a.exec(`UPDATE target SET approved_by = 'Omar', state = 'reviewed', approved_source = (SELECT v.source_hash FROM version v WHERE v.id = target.standing_id)
		WHERE standing_id > 0 AND n_errors = 0 AND edition_id IN (SELECT e.id FROM edition e JOIN release r ON r.id = e.release_id WHERE r.number % 5 < 3)`)
	a.exec(`UPDATE target SET approved_by = 'Omar', state = 'reviewed', omitted = 'no words' WHERE (standing_id = 0 OR n_errors > 0)
		AND edition_id IN (SELECT e.id FROM edition e JOIN release r ON r.id = e.release_id WHERE r.number % 5 = 0)`)
	a.exec(`UPDATE target SET state = 'final' WHERE state = 'reviewed' AND edition_id IN (SELECT e.id FROM edition e JOIN release r ON r.id = e.release_id WHERE r.number % 5 = 0)`)
	a.exec(`UPDATE edition SET state = 'approved' WHERE release_id IN (SELECT r.id FROM release r WHERE r.number % 5 = 0)`)
	a.must("glossary", "apply", "names.csv", "--keep-missing", "--yes", "--reason", "test")
	return a
}

// exec changes the database; r.number is the last digit of a release's slug.
func (a *archived) exec(text string) {
	a.t.Helper()
	db := a.open()
	defer db.Close()
	if _, err := db.ExecContext(a.t.Context(), numbered(text)); err != nil {
		a.t.Fatalf("%s: %v", text, err)
	}
}

func (a *archived) open() *sql.DB {
	a.t.Helper()
	db, err := sql.Open(a.driver, a.source)
	if err != nil {
		a.t.Fatal(err)
	}
	return db
}

// numbered writes r.number out.
func numbered(text string) string {
	return strings.ReplaceAll(text, "r.number", "CAST(substr(r.slug, length(r.slug), 1) AS INTEGER)")
}

// killedRows are what is compared of two archives: all that a batch writes, by
// release, locale and place, without the numbers and times of the database.
var killedRows = map[string]string{
	"edition": `SELECT r.slug, e.locale, e.state, e.n_errors, e.n_warnings, e.n_proposals, e.n_exact, e.n_repaired, e.n_engine, e.n_human FROM edition e JOIN release r ON r.id = e.release_id`,
	"target": `SELECT r.slug, e.locale, t.position, t.state, t.approved_by, t.n_errors, t.n_warnings, v.text, v.glossary FROM target t
		JOIN edition e ON e.id = t.edition_id JOIN release r ON r.id = e.release_id LEFT JOIN version v ON v.id = t.standing_id`,
	"version": `SELECT r.slug, e.locale, t.position, v.text, v.author, v.glossary, p.text FROM version v JOIN target t ON t.id = v.target_id
		JOIN edition e ON e.id = t.edition_id JOIN release r ON r.id = e.release_id LEFT JOIN version p ON p.id = v.parent_id`,
	"finding": `SELECT r.slug, e.locale, t.position, v.text, f.seq, f.rule, f.severity, f.body, f.dismissed_by FROM finding f JOIN version v ON v.id = f.version_id
		JOIN target t ON t.id = v.target_id JOIN edition e ON e.id = t.edition_id JOIN release r ON r.id = e.release_id`,
	"proposal": `SELECT r.slug, e.locale, t.position, p.text, p.status, p.cause, p.decided_by, v.text FROM proposal p JOIN version v ON v.id = p.base_id
		JOIN target t ON t.id = p.target_id JOIN edition e ON e.id = t.edition_id JOIN release r ON r.id = e.release_id`,
	"item": `SELECT r.slug, e.locale, t.position, g.gkey, i.class, i.action, i.status, i.why, i.decided_by, b.text, a.text FROM batch_item i JOIN batch_group g ON g.id = i.group_id
		JOIN target t ON t.id = i.target_id JOIN edition e ON e.id = t.edition_id JOIN release r ON r.id = e.release_id
		LEFT JOIN version b ON b.id = i.before_id LEFT JOIN version a ON a.id = i.after_id`,
	"memory":  `SELECT m.locale, m.source, m.target, m.origin, m.approver, CASE WHEN m.removed = 0 THEN 'counts' ELSE 'aside' END FROM memory_entry m`,
	"batch":   `SELECT b.state, b.phase, b.title, b.total, b.done, b.problem FROM batch b`,
	"concept": `SELECT c.ckey, v.version, v.body, v.retired FROM concept_version v JOIN concept c ON c.id = v.concept_id`,
	"hold":    `SELECT r.slug, e.locale, h.was FROM edition_hold h JOIN edition e ON e.id = h.edition_id JOIN release r ON r.id = e.release_id`,
}

// rows reads what is compared, sorted.
func (a *archived) rows() map[string][]string {
	a.t.Helper()
	db := a.open()
	defer db.Close()
	out := map[string][]string{}
	for name, text := range killedRows {
		rows, err := db.QueryContext(a.t.Context(), text)
		if err != nil {
			a.t.Fatalf("%s: %v", name, err)
		}
		cols, err := rows.Columns()
		if err != nil {
			a.t.Fatal(err)
		}
		for rows.Next() {
			cells := make([]sql.NullString, len(cols))
			into := make([]any, len(cols))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				a.t.Fatal(err)
			}
			line := make([]string, len(cells))
			for i, c := range cells {
				line[i] = c.String
			}
			out[name] = append(out[name], strings.Join(line, " | "))
		}
		if err := rows.Err(); err != nil {
			a.t.Fatal(err)
		}
		slices.Sort(out[name])
	}
	return out
}

// theBatch is the number of the only batch.
func (a *archived) theBatch() string {
	a.t.Helper()
	out := a.must("batch", "list", "--json")
	var j batchJSON
	if err := json.Unmarshal([]byte(out), &j); err != nil {
		a.t.Fatalf("%v: %s", err, out)
	}
	return strconv.FormatInt(j.ID, 10)
}

// killed works on the batch again and again, and is killed each time.
func (a *archived) killed(times int) {
	id := a.theBatch()
	for n := range times {
		c := a.program("batch", "show", id, "--follow")
		if err := c.Start(); err != nil {
			a.t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(120+60*(n%10))*time.Millisecond, func() { _ = c.Process.Signal(syscall.SIGKILL) })
		_ = c.Wait() // killed or done, both are right
		timer.Stop()
	}
}

// TestABatchIsKilledAtAnyMoment applies the same change of the glossary to the
// same archive twice, and undoes it. One batch is left alone, the process of
// the other is killed again and again: what comes of them is the same row by
// row. DRAGOMAN_KILL_RELEASES has it try a larger archive, with as many more
// kills.
func TestABatchIsKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	for _, postgres := range []bool{false, true} {
		name, releases, kills := "sqlite", 40, 3
		if postgres {
			name, releases, kills = "postgres", 15, 2
		}
		if n, err := strconv.Atoi(os.Getenv("DRAGOMAN_KILL_RELEASES")); err == nil {
			releases, kills = n, n/40
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calm, rough := newArchived(t, releases, postgres), newArchived(t, releases, postgres)
			before := calm.rows()
			for _, step := range []string{"done", "undone"} {
				if step == "undone" {
					for _, a := range []*archived{calm, rough} {
						a.must("batch", "undo", a.theBatch(), "--no-wait")
					}
				}
				rough.killed(kills)
				for _, a := range []*archived{calm, rough} {
					a.must("batch", "show", a.theBatch(), "--follow")
				}
				want, got := calm.rows(), rough.rows()
				if state, _, _ := strings.Cut(want["batch"][0], " "); state != step || len(want["item"]) < releases {
					t.Fatalf("%s: the batch is %s with %d items", step, want["batch"], len(want["item"]))
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s (-undisturbed +killed):\n%s", step, d)
				}
			}
			if d := cmp.Diff(words(before), words(rough.rows())); d != "" {
				t.Errorf("undone, and not as it was (-before +after):\n%s", d)
			}
		})
	}
}

// words are what stands in the targets, without the glossary's version.
func words(rows map[string][]string) (out []string) {
	for _, line := range rows["target"] {
		out = append(out, line[:strings.LastIndex(line, " | ")])
	}
	return out
}

// writeBatchMemory writes a memory with a pair for each of the sentences of
// writeReleases, about one town: the others come of it by repair.
func writeBatchMemory(t *testing.T, dir string) {
	t.Helper()
	arabic := []string{
		"قتلت غارات روسية %[2]d مدنيًا في بلدة %[1]s.",
		"قال ناشطون إن %[2]d قذيفة سقطت على أطراف %[1]s يوم الاثنين.",
		"أدان الائتلاف الوطني السوري الهجوم على %[1]s الذي أصيب فيه %[2]d شخصًا.",
		"انتشلت فرق الدفاع المدني %[2]d ناجيًا من تحت الأنقاض في %[1]s.",
		"افتتحت الحكومة السورية المؤقتة %[2]d مدرسة في %[1]s وحولها.",
		"وصلت قافلة من %[2]d شاحنة محملة بالغذاء والدواء إلى %[1]s صباحًا.",
		"يبحث مجلس الأمن الوضع في %[1]s وهو البند %[2]d على جدول أعماله.",
		"عالج أطباء في %[1]s %[2]d حالة اختناق بعد البرميل المتفجر.",
	}
	if err := os.MkdirAll(filepath.Join(dir, "memory"), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "memory", "ar.tmx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = interchange.WriteTMX(f, interchange.Header{Source: "en"}, func(yield func(interchange.Unit, error) bool) {
		for i, text := range arabic {
			u := interchange.Unit{Source: interchange.Variant{Lang: "en", Text: fmt.Sprintf(benchSentences[i], "Sarqib", 45)},
				Targets: []interchange.Variant{{Lang: "ar", Text: fmt.Sprintf(text, "سراقب", 45)}}}
			if !yield(u, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
