package deeplfake_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"dragoman/internal/engine/fake/deeplfake"
)

func TestRefusesWhatTheServiceRefuses(t *testing.T) {
	t.Parallel()
	s, err := deeplfake.Start("127.0.0.1:0", deeplfake.Options{Key: "k", CharacterLimit: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	for _, c := range []struct {
		key, body string
		want      int
		says      string
	}{
		{"z", `{"text":["x"],"target_lang":"AR"}`, 403, "Forbidden"},
		{"k", `{"text":[],"target_lang":"AR"}`, 400, "'text'"},
		{"k", `{"text":["x"` + strings.Repeat(`,"x"`, 50) + `],"target_lang":"AR"}`, 400, "Maximum 50"},
		{"k", `{"text":["` + strings.Repeat("x", deeplfake.MaxBody) + `"],"target_lang":"AR"}`, 413, "Too Large"},
		{"k", `{"text":["x"],"target_lang":"KU"}`, 400, "target_lang"},
		{"k", `{"text":["x"],"target_lang":"AR","source_lang":"EN-GB"}`, 400, "source_lang"},
		{"k", `{"text":["x"],"target_lang":"AR","glossary_id":"g"}`, 400, "requires the source_lang"},
		{"k", `{"text":["x"],"target_lang":"AR","source_lang":"EN","glossary_id":"g"}`, 404, "glossary"},
		{"k", `{"text":["abc"],"target_lang":"AR","source_lang":"EN"}`, 200, "‹زائف›"},
		{"k", `{"text":["d"],"target_lang":"AR","source_lang":"EN"}`, 456, "Quota"},
	} {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/v2/translate", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Authorization", "DeepL-Auth-Key "+c.key)
		resp, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != c.want || !strings.Contains(string(answer), c.says) || resp.Header.Get("X-Dragoman-Fake") != "deepl" {
			t.Errorf("%.60s: %d %s", c.body, resp.StatusCode, answer)
		}
	}
	if got := s.Billed(); got != 3 {
		t.Errorf("billed %d characters", got)
	}
}
