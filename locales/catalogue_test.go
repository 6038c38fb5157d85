package locales_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"dragoman/locales"
)

// message is one message of a catalogue: its text, or a text by plural form.
type message map[string]string

// forms are the plural forms that each catalogue must give.
var forms = map[string][]string{
	"en": {"one", "other"}, "fr": {"one", "other"}, "tr": {"one", "other"}, "es": {"one", "other"},
	"ru": {"one", "few", "many", "other"},
	"ar": {"zero", "one", "two", "few", "many", "other"},
}

var pluralKeys = []string{"zero", "one", "two", "few", "many", "other"}

// readCatalogue returns the messages of a file by id.
func readCatalogue(t *testing.T, name string) map[string]message {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := toml.Unmarshal(raw, &tree); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out := make(map[string]message)
	var walk func(id string, node any)
	walk = func(id string, node any) {
		switch node := node.(type) {
		case string:
			out[id] = message{"": node}
		case map[string]any:
			if _, plural := node["other"]; plural {
				m := make(message)
				for k, v := range node {
					s, ok := v.(string)
					if !ok || !slices.Contains(pluralKeys, k) {
						t.Fatalf("%s: %s.%s: not a plural form", name, id, k)
					}
					m[k] = s
				}
				out[id] = m
				return
			}
			for k, v := range node {
				walk(strings.TrimPrefix(id+"."+k, "."), v)
			}
		default:
			t.Fatalf("%s: %s is neither a text nor a table", name, id)
		}
	}
	walk("", tree)
	return out
}

var argument = regexp.MustCompile(`\{\{\.([A-Za-z]+)\}\}`)

func arguments(m message) []string {
	var args []string
	for _, text := range m {
		for _, a := range argument.FindAllStringSubmatch(text, -1) {
			if a[1] != "Count" && !slices.Contains(args, a[1]) {
				args = append(args, a[1])
			}
		}
	}
	slices.Sort(args)
	return args
}

// Every catalogue has the messages of the English one, no others, with the
// same arguments, and all plural forms of its language where a count stands.
func TestCataloguesAgree(t *testing.T) {
	t.Parallel()
	sources, _ := filepath.Glob("catalogue/*en.toml")
	for _, name := range sources {
		source := readCatalogue(t, name)
		files, _ := filepath.Glob(strings.Replace(name, "en.toml", "??.toml", 1))
		if len(files) < 3 {
			t.Fatalf("%s: only %v", name, files)
		}
		for _, file := range files {
			compare(t, file, source, readCatalogue(t, file))
		}
	}
}

// No message stands in two files of a language, where one would hide the other.
func TestCataloguesDoNotOverlap(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("catalogue/*en.toml")
	first := map[string]string{}
	for _, file := range files {
		for id := range readCatalogue(t, file) {
			if first[id] != "" {
				t.Errorf("%q stands in %s and in %s", id, first[id], file)
			}
			first[id] = file
		}
	}
}

func compare(t *testing.T, file string, source, catalogue map[string]message) {
	t.Helper()
	name := strings.TrimSuffix(filepath.Base(file), ".toml")
	tag := name[strings.LastIndexByte(name, '.')+1:]
	if forms[tag] == nil {
		t.Fatalf("%s: say in this test which plural forms %s has", file, tag)
	}
	for id, want := range source {
		got, ok := catalogue[id]
		if !ok {
			t.Errorf("%s: %q is missing (English: %v)", file, id, want)
			continue
		}
		if _, plural := want["other"]; plural {
			for _, form := range forms[tag] {
				if got[form] == "" {
					t.Errorf("%s: %q has no form %q", file, id, form)
				}
			}
		} else if got[""] == "" {
			t.Errorf("%s: %q is empty or has plural forms that the English does not have", file, id)
		}
		if a, b := arguments(want), arguments(got); !slices.Equal(a, b) {
			t.Errorf("%s: %q has the arguments %v, the English %v", file, id, b, a)
		}
		for _, text := range got {
			if n := strings.Count(text, "{{"); n != len(argument.FindAllString(text, -1)) {
				t.Errorf("%s: %q has an argument that is not {{.Name}}: %q", file, id, text)
			}
		}
	}
	for id := range catalogue {
		if _, ok := source[id]; !ok {
			t.Errorf("%s: %q is not in the English catalogue", file, id)
		}
	}
}

