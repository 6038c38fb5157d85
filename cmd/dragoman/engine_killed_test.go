package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/store"
)

var digits = regexp.MustCompile(`\d[\d.,]*\d|\d`)

// slowLibre is a LibreTranslate that never answers its first calls, but for the
// question whether it answers.
type slowLibre struct {
	never int
	asked chan int      // each call that gets no answer, by number
	calls chan []string // what was asked for
}

func (s *slowLibre) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/translate" {
		http.NotFound(w, r)
		return
	}
	var q struct{ Q []string }
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if len(q.Q) == 1 && q.Q[0] == engine.SignOfLife {
		_ = json.NewEncoder(w).Encode(map[string]any{"translatedText": q.Q})
		return
	}
	s.calls <- q.Q
	if n := len(s.calls); n <= s.never {
		s.asked <- n
		<-r.Context().Done() // until the program that asks is gone
		return
	}
	out := make([]string, len(q.Q))
	for i := range out {
		out[i] = strings.Join(append([]string{"نص من المحرك"}, digits.FindAllString(q.Q[i], -1)...), " ") + "."
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"translatedText": out})
}

// TestKilledWhileAnEngineAnswers kills the program between the question and the
// answer, twice: each call is recorded as unknown, it is repeated once and no
// more, and a person reads why.
func TestKilledWhileAnEngineAnswers(t *testing.T) {
	t.Parallel()
	libre := &slowLibre{never: 2, asked: make(chan int), calls: make(chan []string, 100)}
	srv := httptest.NewServer(libre)
	t.Cleanup(srv.Close)
	dir := t.TempDir()
	content := filepath.Join(dir, "content", "en")
	if err := os.MkdirAll(content, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"dragoman.yaml":   "locales: [ar]\ndatabase: d.db\nengines:\n  - {name: libre, kind: libretranslate, endpoint: \"" + srv.URL + "\", timeout: 2m}\nroutes:\n  - {locale: ar, engines: [libre]}\n",
		"content/en/a.md": "---\ntitle: Something happened quietly\nslug: a\n---\n\nNobody had seen this coming.\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		c := program(t, dir, "run")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		<-libre.asked
		if err := c.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait() // killed
	}
	got := outcome(t, dir)
	if len(got) != 1 || got[0].State != edition.InReview || got[0].Untranslated != 2 || got[0].Hold == nil || !strings.Contains(got[0].Hold.Detail, "twice") {
		t.Errorf("%+v", got)
	}
	if n := len(libre.calls); n != 2 {
		t.Errorf("asked %d times", n)
	}
	s, err := store.Open(t.Context(), filepath.Join(dir, "d.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	calls, err := s.EngineCalls(t.Context(), 10)
	lost := 0
	for _, c := range calls {
		if c.Status == edition.CallUnknown {
			lost++
		}
	}
	if err != nil || len(calls) != 3 || lost != 2 { // once it was asked whether it answers
		t.Errorf("%+v, %v", calls, err)
	}
}

// TestKilledOnceWhileAnEngineAnswers: the question is repeated, and answered.
func TestKilledOnceWhileAnEngineAnswers(t *testing.T) {
	t.Parallel()
	libre := &slowLibre{never: 1, asked: make(chan int), calls: make(chan []string, 100)}
	srv := httptest.NewServer(libre)
	t.Cleanup(srv.Close)
	dir := t.TempDir()
	writeReleases(t, dir, 1)
	settings := "locales: [ar]\ndatabase: d.db\nengines:\n  - {name: libre, kind: libretranslate, endpoint: \"" + srv.URL + "\", timeout: 2m, concurrency: 1}\nroutes:\n  - {locale: ar, engines: [libre]}\n"
	if err := os.WriteFile(filepath.Join(dir, "dragoman.yaml"), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	c := program(t, dir, "run")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-libre.asked
	if err := c.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // killed
	if got := outcome(t, dir); len(got) != 1 || got[0].State != edition.InReview || got[0].Engine == 0 {
		t.Errorf("%+v", got)
	}
}
