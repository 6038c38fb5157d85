package desk

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestNoViewHidesWhatTheLayoutAsks: a field of a page that is named as a method
// of the frame around it is what the layout gets instead.
func TestNoViewHidesWhatTheLayoutAsks(t *testing.T) {
	t.Parallel()
	layout, err := os.ReadFile("templates/layout.html")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, m := range regexp.MustCompile(`\.([A-Z]\w*)`).FindAllStringSubmatch(string(layout), -1) {
		asked[m[1]] = true
	}
	ofFrame := map[string]bool{}
	of := reflect.TypeFor[frame]()
	for i := range of.NumMethod() {
		ofFrame[of.Method(i).Name] = asked[of.Method(i).Name]
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	views := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, _ := n.(*ast.TypeSpec)
			if spec == nil {
				return true
			}
			s, ok := spec.Type.(*ast.StructType)
			if !ok || !framed(s) {
				return true
			}
			views++
			for _, field := range s.Fields.List {
				for _, id := range field.Names {
					if ofFrame[id.Name] {
						t.Errorf("%s: %s.%s hides what the frame has by that name", name, spec.Name.Name, id.Name)
					}
				}
			}
			return true
		})
	}
	if views < 15 || !ofFrame["T"] || !ofFrame["Language"] {
		t.Errorf("%d views, frame has %v", views, ofFrame)
	}
}

func framed(s *ast.StructType) bool {
	for _, field := range s.Fields.List {
		if id, ok := field.Type.(*ast.Ident); ok && len(field.Names) == 0 && id.Name == "frame" {
			return true
		}
	}
	return false
}
