package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestABudgetWithoutAPriceIsRefused: nothing would ever count against it.
func TestABudgetWithoutAPriceIsRefused(t *testing.T) {
	t.Parallel()
	engine := `engines:
  - {name: libre, kind: libretranslate, endpoint: "http://127.0.0.1:5000", budget: 5%}
routes: [{locale: "*", engines: [libre]}]
`
	out, code := dragomanWith(t, strings.Replace(engine, "%", "", 1), "engine", "report")
	if code != exitFailed || !strings.Contains(out, "engine libre") || !strings.Contains(out, "no price") {
		t.Errorf("exit %d: %s", code, out)
	}
	out, code = dragomanWith(t, strings.Replace(engine, "%", ", price: {currency: EUR, in: 20}", 1), "engine", "report")
	if code != exitDone || !strings.Contains(out, "5.00 EUR") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// TestWhatIsSaidOfEngines: a trial, an estimate and a report as an editor reads
// them, against a counterpart of Google's.
func TestWhatIsSaidOfEngines(t *testing.T) {
	t.Parallel()
	said := serving(t, "google")
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "en"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"open.md":   "---\ntitle: The first thing\nslug: first\n---\n\nNobody had seen this coming at all.\n",
		"secret.md": "---\ntitle: The second thing\nslug: second\nconfidential: true\n---\n\nThe talks begin somewhere else on Monday.\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, "en", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	settings := "locales: [ar]\nengines:\n  - " + strings.TrimSuffix(said["engine"].(string), "}") + ", budget: 5}\nroutes:\n  - {locale: ar, engines: [fake-google]}\n"
	file := filepath.Join(dir, "d.yaml")
	if err := os.WriteFile(file, []byte("content: "+dir+"/en\npublic: "+dir+"/public\ndatabase: "+dir+"/d.db\n"+settings), 0o644); err != nil {
		t.Fatal(err)
	}
	do := func(want int, args ...string) string {
		t.Helper()
		var out, errs strings.Builder
		if code := run(append(args, "--config", file), strings.NewReader(""), &out, &errs); code != want {
			t.Fatalf("%v: exit %d: %s%s", args, code, out.String(), errs.String())
		}
		return out.String()
	}
	says := func(out string, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(out, w) {
				t.Errorf("%q is not said:\n%s", w, out)
			}
		}
	}
	says(do(exitDone, "engine", "estimate"), "Altogether", "USD", "is confidential", "(a person)")
	do(exitDone, "run")
	says(do(exitDone, "engine", "test", "ar", "Everybody went home on Monday."), "outside the house", "reply", "kept the contract", "none in this sentence")
	says(do(exitDone, "engine", "test", "ar", "The talks begin somewhere else on Monday."), "not asked", "confidential")
	says(do(exitDone, "engine", "test", "ar", "Everybody went home on Monday.", "--confidential"), "not asked")
	if out := do(exitDone, "engine", "test", "ar", "--json"); !strings.HasPrefix(out, `[{"engine":"fake-google"`) {
		t.Error(out)
	}
	says(do(exitDone, "engine", "report"), "What engines were sent in", "TERMS AT ONCE", "5.00 USD", "The first thing", "(a trial)", "second/ar")
	if b := bill(t, said); b.Characters == 0 {
		t.Error("nothing was asked")
	}
}
