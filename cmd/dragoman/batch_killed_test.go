package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dragoman/internal/interchange"
)

// batchOutcome is a batch that has come to its end, without numbers of the
// database and times.
func batchOutcome(t *testing.T, dir string) (items []itemJSON, state string) {
	t.Helper()
	c := program(t, dir, "batch", "show", theBatch(t, dir), "--follow", "--json", "--items", "--most", "1000000")
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("batch show: %v\n%s", err, errs.String())
	}
	var j batchJSON
	if err := json.Unmarshal(out.Bytes(), &j); err != nil {
		t.Fatal(err)
	}
	for _, m := range j.Items {
		m.Target, m.Group, m.Edition, m.BeforeID, m.AfterID = 0, 0, 0, 0, 0
		items = append(items, m)
	}
	slices.SortFunc(items, func(a, b itemJSON) int {
		return strings.Compare(a.Release+a.Locale+string(rune('0'+a.Segment)), b.Release+b.Locale+string(rune('0'+b.Segment)))
	})
	return items, j.State
}

// theBatch is the number of the only batch.
func theBatch(t *testing.T, dir string) string {
	t.Helper()
	out, err := program(t, dir, "batch", "list", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var j batchJSON
	if err := json.Unmarshal(out, &j); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	id, _ := json.Marshal(j.ID)
	return string(id)
}

// TestABatchIsKilledAtAnyMoment applies the same change of the glossary to the
// same archive twice. One batch is left alone, the process of the other is
// killed again and again: what comes of them is the same.
func TestABatchIsKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	calm, rough := t.TempDir(), t.TempDir()
	for _, dir := range []string{calm, rough} {
		writeReleases(t, dir, 120)
		changed := "id,kind,en,rule,ar\nloc.sarqib,LOC,Sarqib,cs,سرقب\nloc.kafranbel,LOC,Kafranbel,cs,كفرنبودة\nloc.idlib,LOC,Idlib,cs,أدلب\n"
		if err := os.WriteFile(filepath.Join(dir, "names.csv"), []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		settings := "locales: [ar]\nroutes:\n  - {locale: ar, engines: []}\nmemory: memory\n"
		if err := os.WriteFile(filepath.Join(dir, "dragoman.yaml"), []byte(settings), 0o644); err != nil {
			t.Fatal(err)
		}
		writeBatchMemory(t, dir)
		outcome(t, dir)
		if out, err := program(t, dir, "glossary", "apply", "names.csv", "--keep-missing", "--yes", "--reason", "test").CombinedOutput(); err != nil {
			t.Fatalf("apply: %v\n%s", err, out)
		}
	}
	want, state := batchOutcome(t, calm)
	if state != "done" || len(want) < 200 {
		t.Fatalf("the batch is %s with %d items", state, len(want))
	}
	id := theBatch(t, rough)
	for _, wait := range []time.Duration{120, 180, 240, 300, 360, 420} {
		c := program(t, rough, "batch", "show", id, "--follow")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(wait*time.Millisecond, func() { _ = c.Process.Signal(syscall.SIGKILL) })
		_ = c.Wait() // killed or done, both are right
		timer.Stop()
	}
	got, state := batchOutcome(t, rough)
	if state != "done" {
		t.Errorf("the batch that was killed is %s", state)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-undisturbed +killed):\n%s", d)
	}
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
