package interchange

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// cutter cuts a TMX file into its head and its <tu> elements without parsing
// them, so that each can be parsed, and be broken, on its own.
type cutter struct {
	r    io.Reader
	buf  []byte
	pos  int // where the next piece begins
	line int // of buf[pos], from 1
	eof  bool
	max  int // most bytes of a piece
}

// errTooLong is of a piece that exceeds the limit.
var errTooLong = errors.New("too long")

// errUnclosed is of a piece that another one or the end of the file cut off.
var errUnclosed = errors.New("does not close")

func newCutter(r io.Reader, limit int) (*cutter, error) {
	dec, err := decoded(r)
	if err != nil {
		return nil, err
	}
	return &cutter{r: dec, line: 1, max: limit}, nil
}

// decoded gives a TMX file as UTF-8 without its byte order mark.
func decoded(r io.Reader) (io.Reader, error) {
	br := bufio.NewReaderSize(r, 64<<10)
	head, err := br.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	u16 := func(e unicode.Endianness) io.Reader {
		return transform.NewReader(br, unicode.UTF16(e, unicode.UseBOM).NewDecoder())
	}
	switch {
	case len(head) == 0:
		return nil, errors.New("the file is empty")
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, err = br.Discard(3)
		return br, err
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{'<', 0}):
		return u16(unicode.LittleEndian), nil
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}), bytes.HasPrefix(head, []byte{0, '<'}):
		return u16(unicode.BigEndian), nil
	}
	return br, nil
}

// fill reads more into buf; false means that there is no more.
func (c *cutter) fill() (bool, error) {
	if c.eof {
		return false, nil
	}
	if c.pos > 0 {
		c.buf = append(c.buf[:0], c.buf[c.pos:]...)
		c.pos = 0
	}
	n := len(c.buf)
	if cap(c.buf) < n+64<<10 {
		c.buf = append(make([]byte, 0, 2*cap(c.buf)+128<<10), c.buf...)
	}
	k, err := io.ReadFull(c.r, c.buf[n:n+64<<10])
	c.buf = c.buf[:n+k]
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		c.eof = true
	case err != nil:
		return false, fmt.Errorf("line %d: %w", c.line, err)
	}
	return k > 0, nil
}

// mark is a place where the file's structure shows.
type mark int

const (
	noMark  mark = iota
	unitTag      // <tu
	unitEnd      // </tu>: the place is after it
	bodyEnd      // </body
)

// find gives the first mark at or after from, counted from pos, and where it
// stands. Comments and character data sections are passed over.
func (c *cutter) find(from int) (mark, int, error) {
	for i := from; ; {
		b := c.buf[c.pos:]
		at := bytes.IndexByte(b[min(i, len(b)):], '<')
		if at < 0 {
			i = len(b)
		} else {
			i += at
		}
		// Any tag that matters is known by its first bytes.
		if len(b)-i < 16 && !c.eof {
			if len(b) > c.max {
				return noMark, i, errTooLong
			}
			if _, err := c.fill(); err != nil {
				return noMark, i, err
			}
			continue
		}
		if at < 0 {
			return noMark, i, nil
		}
		m, n, whole := classify(b[i:])
		if !whole && !c.eof {
			if len(b) > c.max {
				return noMark, i, errTooLong
			}
			if _, err := c.fill(); err != nil {
				return noMark, i, err
			}
			continue
		}
		switch m {
		case unitEnd:
			return m, i + n, nil
		case noMark:
			i += n
		default:
			return m, i, nil
		}
	}
}

// classify says what begins at b[0] == '<' and how long it is; whole is false
// where the end of it is not in b. Of a unit's start it looks at the name only.
func classify(b []byte) (m mark, n int, whole bool) {
	span := func(m mark, end string) (mark, int, bool) {
		i := bytes.Index(b, []byte(end))
		if i < 0 {
			return m, 1, false
		}
		return m, i + len(end), true
	}
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		return span(noMark, "-->")
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		return span(noMark, "]]>")
	case named(b, "<tu"):
		return unitTag, len("<tu"), true
	case named(b, "</tu"):
		return span(unitEnd, ">")
	case named(b, "</body"):
		return bodyEnd, len("</body"), true
	}
	return noMark, 1, true
}

// named reports whether b begins with a tag of exactly this name.
func named(b []byte, tag string) bool {
	if !bytes.HasPrefix(b, []byte(tag)) || len(b) == len(tag) {
		return false
	}
	switch b[len(tag)] {
	case '>', '/', ' ', '\t', '\n', '\r':
		return true
	}
	return false
}

// take gives the next n bytes, valid until the next call.
func (c *cutter) take(n int) []byte {
	piece := c.buf[c.pos : c.pos+n]
	c.line += bytes.Count(piece, []byte{'\n'})
	c.pos += n
	return piece
}

// head gives all before the first unit.
func (c *cutter) head() ([]byte, error) {
	m, at, err := c.find(0)
	if err != nil {
		return nil, err
	}
	if m == unitEnd {
		return nil, fmt.Errorf("line %d: a unit ends that did not begin", c.line)
	}
	return c.take(at), nil
}

// unit gives the next <tu> element and its line. io.EOF is the end of the
// units; with last set the file ended as it should. errTooLong and errUnclosed
// are of this unit: the next call goes on with the one after it.
func (c *cutter) unit() (piece []byte, line int, last bool, err error) {
	for {
		m, at, err := c.find(0)
		if err == errTooLong {
			c.take(len(c.buf) - c.pos - 16)
			continue
		}
		if err != nil {
			return nil, c.line, false, err
		}
		c.take(at)
		if m == noMark || m == bodyEnd {
			return nil, c.line, m == bodyEnd, io.EOF
		}
		if m == unitTag {
			break
		}
	}
	line = c.line
	if n := c.emptyUnit(); n > 0 {
		return c.take(n), line, false, nil
	}
	m, at, err := c.find(1)
	switch {
	case err == errTooLong:
		c.skipUnit()
		return nil, line, false, errTooLong
	case err != nil:
		return nil, line, false, err
	case m != unitEnd:
		return c.take(at), line, false, errUnclosed
	case at > c.max:
		c.take(at)
		return nil, line, false, errTooLong
	}
	return c.take(at), line, false, nil
}

// emptyUnit gives the length of a <tu …/> at pos, or 0.
func (c *cutter) emptyUnit() int {
	b := c.buf[c.pos:]
	end := bytes.IndexByte(b, '>')
	if end < 1 || b[end-1] != '/' || bytes.IndexByte(b[1:end], '<') >= 0 {
		return 0
	}
	return end + 1
}

// skipUnit passes over a unit that is too long to be kept, comments or not:
// up to what looks like its end or the next unit's start.
func (c *cutter) skipUnit() {
	c.take(1)
	for {
		b := c.buf[c.pos:]
		for i := 0; i < len(b); {
			at := bytes.IndexByte(b[i:], '<')
			if at < 0 || len(b)-i-at < 16 && !c.eof {
				break
			}
			i += at
			if named(b[i:], "</tu") || named(b[i:], "<tu") || named(b[i:], "</body") {
				c.take(i)
				return
			}
			i++
		}
		c.take(max(0, len(b)-16))
		if more, err := c.fill(); !more || err != nil {
			c.take(len(c.buf) - c.pos)
			return
		}
	}
}

// badUTF8 gives the offset of the first byte that is not UTF-8, or -1.
func badUTF8(b []byte) int {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
