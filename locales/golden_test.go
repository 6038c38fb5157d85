package locales_test

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"dragoman/locales"
)

// golden calls f for every case of a plain-text file: the columns of a line,
// cut at "|". An empty file is a mistake.
func golden(t *testing.T, name string, columns int, f func(t *testing.T, p *locales.Profile, c []string)) {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	s := bufio.NewScanner(file)
	for line := 1; s.Scan(); line++ {
		text := s.Text()
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		c := strings.Split(text, "|")
		for i := range c {
			c[i] = strings.NewReplacer("␣", "\u00a0", "~", "\u202f").Replace(strings.TrimSpace(c[i]))
		}
		if len(c) != columns {
			t.Fatalf("%s:%d: %d columns, want %d", name, line, len(c), columns)
		}
		n++
		t.Run(fmt.Sprintf("%d", line), func(t *testing.T) {
			p, err := locales.Get(c[0])
			if err != nil {
				t.Fatal(err)
			}
			f(t, p, c)
		})
	}
	if n == 0 {
		t.Fatalf("%s: no cases", name)
	}
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s\n got %q\nwant %q", what, got, want)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	golden(t, "numbers.txt", 4, func(t *testing.T, p *locales.Profile, c []string) {
		var got string
		switch c[1] {
		case "parse":
			f, err := p.ParseNumber(c[2])
			if got = strconv.FormatFloat(f, 'f', -1, 64); err != nil {
				got = "error"
			}
		case "int":
			n, err := strconv.ParseInt(c[2], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			got = p.FormatInt(n)
		default:
			f, err := strconv.ParseFloat(c[2], 64)
			if err != nil {
				t.Fatal(err)
			}
			if got = p.FormatNumber(f, -1); c[1] == "percent" {
				got = p.FormatPercent(f, -1)
			}
		}
		equal(t, c[0]+" "+c[1]+" "+c[2], got, c[3])
	})
}

func TestDates(t *testing.T) {
	t.Parallel()
	golden(t, "dates.txt", 4, func(t *testing.T, p *locales.Profile, c []string) {
		day, err := time.Parse(time.DateOnly, c[1])
		if err != nil {
			t.Fatal(err)
		}
		equal(t, c[1], p.FormatDate(day, false), c[2])
		equal(t, c[1], p.FormatDate(day, true), c[3])
	})
}

func TestPlurals(t *testing.T) {
	t.Parallel()
	golden(t, "plurals.txt", 3, func(t *testing.T, p *locales.Profile, c []string) {
		got, err := p.PluralDecimal(c[1])
		if err != nil {
			t.Fatal(err)
		}
		equal(t, c[0]+" "+c[1], got, c[2])
		if n, err := strconv.Atoi(c[1]); err == nil {
			equal(t, c[0]+" "+c[1], p.Plural(n), c[2])
		}
	})
}

func TestLetters(t *testing.T) {
	t.Parallel()
	golden(t, "letters.txt", 4, func(t *testing.T, p *locales.Profile, c []string) {
		f := map[string]func(string) string{"upper": p.Upper, "lower": p.Lower, "title": p.Title, "fold": p.Fold}[c[1]]
		equal(t, c[1]+" "+c[2], f(c[2]), c[3])
	})
}

var genders = map[string]locales.Gender{"m": locales.Masculine, "f": locales.Feminine, "n": locales.Neuter, "-": locales.AnyGender}

func TestNumberWords(t *testing.T) {
	t.Parallel()
	golden(t, "words.txt", 4, func(t *testing.T, p *locales.Profile, c []string) {
		n, _ := strconv.Atoi(c[1])
		g := genders[c[2]]
		word, ok := p.NumberWord(n, g)
		if !ok {
			word = "-"
		}
		equal(t, c[0]+" "+c[1], word, c[3])
		if !ok {
			return
		}
		back, gender, ok := p.ParseNumberWord(word)
		if !ok || back != n || gender != g && gender != locales.AnyGender && g != locales.Neuter {
			t.Errorf("ParseNumberWord(%q) = %d, %d, %v; want %d, %d", word, back, gender, ok, n, g)
		}
	})
}

func TestCounted(t *testing.T) {
	t.Parallel()
	cases := map[string]locales.Case{"n": locales.Nominative, "a": locales.Accusative, "g": locales.Genitive}
	golden(t, "counted.txt", 5, func(t *testing.T, p *locales.Profile, c []string) {
		n, _ := strconv.Atoi(c[2])
		got, ok := locales.CountedPhrase(c[0], c[1], n, cases[c[3]])
		if !ok {
			got = "-"
		}
		equal(t, strings.Join(c[:4], " "), got, c[4])
	})
}

func TestScanNumbers(t *testing.T) {
	t.Parallel()
	golden(t, "scan.txt", 3, func(t *testing.T, p *locales.Profile, c []string) {
		text := strings.ReplaceAll(c[1], "\u202f", "~")
		var found []string
		for _, n := range p.Numbers(nil, text) {
			s := n.Value.String()
			if n.Scaled != n.Value {
				s += "=" + n.Scaled.String()
			}
			if n.Percent {
				s += "%"
			}
			if n.Kind == locales.Ordinal || n.Kind == locales.Related {
				s += "\u202f" // "~" in the file
			}
			found = append(found, s)
		}
		equal(t, text, strings.Join(found, " "), c[2])
	})
}

func TestScanDates(t *testing.T) {
	t.Parallel()
	golden(t, "scandates.txt", 3, func(t *testing.T, p *locales.Profile, c []string) {
		var found []string
		for _, d := range p.Dates(nil, c[1]) {
			weekday := "-"
			if d.HasWeekday {
				weekday = d.Weekday.String()[:3]
			}
			s := fmt.Sprintf("%s %s.%s.%s", weekday, dash(d.Day), dash(int(d.Month)), dash(d.Year))
			if d.Foreign {
				s += "!"
			}
			if d.Month != 0 && !d.Numeric && p.Tag != "ar" && strings.ContainsRune(c[1][d.MonthStart:d.MonthEnd], ' ') {
				t.Errorf("month's name is %q", c[1][d.MonthStart:d.MonthEnd])
			}
			found = append(found, s)
		}
		equal(t, c[1], strings.Join(found, "; "), c[2])
	})
}

func dash(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

func TestIsolateRuns(t *testing.T) {
	t.Parallel()
	golden(t, "isolate.txt", 3, func(t *testing.T, p *locales.Profile, c []string) {
		got := strings.NewReplacer(locales.FSI, "⟨", locales.PDI, "⟩").Replace(p.IsolateRuns(c[1], true))
		equal(t, c[1], got, c[2])
	})
}
