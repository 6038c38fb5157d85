package librefake_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"dragoman/internal/engine/fake/httpfake"
	"dragoman/internal/engine/fake/librefake"
)

// post asks s, and gives the status and the answer.
func post(t *testing.T, s *librefake.Server, path, body string) (int, string, http.Header) {
	t.Helper()
	resp, err := http.Post(s.URL()+path, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, "", nil
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(data)), resp.Header
}

func start(t *testing.T, o librefake.Options) *librefake.Server {
	t.Helper()
	s, err := librefake.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop()
		s.Stop() // again: nothing happens
	})
	return s
}

func TestRefusesWhatTheServiceRefuses(t *testing.T) {
	t.Parallel()
	s := start(t, librefake.Options{Key: "k", CharLimit: 20, BatchLimit: 2, Options: httpfake.Options{Unmarked: true}})
	for body, want := range map[string]struct {
		status int
		says   string
	}{
		`{"q":"x","source":"en","target":"ar"}`:                                   {400, "get an API key"},
		`{"q":"x","source":"en","target":"ar","api_key":"z"}`:                     {403, "Invalid API key"},
		`{"q":[],"source":"en","target":"ar","api_key":"k"}`:                      {400, "missing q"},
		`{"q":"x","target":"ar","api_key":"k"}`:                                   {400, "missing source"},
		`{"q":"x","source":"en","api_key":"k"}`:                                   {400, "missing target"},
		`{"q":"x","source":"en","target":"xh","api_key":"k"}`:                     {400, "xh is not supported"},
		`{"q":"x","source":"en","target":"ar","format":"md","api_key":"k"}`:       {400, "md format is not supported"},
		`{"q":["x","y","z"],"source":"en","target":"ar","api_key":"k"}`:           {400, "request (3) exceeds text limit (2)"},
		`{"q":"xxxxxxxxxxxxxxxxxxxxx","source":"en","target":"ar","api_key":"k"}`: {400, "request (21) exceeds text limit (20)"},
		`{`: {400, "Invalid JSON"},
		`{"q":"7","source":"en","target":"ar","api_key":"k"}`:   {200, `{"translatedText":"7"}`},
		`{"q":["7"],"source":"en","target":"ar","api_key":"k"}`: {200, `{"translatedText":["7"]}`},
	} {
		status, answer, header := post(t, s, "/translate", body)
		if status != want.status || !strings.Contains(answer, want.says) || header.Get("X-Dragoman-Fake") == "" {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if got := s.Billed(); got != 2 {
		t.Errorf("billed %d characters", got)
	}
}

func TestRequestsPerMinute(t *testing.T) {
	t.Parallel()
	now := time.Date(2018, 2, 5, 9, 0, 0, 0, time.UTC)
	s := start(t, librefake.Options{RequestsPerMinute: 1, Now: func() time.Time { return now }})
	const body = `{"q":"x","source":"en","target":"ar"}`
	for i, want := range []int{200, 429} {
		status, answer, header := post(t, s, "/translate", body)
		if status != want || want == 429 && (header.Get("Retry-After") != "60" || !strings.Contains(answer, "Slowdown: 1 per 1 minute")) {
			t.Errorf("call %d: %d %s", i, status, answer)
		}
	}
	now = now.Add(time.Minute)
	if status, answer, _ := post(t, s, "/translate", body); status != 200 {
		t.Errorf("a minute later: %d %s", status, answer)
	}
}

// TestMTranCrashes: tags that do not match bring it down for good.
func TestMTranCrashes(t *testing.T) {
	t.Parallel()
	s := start(t, librefake.Options{MTran: true})
	const well = `{"from":"en","to":"ar","text":"a <span>b</span> <img>","html":true}`
	if status, answer, _ := post(t, s, "/translate", well); status != 200 || !strings.Contains(answer, `"result"`) {
		t.Errorf("%d %s", status, answer)
	}
	for _, body := range []string{`{"from":"en","to":"ar","text":"a <span>b","html":true}`, well} {
		if status, answer, _ := post(t, s, "/translate", body); status != 0 {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if !s.Crashed() {
		t.Error("it still runs")
	}
}
