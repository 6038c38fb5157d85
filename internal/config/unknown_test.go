package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUnknownVariables are named with what was meant; others are none of ours.
func TestUnknownVariables(t *testing.T) {
	t.Parallel()
	l := &Loaded{Config: Defaults()}
	l.Engines = []Engine{{Kind: "deepl", APIKeyEnv: "DRAGOMAN_DEEPL_KEY"}}
	got := l.Unknown([]string{
		"PATH=/bin", "DRAGOMAN_DATABASE=x", "DRAGOMAN_USER=Lina", "DRAGOMAN_REVIEW_FOUR_EYES=true", "DRAGOMAN_DEEPL_KEY=secret", "DRAGOMAN_TEST_X=1",
		"DRAGOMAN_DATABSE=x", "DRAGOMAN_LOCALE=ar", "DRAGOMAN_REVIEW_FOUREYES=true", "DRAGOMAN_NONSENSE=1",
	})
	want := []string{
		"the environment has DRAGOMAN_DATABSE, which means nothing to Dragoman: write DRAGOMAN_DATABASE, if that is meant",
		"the environment has DRAGOMAN_LOCALE, which means nothing to Dragoman: write DRAGOMAN_LOCALES, if that is meant",
		"the environment has DRAGOMAN_NONSENSE, which means nothing to Dragoman: docs/configuration.md has the names",
		"the environment has DRAGOMAN_REVIEW_FOUREYES, which means nothing to Dragoman: write DRAGOMAN_REVIEW_FOUR_EYES, if that is meant",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
