package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/internal/config"
)

func load(t *testing.T, yaml string, flags map[string]any) (*config.Loaded, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "dragoman.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o644); err != nil {
		t.Fatal(err)
	}
	return config.Load(config.Sources{File: file, Flags: flags})
}

// TestTheLaterWins is not parallel: it sets the environment.
func TestTheLaterWins(t *testing.T) {
	yaml := "database: file.db\npublic: file-public\nlocales: [ar, pt-BR]\nreview:\n  four_eyes: true\n"
	yaml = strings.Replace(yaml, "pt-BR", "fr", 1)
	t.Setenv("DRAGOMAN_DATABASE", "env.db")
	t.Setenv("DRAGOMAN_PUBLIC", "env-public")
	t.Setenv("DRAGOMAN_RECALL_THRESHOLD", "80")
	l, err := load(t, yaml, map[string]any{"database": "flag.db"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ key, got, want, from string }{
		{"database", l.Database, "flag.db", "command line"},
		{"public", l.Public, "env-public", "environment DRAGOMAN_PUBLIC"},
		{"locales", strings.Join(l.Locales, " "), "ar fr", l.File},
		{"content", l.Content, "content/en", ""},
	} {
		if tc.got != tc.want || l.From[tc.key] != tc.from {
			t.Errorf("%s is %q from %q, want %q from %q", tc.key, tc.got, l.From[tc.key], tc.want, tc.from)
		}
	}
	if !l.Review.FourEyes || l.From["review::four_eyes"] != l.File || l.Recall.Threshold != 80 || l.Recall.BeforeEngine != 85 {
		t.Errorf("%+v %v", l.Config, l.From)
	}
}

func TestLocalesKeepTheirCase(t *testing.T) {
	t.Parallel()
	l, err := load(t, "locales: [AR, fr]\nroutes:\n  - {locale: AR, engines: [pseudo]}\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(l.Locales, " "); got != "ar fr" {
		t.Errorf("locales %q", got)
	}
	if got := l.Route("ar"); len(got) != 1 || got[0] != "pseudo" {
		t.Errorf("route %v", got)
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	l, err := load(t, "engines:\n  - {name: g, kind: google, project: p}\nroutes:\n  - {locale: '*', engines: [memory, g]}\n  - {locale: ar, engines: [memory]}\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Route("fr"); len(got) != 1 || got[0] != "g" {
		t.Errorf("fr: %v", got)
	}
	if got := l.Route("ar"); len(got) != 0 {
		t.Errorf("ar: %v", got)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ yaml, want string }{
		{"colour: red\n", "there is no setting"},
		{"locales: []\n", "no target locale"},
		{"locales: [ar, ar]\n", "named twice"},
		{"locales: ['not a tag']\n", "is not a language tag"},
		{"locales: [ar, en]\n", "in English already"},
		{"locales: [ja]\n", "locales"},
		{"recall: {threshold: 20}\n", "not between 50 and 100"},
		{"recall: {thresholds: [{locale: ar, threshold: 20}]}\n", "not between 50 and 100"},
		{"recall: {thresholds: [{locale: ja, threshold: 70}]}\n", "not one of the locales"},
		{"recall: {penalties: [{origin: old, penalty: 90}]}\n", "not between 0 and 50"},
		{"timezone: Mars/Olympus\n", "is not a time zone"},
		{"routes:\n  - {locale: ar, engines: [deepl]}\n", "is not configured"},
		{"engines:\n  - {kind: google}\n  - {kind: google}\n", "two engines are named"},
		{"database: [\n", "correct the YAML"},
		{"recall: {threshold: high}\n", "threshold"},
	} {
		_, err := load(t, tc.yaml, nil)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q gives %v, want something of %q", tc.yaml, err, tc.want)
		} else if strings.Contains(err.Error(), "\n\n") {
			t.Errorf("%q: the message has empty lines: %v", tc.yaml, err)
		}
	}
	if _, err := config.Load(config.Sources{File: "nowhere.yaml"}); err == nil || !strings.Contains(err.Error(), "nowhere.yaml") {
		t.Errorf("a missing file gives %v", err)
	}
}
