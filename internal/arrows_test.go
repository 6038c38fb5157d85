package internal_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the house's plan: for each package, which others of ours it
// may import. A package stands for those below it, too.
var mayImport = map[string][]string{
	"locales":              {},
	"content":              {"locales"},
	"glossary":             {"locales"},
	"internal/edition":     {"content", "glossary", "locales"},
	"internal/check":       {"internal/edition", "content", "glossary", "locales"},
	"internal/memory":      {"internal/edition", "content", "glossary", "locales"},
	"internal/engine":      {"internal/check", "internal/edition", "content", "glossary", "locales"},
	"internal/interchange": {"internal/edition", "content", "glossary", "locales"},
	"internal/publish":     {"internal/edition", "content", "glossary", "locales"},
	"internal/store":       {"internal/edition", "content", "glossary", "locales"},
	"internal/config":      {"locales"},
	"internal/people":      {"internal/edition"},
	"pipeline":             {"internal/engine", "internal/memory", "internal/check", "internal/publish", "internal/interchange", "internal/edition", "content", "glossary", "locales"},
	"internal/desk":        {"pipeline", "internal/people", "internal/memory", "internal/publish", "internal/edition", "content", "glossary", "locales"},
}

// TestArrows holds the direction of the imports.
func TestArrows(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}: {{join .Imports \" \"}}", "dragoman/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		pkg, imports, _ := strings.Cut(strings.TrimPrefix(line, "dragoman/"), ": ")
		room := roomOf(pkg)
		if room == "" {
			continue // cmd may import everything
		}
		seen[room] = true
		for _, imp := range strings.Fields(imports) {
			to := roomOf(strings.TrimPrefix(imp, "dragoman/"))
			if !strings.HasPrefix(imp, "dragoman/") || to == room || slices.Contains(mayImport[room], to) {
				continue
			}
			t.Errorf("%s must not import %s", pkg, imp)
		}
	}
	for room := range mayImport {
		if !seen[room] {
			t.Errorf("no package %s was found", room)
		}
	}
}

func roomOf(pkg string) string {
	for room := range mayImport {
		if pkg == room || strings.HasPrefix(pkg, room+"/") {
			return room
		}
	}
	return ""
}
