package desk

import (
	"strings"
	"testing"
	"time"

	"dragoman/internal/edition"
)

// Details that the program wrote in English are read in the desk's language, in
// old rows too; what people wrote stays as it is.
func TestActsAreToldInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	c := &call{words: speak("ar", time.UTC, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))}
	for detail, want := range map[string]string{
		"glossary version 2":                 "إصدار المسرد",
		"batch 7":                            "الدفعة",
		"by entry 41":                        "المدخل",
		"the source has a new revision":      "مراجعة جديدة",
		"embargo until 2026-11-23T09:30:00Z": "حظر النشر",
		"embargo until tomorrow":             "embargo until tomorrow",
		"she said batch 7":                   "she said batch 7",
	} {
		got := c.detailOf(edition.Act{Subject: "edition", Detail: detail})
		if !strings.Contains(got, want) || want != detail && strings.ContainsAny(got, "abcdefghijklmnopqrstuvwxyz") {
			t.Errorf("%q is told as %q", detail, got)
		}
	}
}