// The messages of the Arabic and French catalogues keep the house's own rules
// of punctuation.
func TestCataloguesKeepHouseStyle(t *testing.T) {
	t.Parallel()
	arabic, _ := filepath.Glob("catalogue/*ar.toml")
	for _, file := range arabic {
		for id, m := range readCatalogue(t, file) {
			for _, text := range m {
				text = argument.ReplaceAllString(text, "x")
				if strings.ContainsAny(text, ",;?\"") || strings.Contains(text, "اً") || strings.Contains(text, "  ") {
					t.Errorf("%s: %q: %q", file, id, text)
				}
			}
		}
	}
	french, _ := filepath.Glob("catalogue/*fr.toml")
	for _, file := range french {
		for id, m := range readCatalogue(t, file) {
			for _, text := range m {
				if regexp.MustCompile(`[^\x{202f}][;!?%»]|«[^\x{202f}]|[^\x{a0}]:( |$)|'`).MatchString(text) {
					t.Errorf("%s: %q: %q", file, id, text)
				}
			}
		}
	}
}

func TestLocalizer(t *testing.T) {
	t.Parallel()
	ar := locales.NewLocalizer("ar")
	for n, want := range map[int]string{
		0: "لا نسخ بالانتظار", 1: "نسخة واحدة بالانتظار", 2: "نسختان بالانتظار", 3: "3 نسخ بالانتظار",
		11: "11 نسخة بالانتظار", 100: "100 نسخة بالانتظار", 1003: "1,003 نسخ بالانتظار",
	} {
		equal(t, "N", ar.N("queue.waiting", n, nil), want)
	}
	equal(t, "T", ar.T("state.edition.approved", nil), "معتمدة")
	equal(t, "isolated", ar.T("signed", nil), "[signed]")
	equal(t, "args", ar.T("finding.script.latin-word", map[string]any{"Word": "Facebook"}), "تُرك «\u2068Facebook\u2069» بالحروف اللاتينية.")
	equal(t, "finding", locales.NewLocalizer("en").Finding("numbers.missing", map[string]string{"Number": "50"}), "The number 50 is missing.")
	equal(t, "number", locales.NewLocalizer("fr").T("edition.segment", map[string]any{"Number": 1500}), "Segment 1\u202f500")
	equal(t, "many", locales.NewLocalizer("fr").N("edition.segments", 1000000, nil), "1\u202f000\u202f000 segments")
	equal(t, "site", locales.NewLocalizer("ru").N("site.editions", 22, nil), "22 сообщения")
}

// A language without a catalogue gets English, and says so.
func TestLocalizerFallsBackVisibly(t *testing.T) {
	t.Parallel()
	tr := locales.NewLocalizer("tr")
	if tr.Tag != "en" || !tr.FellBack() || tr.SiteTag != "tr" || tr.FellBackSite() {
		t.Errorf("tr: %+v", tr)
	}
	if text, tag := tr.Lookup("queue.title", nil); text != "Queue" || tag != "en" {
		t.Errorf("queue.title: %q in %q", text, tag)
	}
	if text, tag := tr.Lookup("site.source", nil); text != "Kaynak" || tag != "tr" {
		t.Errorf("site.source: %q in %q", text, tag)
	}
	if text, tag := tr.Lookup("no.such", nil); text != "[no.such]" || tag != "" {
		t.Errorf("no.such: %q in %q", text, tag)
	}
	if ar := locales.NewLocalizer("ar-SY"); ar.Tag != "ar" || ar.FellBack() {
		t.Errorf("ar-SY: %+v", ar)
	}
	if !locales.NewLocalizer("ar").Has("queue.title") || locales.NewLocalizer("ar").Has("no.such") {
		t.Error("Has is wrong")
	}
}

// Each message can be said: no template breaks.
func TestMessagesExecute(t *testing.T) {
	t.Parallel()
	for _, tag := range locales.DeskCatalogues() {
		l := locales.NewLocalizer(tag)
		files, _ := filepath.Glob("catalogue/*" + tag + ".toml")
		for _, file := range files {
			if strings.HasPrefix(filepath.Base(file), "site.") {
				continue
			}
			for id, m := range readCatalogue(t, file) {
				args := map[string]any{}
				for _, a := range arguments(m) {
					args[a] = "x"
				}
				text := l.T(id, args)
				if _, plural := m["other"]; plural {
					text = l.N(id, 5, args)
				}
				if text == "" || strings.HasPrefix(text, "[") || strings.Contains(text, "<no value>") {
					t.Errorf("%s: %q gives %q", file, id, text)
				}
			}
		}
	}
}
