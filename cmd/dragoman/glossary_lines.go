package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"dragoman/content"
)

// lineReader reads a plain text file line by line, as often as the text asks
// for it: a line is whole in memory, the file is not.
type lineReader struct {
	what string // "source", for messages
	name string
	file *os.File // nil for standard input
	r    *bufio.Reader
	n    int // lines read
}

// maxLine is how long a line may be, in bytes. A longer one is no text.
const maxLine = 64 << 20

const byteOrderMark = "\ufeff"

// openLines opens a file, or standard input for "-".
func (g *globals) openLines(what, name string) (*lineReader, error) {
	if name == "-" {
		return &lineReader{what: what, name: "standard input", r: bufio.NewReaderSize(g.stdin, 1<<18)}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fileError(what, name, err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, fmt.Errorf("%s %s: this is a folder: name a text file", what, name)
	}
	return &lineReader{what: what, name: name, file: f, r: bufio.NewReaderSize(f, 1<<18)}, nil
}

func (l *lineReader) close() {
	if l.file != nil {
		l.file.Close()
	}
}

// waiting reports whether the next line may have to be waited for.
func (l *lineReader) waiting() bool { return l.r.Buffered() == 0 }

// textLine is one line of a file.
type textLine struct {
	raw  string // as it stands in the file, with its end
	text string // coded text: raw without its end and byte order mark
	head int    // bytes of raw before text
	end  int    // bytes of raw up to its line end
}

// next reads the next line, or io.EOF.
func (l *lineReader) next() (textLine, error) {
	raw, err := l.readRaw()
	if err != nil {
		return textLine{}, err
	}
	l.n++
	if err := l.check(raw); err != nil {
		return textLine{}, err
	}
	t := textLine{raw: raw, end: len(strings.TrimRight(raw, "\r\n"))}
	if l.n == 1 && strings.HasPrefix(raw, byteOrderMark) {
		t.head = len(byteOrderMark)
	}
	t.text = content.Escape(raw[t.head:t.end])
	return t, nil
}

// readRaw reads up to a line's end.
func (l *lineReader) readRaw() (string, error) {
	part, err := l.r.ReadSlice('\n')
	if err == nil {
		return string(part), nil
	}
	var long []byte
	for {
		long = append(long, part...)
		switch {
		case errors.Is(err, io.EOF) && len(long) == 0:
			return "", io.EOF
		case err == nil || errors.Is(err, io.EOF):
			return string(long), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", fmt.Errorf("%s %s: line %d: %w", l.what, l.name, l.n+1, err)
		case len(long) > maxLine:
			return "", fmt.Errorf("%s %s: line %d is longer than 64 MiB: give plain text, a sentence or paragraph a line", l.what, l.name, l.n+1)
		}
		part, err = l.r.ReadSlice('\n')
	}
}

const saveAsUTF8 = "save the file as plain text in UTF-8"

// check refuses what is no text in UTF-8.
func (l *lineReader) check(raw string) error {
	if strings.IndexByte(raw, 0) >= 0 {
		return fmt.Errorf("%s %s:%d: a zero byte: the file is UTF-16 or no text: %s", l.what, l.name, l.n, saveAsUTF8)
	}
	if utf8.ValidString(raw) {
		return nil
	}
	for i := 0; ; {
		r, size := utf8.DecodeRuneInString(raw[i:])
		if r == utf8.RuneError && size <= 1 {
			return fmt.Errorf("%s %s:%d:%d: byte 0x%02X is not UTF-8: %s", l.what, l.name, l.n, utf8.RuneCountInString(raw[:i])+1, raw[i], saveAsUTF8)
		}
		i += size
	}
}

// rest counts the lines that are left.
func (l *lineReader) rest() (int, error) {
	n, err := countLines(l.r)
	return l.n + n, err
}

// count gives the number of lines of a file that can be read twice; ok is
// false for one that cannot. The reader stays at the beginning.
func (l *lineReader) count() (n int, ok bool, err error) {
	if l.file == nil {
		return 0, false, nil
	}
	if info, err := l.file.Stat(); err != nil || !info.Mode().IsRegular() {
		return 0, false, nil
	}
	if n, err = countLines(l.file); err != nil {
		return 0, false, fileError(l.what, l.name, err)
	}
	if _, err = l.file.Seek(0, io.SeekStart); err != nil {
		return 0, false, fileError(l.what, l.name, err)
	}
	return n, true, nil
}

func countLines(r io.Reader) (int, error) {
	buf := make([]byte, 1<<18)
	lines, open := 0, false
	for {
		n, err := r.Read(buf)
		lines += bytes.Count(buf[:n], []byte{'\n'})
		if n > 0 {
			open = buf[n-1] != '\n'
		}
		switch {
		case errors.Is(err, io.EOF):
			if open {
				lines++
			}
			return lines, nil
		case err != nil:
			return lines, err
		}
	}
}

const literalOpen = "⟦"

// span turns offsets of the coded text into offsets of the line.
func (t *textLine) span(start, end int) (int, int) {
	return t.offset(start), t.offset(end)
}

func (t *textLine) offset(at int) int {
	if len(t.text) == t.end-t.head {
		return t.head + at
	}
	return t.head + at - len(literalOpen)*strings.Count(t.text[:at], literalOpen+literalOpen)
}

// plain takes the escapes off a piece of coded text that was made of the line.
func (t *textLine) plain(coded string) string {
	if len(t.text) == t.end-t.head {
		return coded
	}
	return strings.ReplaceAll(coded, literalOpen+literalOpen, literalOpen)
}
