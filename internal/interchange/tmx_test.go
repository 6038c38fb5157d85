package interchange

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dragoman/content"
)

func readAll(t testing.TB, data string, o TMXOptions) ([]Unit, Report, error) {
	t.Helper()
	var us []Unit
	rep, err := ReadTMX(strings.NewReader(data), o, func(u Unit) error {
		us = append(us, u)
		return nil
	})
	return us, rep, err
}

// TestReadTMX runs the cases of testdata/tmx: a file, and beside it what must
// come of it, as show prints it.
func TestReadTMX(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/tmx/*.tmx")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".tmx"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(f, ".tmx") + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			us, rep, err := readAll(t, string(data), TMXOptions{Source: "en", MaxUnit: 4000})
			if d := cmp.Diff(string(want), show(us, rep, err)); d != "" {
				t.Error(d)
			}
		})
	}
}

// show prints what was read, one thing a line.
func show(us []Unit, rep Report, err error) string {
	var b strings.Builder
	for _, u := range us {
		fmt.Fprintf(&b, "unit %q line %d\n", u.ID, u.Line)
		for _, p := range u.Props {
			fmt.Fprintf(&b, "  prop %s = %q\n", p.Type, p.Value)
		}
		for _, n := range u.Notes {
			fmt.Fprintf(&b, "  note %q\n", n)
		}
		for _, v := range append([]Variant{u.Source}, u.Targets...) {
			fmt.Fprintf(&b, "  %s %q\n", v.Lang, v.Text)
		}
		for _, c := range u.Codes {
			fmt.Fprintf(&b, "  code %d %s %q %q\n", c.ID, c.Type, c.Open, c.Close)
		}
		if u.Created != (time.Time{}) || u.Author != "" {
			fmt.Fprintf(&b, "  created %s by %s\n", stamp(u.Created), u.Author)
		}
	}
	for _, p := range rep.Problems {
		fmt.Fprintf(&b, "%v", p)
		if p.Skipped {
			b.WriteString(" [skipped]")
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%d units, %d skipped", rep.Units, rep.Skipped)
	if rep.Truncated {
		b.WriteString(", truncated")
	}
	b.WriteByte('\n')
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	return b.String()
}

const smallHead = `<?xml version="1.0"?><tmx version="1.4"><header srclang="en"/><body>`

func one(source string) string {
	return smallHead + `<tu tuid="1"><tuv xml:lang="en"><seg>` + source + `</seg></tuv><tuv xml:lang="ar"><seg>x</seg></tuv></tu></body></tmx>`
}

func TestReadEncodings(t *testing.T) {
	t.Parallel()
	text := strings.Replace(one("قال “نعم” 𝄞"), `version="1.0"`, `version="1.0" encoding="UTF-16"`, 1)
	wide := func(order binary.ByteOrder, bom bool) string {
		var b bytes.Buffer
		if bom {
			_ = binary.Write(&b, order, uint16(0xfeff))
		}
		_ = binary.Write(&b, order, utf16.Encode([]rune(text)))
		return b.String()
	}
	for name, data := range map[string]string{
		"utf-8": one("قال “نعم” 𝄞"), "utf-8 with mark": "\ufeff" + one("قال “نعم” 𝄞"),
		"utf-16le": wide(binary.LittleEndian, true), "utf-16be": wide(binary.BigEndian, true),
		"utf-16le without mark": wide(binary.LittleEndian, false), "utf-16be without mark": wide(binary.BigEndian, false),
	} {
		t.Run(name, func(t *testing.T) {
			us, rep, err := readAll(t, data, TMXOptions{})
			if err != nil || len(us) != 1 || us[0].Source.Text != "قال “نعم” 𝄞" {
				t.Errorf("units %+v, report %+v, error %v", us, rep, err)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, tt := range map[string]struct{ data, want string }{
		"empty":           {"", "the file is empty"},
		"not xml":         {"hello", "this is not a TMX file: there is no <tmx> in it"},
		"other root":      {"<?xml version='1.0'?>\n<xliff/>", "line 2: this is not a TMX file: it begins with <xliff>"},
		"latin":           {`<?xml version="1.0" encoding="ISO-8859-1"?><tmx/>`, `line 1: xml: opening charset "ISO-8859-1": the encoding "ISO-8859-1" is not TMX: save the file as UTF-8 or UTF-16`},
		"not utf-8":       {"<tmx><header creationtool='\xff'/>", "line 1: not UTF-8: save the file as UTF-8 or UTF-16"},
		"entities":        {`<!DOCTYPE tmx [<!ENTITY a "b">]><tmx/>`, "line 1: a document type with declarations of its own is not read: remove the DOCTYPE"},
		"external subset": {`<!DOCTYPE tmx SYSTEM "x" [ ]><tmx/>`, "line 1: a document type with declarations of its own is not read: remove the DOCTYPE"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := readAll(t, tt.data, TMXOptions{})
			if err == nil || err.Error() != "tmx: "+tt.want {
				t.Errorf("error is %v, want %s", err, tt.want)
			}
		})
	}
	if _, err := ReadTMX(strings.NewReader(one("x")), TMXOptions{}, func(Unit) error { return boom }); err != boom {
		t.Errorf("the caller's error comes back as %v", err)
	}
	r := io.MultiReader(strings.NewReader(one("x")[:100]), iotest.ErrReader(boom))
	if _, err := ReadTMX(r, TMXOptions{}, func(Unit) error { return nil }); !errors.Is(err, boom) {
		t.Errorf("the reader's error comes back as %v", err)
	}
}

func TestTheTMXDoctypeIsTaken(t *testing.T) {
	t.Parallel()
	for _, d := range []string{`<!DOCTYPE tmx SYSTEM "tmx14.dtd">`, `<!DOCTYPE tmx PUBLIC "-//LISA OSCAR:1998//DTD for Translation Memory eXchange//EN" "tmx14.dtd">`, `<!DOCTYPE tmx>`} {
		data := strings.Replace(one("x"), "<tmx", d+"<tmx", 1)
		if us, rep, err := readAll(t, data, TMXOptions{}); err != nil || len(us) != 1 {
			t.Errorf("%s: %v %+v", d, err, rep)
		}
	}
}

// TestCutAnywhere cuts a file off after every byte: never a panic, never a
// unit that is not in the whole file.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	whole := smallHead + strings.Repeat(`<tu tuid="7"><!-- </tu> --><tuv xml:lang="en"><seg>a<bpt i="1">&lt;b></bpt>b<ept i="1"/></seg></tuv><tuv xml:lang="ar"><seg><![CDATA[</tu>]]>ب</seg></tuv></tu>`, 2) + `</body></tmx>`
	want, rep, err := readAll(t, whole, TMXOptions{})
	if err != nil || len(want) != 2 || rep.Truncated {
		t.Fatalf("%d units, report %+v, error %v", len(want), rep, err)
	}
	if want[0].Targets[0].Text != "</tu>ب" {
		t.Errorf("target is %q", want[0].Targets[0].Text)
	}
	for n := range whole {
		us, rep, err := readAll(t, whole[:n], TMXOptions{})
		if err == nil && !rep.Truncated && n < len(whole)-len("></tmx>") {
			t.Errorf("cut at %d: not seen", n)
		}
		for _, u := range us {
			if u.Source.Text != want[0].Source.Text {
				t.Errorf("cut at %d: unit %+v", n, u)
			}
		}
	}
}

func TestLongUnitsCostThemselvesOnly(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(smallHead)
	for i := range 5 {
		n := 10
		if i%2 == 1 {
			n = 3_000_000
		}
		fmt.Fprintf(&b, `<tu tuid="%d"><tuv xml:lang="en"><seg>%s</seg></tuv><tuv xml:lang="ar"><seg>x</seg></tuv></tu>`, i, strings.Repeat("y", n))
	}
	b.WriteString("</body></tmx>")
	us, rep, err := readAll(t, b.String(), TMXOptions{})
	if err != nil || len(us) != 3 || rep.Skipped != 2 || rep.Truncated {
		t.Errorf("%d units, report %+v, error %v", len(us), rep, err)
	}
}

func units(us []Unit) iter.Seq2[Unit, error] {
	return func(yield func(Unit, error) bool) {
		for _, u := range us {
			if !yield(u, nil) {
				return
			}
		}
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	day := time.Date(2018, 2, 5, 9, 30, 0, 0, time.UTC)
	us := []Unit{{
		ID: "a<&>\"'", Provenance: Provenance{Created: day, Changed: day.Add(time.Hour), Author: "desk", Editor: "ali"},
		Source: Variant{Lang: "en", Text: "He said ⟦1⟧no⟦/1⟧ & left.⟦2/⟧ ⟦⟦1⟧ <b>", Notes: []string{"of the source"}},
		Targets: []Variant{
			{Lang: "ar", Text: "⟦2/⟧ قال ⟦1⟧لا⟦/1⟧\r\n\tوغادر", Props: []Prop{{"x-a", "1\n2"}}, Provenance: Provenance{Author: "x"}},
			{Lang: "fr", Text: "Il a dit ⟦1⟧non⟦/1⟧"},
			{Lang: "fr", Text: "⟦1⟧Non⟦/1⟧, dit-il"},
		},
		Codes: []content.Code{
			{ID: 1, Type: "em", Paired: true, Open: "*", Close: "*"},
			{ID: 2, Type: "br", Open: "<br>"},
		},
		Props: []Prop{{"x-release", "r&1"}, {"x-release", "r2"}}, Notes: []string{"one", "two <3"},
	}, {
		ID: "2", Source: Variant{Lang: "en", Text: "⟦1⟧half"}, Targets: []Variant{{Lang: "ar", Text: "⟦1⟧نصف"}},
		Codes: []content.Code{{ID: 1, Type: "strong", Paired: true, Open: "**"}},
	}, {
		ID: "3", Source: Variant{Lang: "en", Text: " half⟦/1⟧ "}, Targets: []Variant{{Lang: "ar", Text: "نصف⟦/1⟧"}},
		Codes: []content.Code{{ID: 1, Type: "strong", Paired: true, Close: "**"}},
	}}
	var buf bytes.Buffer
	if err := WriteTMX(&buf, Header{Notes: []string{"head"}, Props: []Prop{{"p", "v"}}}, units(us)); err != nil {
		t.Fatal(err)
	}
	got, rep, err := readAll(t, buf.String(), TMXOptions{Source: "en"})
	if err != nil || len(rep.Problems) > 0 {
		t.Fatalf("report %+v, error %v in\n%s", rep, err, buf.String())
	}
	if d := cmp.Diff(us, got, cmpopts.IgnoreFields(Unit{}, "Line"), cmpopts.IgnoreUnexported(content.Code{})); d != "" {
		t.Errorf("%s\nfile:\n%s", d, buf.String())
	}
	if rep.Header.Notes[0] != "head" || rep.Header.Props[0] != (Prop{"p", "v"}) || rep.Header.Segment != "sentence" {
		t.Errorf("header is %+v", rep.Header)
	}
}

func TestWriteErrors(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	err := WriteTMX(io.Discard, Header{}, func(yield func(Unit, error) bool) { yield(Unit{}, boom) })
	if err != boom {
		t.Errorf("the units' error comes back as %v", err)
	}
	if err := WriteTMX(failing{}, Header{}, units([]Unit{{}})); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("the writer's error comes back as %v", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// FuzzReadTMX: whatever the bytes, no panic; what is read can be written and
// reads the same again.
func FuzzReadTMX(f *testing.F) {
	files, _ := filepath.Glob("testdata/tmx/*.tmx")
	for _, name := range files {
		if data, err := os.ReadFile(name); err == nil {
			f.Add(string(data))
		}
	}
	f.Add(one("a⟦1⟧ &amp; b"))
	f.Fuzz(func(t *testing.T, data string) {
		us, _, err := readAll(t, data, TMXOptions{Source: "*all*"})
		if err != nil {
			return
		}
		var buf bytes.Buffer
		if err := WriteTMX(&buf, Header{Source: "*all*"}, units(us)); err != nil {
			t.Fatal(err)
		}
		again, rep, err := readAll(t, buf.String(), TMXOptions{Source: "*all*", MaxUnit: 100 << 20})
		if err != nil || rep.Skipped > 0 || len(again) != len(us) {
			t.Fatalf("%d units of %d, report %+v, error %v of\n%s", len(again), len(us), rep, err, buf.String())
		}
		for i := range us {
			if content.Plain(us[i].Source.Text) != content.Plain(again[i].Source.Text) {
				t.Fatalf("%q became %q", us[i].Source.Text, again[i].Source.Text)
			}
		}
	})
}

func BenchmarkReadTMX(b *testing.B) {
	var buf bytes.Buffer
	us := make([]Unit, 10_000)
	for i := range us {
		us[i] = Unit{
			ID: fmt.Sprint(i), Props: []Prop{{"x-release", "2018-02-05"}}, Provenance: Provenance{Created: time.Unix(1517824800, 0), Author: "desk"},
			Source:  Variant{Lang: "en", Text: fmt.Sprintf("Russian airstrikes killed %d civilians in the town of ⟦1⟧Kafranbel⟦/1⟧ in rural Idlib.", i)},
			Targets: []Variant{{Lang: "ar", Text: fmt.Sprintf("قتلت الغارات الجوية الروسية %d مدنيًا في بلدة ⟦1⟧كفرنبل⟦/1⟧ بريف إدلب.", i)}},
			Codes:   []content.Code{{ID: 1, Type: "em", Paired: true, Open: "*", Close: "*"}},
		}
	}
	if err := WriteTMX(&buf, Header{}, units(us)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(buf.Len()))
	n := 0
	for b.Loop() {
		rep, err := ReadTMX(bytes.NewReader(buf.Bytes()), TMXOptions{}, func(Unit) error { return nil })
		if err != nil || rep.Units != len(us) {
			b.Fatalf("%+v %v", rep, err)
		}
		n += rep.Units
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "units/s")
}
