package segment

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		json     bool
		want     string
	}{
		{"lines", "One is\nhere. Two\r\nis there.\n\nThree", false, "One is here.\nTwo is there.\nThree\n"},
		{"json", "One is\nhere. “Two”", true, `{"index":0,"start":0,"end":12,"text":"One is\nhere."}` + "\n" + `{"index":1,"start":13,"end":22,"text":"“Two”"}` + "\n"},
		{"byte order mark", "\ufeffOne.", true, `{"index":0,"start":3,"end":7,"text":"One."}` + "\n"},
		{"nothing", " \n\n ", true, ""},
		{"markup", "a < b & c", true, `{"index":0,"start":0,"end":9,"text":"a < b & c"}` + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := Write(&b, strings.NewReader(tt.in), "en", tt.json); err != nil {
				t.Fatal(err)
			}
			if b.String() != tt.want {
				t.Errorf("got\n%s\nwant\n%s", b.String(), tt.want)
			}
		})
	}
}

// TestWriteRefusesOldLineEnds: their paragraphs would run into one another.
func TestWriteRefusesOldLineEnds(t *testing.T) {
	t.Parallel()
	for in, refused := range map[string]bool{
		"A heading\r\rOne. Two.\r":        true,
		"A heading\r\n\r\nOne.\rTwo.\r\n": false,
		"One\rline.\n":                    false,
		"\r":                              true,
	} {
		var b bytes.Buffer
		err := Write(&b, strings.NewReader(in), "en", false)
		if refused != (err != nil && strings.Contains(err.Error(), "CR alone") && b.Len() == 0) {
			t.Errorf("%q: %v, wrote %q", in, err, &b)
		}
	}
}

// TestWriteStreams cuts a text far larger than what is held of it, with and
// without blank lines, and compares with cutting it whole.
func TestWriteStreams(t *testing.T) {
	t.Parallel()
	for name, sep := range map[string]string{"paragraphs": "\n\n", "one paragraph": " ", "lines": "\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := "Dr. Smith left the U.S. at 5 p.m. Monday. He said: “Never again.”" + sep
			in := strings.Repeat(one, 18_000)
			var b bytes.Buffer
			if err := Write(&b, strings.NewReader(in), "en", true); err != nil {
				t.Fatal(err)
			}
			d := json.NewDecoder(&b)
			n := 0
			for d.More() {
				var r record
				if err := d.Decode(&r); err != nil {
					t.Fatal(err)
				}
				if in[r.Start:r.End] != r.Text || r.Index != n {
					t.Fatalf("segment %d: [%d:%d] is not %q", r.Index, r.Start, r.End, r.Text)
				}
				n++
			}
			if n != 36_000 {
				t.Errorf("%d segments, want 36000", n)
			}
		})
	}
}

func TestWriteWithoutStops(t *testing.T) {
	t.Parallel()
	in := strings.Repeat("عربي ", 500_000)
	var b bytes.Buffer
	if err := Write(&b, strings.NewReader(in), "ar", false); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(b.String(), "عربي"), 500_000; got != want {
		t.Errorf("%d words, want %d", got, want)
	}
}

func TestWriteNotUTF8(t *testing.T) {
	t.Parallel()
	err := Write(&bytes.Buffer{}, strings.NewReader("Good.\n\nBad \xff."), "en", false)
	if err == nil || !strings.Contains(err.Error(), "byte 11 (0xFF, in line 3)") {
		t.Errorf("error %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, bytes.ErrTooLarge }

func TestWriteFails(t *testing.T) {
	t.Parallel()
	if err := Write(brokenWriter{}, strings.NewReader("One."), "en", false); err == nil {
		t.Error("no error from a writer that fails")
	}
}
