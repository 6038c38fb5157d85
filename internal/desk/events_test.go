package desk_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// watch opens the stream of events and gives its lines.
func (b *browser) watch(ctx context.Context) (<-chan string, *http.Response) {
	b.h.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.h.server.URL+"/events", nil)
	b.h.must(err)
	c := *b.c
	c.Timeout = 0
	res, err := c.Do(req)
	b.h.must(err)
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	b.h.t.Cleanup(func() { res.Body.Close() })
	return lines, res
}

// expect waits for a line that holds all of what.
func expect(t *testing.T, lines <-chan string, what ...string) {
	t.Helper()
	end := time.After(time.Minute)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				t.Fatalf("the stream ended before %q", what)
			}
			found := true
			for _, w := range what {
				found = found && strings.Contains(line, w)
			}
			if found {
				return
			}
		case <-end:
			t.Fatalf("no event with %q", what)
		}
	}
}

// Whoever watches is told which editions change, of those they may read.
func TestEventsTellWhatChanges(t *testing.T) {
	t.Parallel()
	h := build(t, options{})
	ar, fr := h.view("attack", "ar", ""), h.view("attack", "fr", "")
	all, res := h.as("Lina").watch(t.Context())
	if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
		t.Fatalf("content type %q", got)
	}
	french, _ := h.as("Farah").watch(t.Context())
	expect(t, all, "retry:")
	expect(t, french, "retry:")
	omar := h.as("Omar")
	tg := ar.Rows[1].Target
	omar.ask("/targets/"+itoa(tg.ID)+"/approve", "version", itoa(tg.Standing.ID))
	expect(t, all, "data:", `"id":`+itoa(ar.ID), `"state":"in_review"`)
	tg = fr.Rows[1].Target
	omar.ask("/targets/"+itoa(tg.ID)+"/edit", "base", itoa(tg.Standing.ID), "text", "La Coalition nationale syrienne a condamné l’attaque.")
	expect(t, all, "data:", `"id":`+itoa(fr.ID))
	for line := range french { // the Arabic edition changed first, and nothing of it may come
		if strings.Contains(line, `"id":`+itoa(ar.ID)) {
			t.Error("another locale's edition was told")
		}
		if strings.Contains(line, `"id":`+itoa(fr.ID)) {
			break
		}
	}
}

// Open streams do not hold up a server that shuts down, and a closed desk
// opens no new ones.
func TestCloseEndsTheStreams(t *testing.T) {
	t.Parallel()
	h := build(t, options{idle: true})
	srv := httptest.NewUnstartedServer(h.desk)
	srv.Config.RegisterOnShutdown(h.desk.Close)
	srv.Start()
	defer srv.Close()
	old := h.server
	h.server = srv
	defer func() { h.server = old }()
	b := h.as("Lina")
	lines, _ := b.watch(t.Context())
	expect(t, lines, "retry:")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := srv.Config.Shutdown(ctx); err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("shutting down: %v", err)
	}
	for range lines {
	}
	h.desk.Close() // twice does no harm
	rec := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodGet, "/sign-in", nil)
	h.desk.ServeHTTP(rec, req)
	if b, _ := io.ReadAll(rec.Body); rec.Code != http.StatusOK || len(b) == 0 {
		t.Errorf("pages are not served any more: %d", rec.Code)
	}
}
