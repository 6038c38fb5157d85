package glossary_test

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/glossary"
)

const diffBase = `id,kind,flags,en,en.variants,rule,ar,ar.forbidden,fr,note
a,LOC,,Sarqib,Saraqib,cs,سراقب,سرقيب,Saraqeb,
b,TERM,,airstrike,air strike,ci,غارة,,frappe,
c,ORG,,Gate,,cs,بوابة,,Porte,
`

// TestDiff: every kind of change, and what has to be done for it.
func TestDiff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, new, want string }{
		{"nothing", "", "", ""},
		{"preferred", "سراقب,سرقيب", "سراقب الجديدة,سرقيب", "a: ar: سراقب -> سراقب الجديدة | verify ar"},
		{"forbidden", "سراقب,سرقيب", "سراقب,سرقيب|سراكب", "a: ar.forbidden: سرقيب -> سرقيب|سراكب | verify ar"},
		{"language gone", "frappe", "", "b: fr: frappe -> (none) | verify fr"},
		{"variant", "air strike", "air strike|air raid", "b: en.variants: air strike -> air strike|air raid | +air raid"},
		{"variant with the same key", "Saraqib", "Saraqib|Sar’aqib", "a: en.variants: Saraqib -> Saraqib|Sar’aqib | rescan"},
		{"renamed", "Gate,,cs", "Door,,cs", "c: en: Gate -> Door | +door | -gate | rescan"},
		{"rule", "air strike,ci", "air strike,cs", "b: rule: ci -> cs | rescan"},
		{"kind", "b,TERM", "b,COMMON", "b: kind: TERM -> COMMON | rescan | verify ar fr"},
		{"flag", "a,LOC,", "a,LOC,triptote", "a: flags: (none) -> triptote | verify ar fr"},
		{"flag of a language", "a,LOC,", "a,LOC,ar:short", "a: flags: (none) -> ar:short | verify ar"},
		{"not to be translated", "a,LOC,", "a,LOC,dnt", "a: flags: (none) -> dnt | verify * ar fr"},
		{"note", "Porte,", "Porte,see b", "c: note: (none) -> see b"},
		{"removed", "c,ORG,,Gate,,cs,بوابة,,Porte,\n", "", "c: removed | -gate | verify ar fr"},
		{"added", "c,ORG", "d,ORG,,Wall,,cs,جدار,,Mur,\nc,ORG", "d: added | +wall | verify ar fr"},
		{"moved", "a,LOC,,Sarqib,Saraqib,cs,سراقب,سرقيب,Saraqeb,\nb,TERM,,airstrike,air strike,ci,غارة,,frappe,\n",
			"b,TERM,,airstrike,air strike,ci,غارة,,frappe,\na,LOC,,Sarqib,Saraqib,cs,سراقب,سرقيب,Saraqeb,\n", ""},
	} {
		changed := strings.Replace(diffBase, c.old, c.new, 1)
		var got []string
		for _, change := range glossary.Diff(readCSV(t, diffBase), readCSV(t, changed)) {
			s := change.String()
			for _, k := range change.AddedKeys {
				s += " | +" + k
			}
			for _, k := range change.RemovedKeys {
				s += " | -" + k
			}
			if change.Rescan {
				s += " | rescan"
			}
			if len(change.Verify) > 0 {
				s += " | verify " + strings.Join(change.Verify, " ")
			}
			got = append(got, s)
		}
		if got := strings.Join(got, "\n"); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestFingerprints: the content counts, where it stands does not.
func TestFingerprints(t *testing.T) {
	t.Parallel()
	g := compile(t, diffBase)
	same := compile(t, "\ufeff"+strings.Replace(diffBase, "\n", "\n,,,,,,,,,\n", 1))
	if g.Fingerprint() != same.Fingerprint() || len(g.Fingerprint()) != 32 {
		t.Error("the same content has another fingerprint")
	}
	seen := map[string]string{g.Fingerprint(): "base"}
	for _, change := range [][2]string{{"سراقب,سرقيب", "سراقب,سراكب"}, {"Saraqib", "Saraqab"}, {"air strike,ci", "air strike,cs"}, {"Porte,", "Porte,x"}, {"a,LOC,", "a,LOC,dnt"}} {
		other := compile(t, strings.Replace(diffBase, change[0], change[1], 1))
		if was := seen[other.Fingerprint()]; was != "" {
			t.Errorf("%q has the fingerprint of %s", change, was)
		}
		seen[other.Fingerprint()] = fmt.Sprintf("%q", change)
		differing := 0
		for n := range g.Len() {
			if g.ConceptFingerprint(n) != other.ConceptFingerprint(n) {
				differing++
			}
		}
		if differing != 1 {
			t.Errorf("%q changes %d concepts", change, differing)
		}
	}
}
