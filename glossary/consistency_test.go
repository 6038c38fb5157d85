package glossary_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dragoman/glossary"
)

// seenRows reads rows "concept locale release segment term text by".
func seenRows(lines ...string) []glossary.Seen {
	var rows []glossary.Seen
	for i, line := range lines {
		f := strings.Split(line, "|")
		row := glossary.Seen{Concept: f[0], Locale: f[1], Release: f[2], Segment: i, Term: f[3], Text: f[4], Date: time.Date(2018, 2, 1+i, 0, 0, 0, 0, time.UTC)}
		if len(f) > 5 {
			row.By, row.Approved = f[5], true
		}
		rows = append(rows, row)
	}
	return rows
}

func describe(rs []glossary.Rendering) string {
	var out []string
	for _, r := range rs {
		s := fmt.Sprintf("%s %d", r.Text, r.Count)
		if r.Short {
			s += " short"
		}
		if !r.Listed {
			s += " unlisted"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func TestFindDrift(t *testing.T) {
	t.Parallel()
	rows := seenRows(
		// drift within r1, and both also in r2: reported within and between
		"loc.x|fr|r1|Saraqeb|à Saraqeb", "loc.x|fr|r1|Saraqib|Saraqib", "loc.x|fr|r2|Saraqeb|Saraqeb",
		// two releases, each of one mind
		"loc.y|fr|r1|Alep|d’Alep", "loc.y|fr|r2|Halep|Halep", "loc.y|fr|r3|Alep|Alep",
		// endings make no drift
		"loc.y|tr|r1|Halep|Halep'te", "loc.y|tr|r2|Halep|Halep’in",
		// a short form after the full one makes none
		"org.c|ar|r1|الائتلاف الوطني السوري|الائتلاف الوطني السوري", "org.c|ar|r1|الائتلاف الوطني|للائتلاف الوطني",
		// a short form, and another name
		"org.d|ar|r1|مجلس الأمن الدولي|مجلس الأمن الدولي", "org.d|ar|r1|مجلس الأمن|مجلس الأمن", "org.d|ar|r1||مجلس السلام",
	)
	rows = append(rows, glossary.Seen{Concept: "loc.y", Locale: "tr", Release: "r3", Text: "Halepli", Derived: true})
	var got []string
	for _, d := range glossary.FindDrift(rows) {
		got = append(got, fmt.Sprintf("%s %s %s: %s", d.Concept, d.Locale, d.Release, describe(d.Renderings)))
	}
	want := `loc.x fr : Saraqeb 2, Saraqib 1
loc.x fr r1: Saraqeb 1, Saraqib 1
loc.y fr : Alep 2, Halep 1
org.d ar r1: مجلس الأمن 1 short, مجلس الأمن الدولي 1, مجلس السلام 1 unlisted`
	if got := strings.Join(got, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLedger(t *testing.T) {
	t.Parallel()
	rows := seenRows("b|fr|r1|Alep|Alep|zoe", "b|fr|r2|Alep|d’Alep", "b|fr|r2|Alep|Alep|ali", "b|fr|r3||Haleb", "a|ar|r1|حلب|حلب|zoe")
	ledger := glossary.Ledger(rows)
	if len(ledger) != 2 || ledger[0].Concept != "a" || len(ledger[1].Renderings) != 2 {
		t.Fatalf("%+v", ledger)
	}
	r := ledger[1].Renderings[0]
	if r.Text != "Alep" || r.Count != 3 || r.Releases != 2 || r.Approved != 2 || strings.Join(r.By, " ") != "ali zoe" || !r.Listed ||
		r.First.Day() != 1 || r.Last.Day() != 3 || len(r.Places) != 3 || r.Places[1].Text != "d’Alep" {
		t.Errorf("%+v", r)
	}
	if len(glossary.Ledger(nil)) != 0 || len(glossary.FindDrift(nil)) != 0 {
		t.Error("something of nothing")
	}
}
