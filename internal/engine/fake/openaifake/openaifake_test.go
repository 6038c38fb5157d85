package openaifake_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"dragoman/internal/engine/fake"
	"dragoman/internal/engine/fake/httpfake"
	"dragoman/internal/engine/fake/openaifake"
)

func start(t *testing.T, o openaifake.Options) *openaifake.Server {
	t.Helper()
	s, err := openaifake.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop()
		s.Stop() // again: nothing happens
	})
	return s
}

// post asks for a translation and gives the status, the header and the body.
func post(t *testing.T, s *openaifake.Server, more string) (*http.Response, string) {
	t.Helper()
	question := `{\"to\":{\"tag\":\"ar\"},\"segments\":[{\"id\":1,\"text\":\"Good <1>morning</1>\"},{\"id\":2,\"text\":\"2 houses\"}]}`
	body := fmt.Sprintf(`{"model":"fake-8b","messages":[{"role":"user","content":"%s"}]%s}`, question, more)
	resp, err := http.Post(s.Endpoint()+"/chat/completions", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(data)
}

func TestMarkedAndBilled(t *testing.T) {
	t.Parallel()
	s := start(t, openaifake.Options{})
	resp, first := post(t, s, "")
	_, second := post(t, s, "")
	if first != second {
		t.Errorf("not always the same:\n%s\n%s", first, second)
	}
	var got struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if err := json.Unmarshal([]byte(first), &got); err != nil {
		t.Fatal(err)
	}
	content := got.Choices[0].Message.Content
	if strings.Count(content, "‹زائف›") != 2 || !strings.Contains(content, "</1>") && !strings.Contains(content, `\u003c/1\u003e`) || resp.Header.Get("X-Dragoman-Fake") != "openai" {
		t.Errorf("the answer is not marked as fake, or not whole: %s", content)
	}
	if s.Billed() != 2*(len("Good <1>morning</1>")+len("2 houses")) {
		t.Errorf("billed %d", s.Billed())
	}
}

func TestRefusesWhatServersRefuse(t *testing.T) {
	t.Parallel()
	for more, o := range map[string]openaifake.Options{
		`,"response_format":{"type":"json_schema"}`:                {Formats: []string{openaifake.Object}},
		`,"temperature":0`:                                         {Warm: true},
		`,"chat_template_kwargs":{"enable_thinking":false}`:        {Thinking: openaifake.EndlessEffort},
		`,"response_format":{"type":"json_object"},"stream":false`: {Formats: []string{}},
		`,"n":1`: {Context: 20},
	} {
		s := start(t, o)
		if resp, body := post(t, s, more); resp.StatusCode != http.StatusBadRequest || !strings.Contains(body, `"error"`) {
			t.Errorf("%s: %d %s", more, resp.StatusCode, body)
		}
		if len(s.Ledger()) != 0 {
			t.Errorf("%s: billed for what was refused", more)
		}
	}
	s := start(t, openaifake.Options{Models: []string{"other"}})
	if resp, body := post(t, s, ""); resp.StatusCode != http.StatusNotFound || !strings.Contains(body, "fake-8b") {
		t.Errorf("an unknown model: %d %s", resp.StatusCode, body)
	}
	s = start(t, openaifake.Options{Options: httpfake.Options{Faults: fake.Faults{RetryAfter: 3 * time.Second}}})
	s.Force(fake.RateLimited, 1)
	if resp, _ := post(t, s, ""); resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "3" {
		t.Errorf("429: %d %v", resp.StatusCode, resp.Header)
	}
}
