package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/internal/engine/fake"
)

// serving starts `engine fake` within the test and gives what it prints.
func serving(t *testing.T, args ...string) (said map[string]any) {
	t.Helper()
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		root := newRoot(strings.NewReader(""), w, io.Discard)
		root.SetArgs(append([]string{"engine", "fake", "--json"}, args...))
		err := root.ExecuteContext(ctx)
		w.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		go func() { _, _ = io.Copy(io.Discard, r) }()
		if err := <-ended; err != nil {
			t.Errorf("engine fake %v: %v", args, err)
		}
	})
	if err := json.NewDecoder(r).Decode(&said); err != nil {
		t.Fatalf("engine fake %v: %v", args, err)
	}
	return said
}

// dragomanWith runs a command within the test, on settings.
func dragomanWith(t *testing.T, settings string, args ...string) (out string, code int) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "dragoman.yaml")
	settings = "content: " + dir + "/en\npublic: " + dir + "/public\ndatabase: " + dir + "/d.db\n" + settings
	if err := os.WriteFile(file, []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code = run(append(args, "--config", file), strings.NewReader(""), &stdout, &stderr)
	return stdout.String() + stderr.String(), code
}

func bill(t *testing.T, said map[string]any) (b fake.Bill) {
	t.Helper()
	url, _ := said["bill"].(string)
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&b); err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("X-Dragoman-Fake") == "" {
		t.Error("the bill is not marked as fake")
	}
	return b
}

// TestEngineFake: every counterpart is used with the very settings that it
// prints, says that it is fake, and keeps a bill.
func TestEngineFake(t *testing.T) {
	t.Parallel()
	for _, kind := range fakeKinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			said := serving(t, kind)
			lines := []any{said["engine"]}
			if more, ok := said["others"].([]any); ok {
				lines = append(lines, more...)
			}
			for _, line := range lines {
				settings := "engines:\n  - " + line.(string) + "\nroutes:\n  - {locale: \"*\", engines: [" + said["name"].(string) + "]}\n"
				before := bill(t, said).Characters
				out, code := dragomanWith(t, settings, "engine", "test", "ar", "The Coalition met on Monday.")
				if code != exitDone || !strings.Contains(out, "‹زائف›") {
					t.Errorf("%s: exit %d: %s", line, code, out)
				}
				b := bill(t, said)
				if b.Fake != kind || b.Characters-before != len("The Coalition met on Monday.") {
					t.Errorf("%s: the bill is %+v, %d before", line, b, before)
				}
			}
		})
	}
}

// TestEngineSync: a glossary is made at the service, used, and nothing is left
// to do the second time.
func TestEngineSync(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"google", "deepl"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			said := serving(t, kind)
			line := said["others"].([]any)[0].(string)
			settings := "locales: [ar, fr]\nengines:\n  - " + line + "\nroutes:\n  - {locale: ar, engines: [" + said["name"].(string) + "]}\n"
			dir := t.TempDir()
			settings = strings.Replace(settings, "locales:", "# "+dir+"\nlocales:", 1)
			db := []string{"--database", filepath.Join(dir, "d.db"), "--json"}
			var first, second struct{ Glossaries []syncLine }
			for _, got := range []any{&first, &second} {
				out, code := dragomanWith(t, settings, append([]string{"engine", "sync"}, db...)...)
				if code != exitDone || json.Unmarshal([]byte(out), got) != nil {
					t.Fatalf("exit %d: %s", code, out)
				}
			}
			if len(first.Glossaries) != 1 || first.Glossaries[0].Locale != "ar" || first.Glossaries[0].Added < 100 || !first.Glossaries[0].Created {
				t.Errorf("first: %+v", first)
			}
			if g := second.Glossaries[0]; g.Added+g.Changed+g.Removed != 0 || g.Entries != first.Glossaries[0].Entries {
				t.Errorf("second: %+v", second)
			}
			out, code := dragomanWith(t, settings, append([]string{"engine", "test", "ar", "The Syrian Coalition met."}, db[:2]...)...)
			if code != exitDone || !strings.Contains(out, "الائتلاف الوطني السوري") {
				t.Errorf("the glossary is not used: exit %d: %s", code, out)
			}
			if out, code = dragomanWith(t, settings, append([]string{"engine", "sync", "pseudo"}, db[:2]...)...); code != exitFailed || !strings.Contains(out, "no locale's route names") {
				t.Errorf("an engine that is on no route: exit %d: %s", code, out)
			}
		})
	}
}

func TestEngineFakeRefuses(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		`no counterpart of "bing"`: {"engine", "fake", "bing"},
		`fault "fire"`:             {"engine", "fake", "google", "--fault", "fire=1"},
		"and was given nothing":    {"engine", "fake"},
		"without encryption":       {"engine", "fake", "deepl", "--key", "x"},
	} {
		if out, code := dragomanWith(t, "", args...); code != exitUsage || !strings.Contains(out, want) {
			t.Errorf("%v: exit %d: %s", args, code, out)
		}
	}
}
