package segment

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxBlock is how many bytes Write holds of text in which no blank line
// stands; longer text is cut after the last sentence that it has seen end.
const maxBlock = 1 << 20

// record is one segment as Write gives it in JSON.
type record struct {
	Index int    `json:"index"`
	Start int64  `json:"start"`
	End   int64  `json:"end"`
	Text  string `json:"text"`
}

// Write reads text and writes its sentences, one a line, with a space for every
// line break in them. As JSON it writes one object a line, with the sentence as
// it stands in the input and where it stands there, in bytes:
//
//	{"index":0,"start":0,"end":42,"text":"…"}
//
// It holds no more of the input than the paragraph at hand. Input that is not
// UTF-8, or whose lines end with a carriage return alone, is an error that tells
// the byte and the line; what came before it has been written then.
func Write(w io.Writer, r io.Reader, lang string, asJSON bool) error {
	out := bufio.NewWriter(w)
	s := &stream{in: bufio.NewReaderSize(r, 64<<10), out: out, lang: lang, json: asJSON, line: 1}
	err := s.run()
	if ferr := out.Flush(); err == nil && ferr != nil {
		err = fmt.Errorf("write segments: %w", ferr)
	}
	return err
}

// stream is the state of one Write.
type stream struct {
	in   *bufio.Reader
	out  *bufio.Writer
	lang string
	json bool
	// text is what was read and not written yet; it begins at offset of the
	// input and at line.
	text   []byte
	offset int64
	line   int
	index  int
	feeds  int // line feeds so far
	bare   int // carriage returns without one
}

// run reads line by line and writes block by block.
func (s *stream) run() error {
	for {
		line, err := s.in.ReadSlice('\n')
		s.text = append(s.text, line...)
		switch {
		case err == io.EOF:
			return s.write(len(s.text))
		case err != nil && err != bufio.ErrBufferFull:
			return fmt.Errorf("read text: %w", err)
		}
		end := 0
		if err == nil && blank(string(line)) {
			end = len(s.text)
		} else if len(s.text) > maxBlock {
			end = s.settled()
		}
		if err := s.write(end); err != nil {
			return err
		}
	}
}

// settled gives where the last sentence that surely has ended does: not the
// last one, which may go on, nor, in text without ends, more than all but the
// last word.
func (s *stream) settled() int {
	whole := len(s.text)
	for whole > 0 && !utf8.RuneStart(s.text[whole-1]) {
		whole--
	}
	spans := Split(s.lang, string(s.text[:max(whole-1, 0)]))
	if n := len(spans); n > 1 {
		return spans[n-1].Start
	}
	if i := strings.LastIndexByte(string(s.text), ' '); i > 0 {
		return i + 1
	}
	return max(whole-1, 0)
}

// write writes the sentences of the first n bytes at hand and lets go of them.
func (s *stream) write(n int) error {
	if n == 0 {
		return nil
	}
	text := string(s.text[:n])
	if !utf8.ValidString(text) {
		return s.notUTF8(text)
	}
	if err := s.macintosh(text); err != nil {
		return err
	}
	for _, span := range Split(s.lang, text) {
		part := text[span.Start:span.End]
		if part == "\ufeff" {
			continue
		}
		start := s.offset + int64(span.Start)
		if strings.HasPrefix(part, "\ufeff") && start == 0 {
			part, start = part[3:], 3
		}
		if err := s.segment(part, start); err != nil {
			return fmt.Errorf("write segments: %w", err)
		}
	}
	s.offset += int64(n)
	s.line += strings.Count(text, "\n")
	s.text = append(s.text[:0], s.text[n:]...)
	return nil
}

// macintosh refuses text most of whose lines end with a carriage return alone:
// headings and sentences would run into one another.
func (s *stream) macintosh(text string) error {
	s.feeds += strings.Count(text, "\n")
	s.bare += strings.Count(text, "\r") - strings.Count(text, "\r\n")
	if s.bare <= s.feeds {
		return nil
	}
	return fmt.Errorf("the lines of the input end as they did on old Macs (CR alone, line %d): save it again with line ends of Unix (LF) or Windows (CRLF)", s.line)
}

// segment writes one sentence.
func (s *stream) segment(text string, start int64) error {
	defer func() { s.index++ }()
	if !s.json {
		_, err := s.out.WriteString(strings.Join(strings.FieldsFunc(text, func(r rune) bool {
			return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085'
		}), " ") + "\n")
		return err
	}
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	return e.Encode(record{Index: s.index, Start: start, End: start + int64(len(text)), Text: text})
}

// notUTF8 tells where text stops being UTF-8.
func (s *stream) notUTF8(text string) error {
	i, line := 0, s.line
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		i += n
	}
	return fmt.Errorf("the input is not UTF-8: byte %d (0x%02X, in line %d) belongs to no character; save it again with the encoding UTF-8",
		s.offset+int64(i), text[min(i, len(text)-1)], line)
}
