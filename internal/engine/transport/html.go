package transport

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"dragoman/content"
)

// HTML writes coded text for a service that keeps tags: a pair as
// <span data-c="1">…</span>, a standalone code as <img data-c="2">, half a pair
// as <img data-c="1o"> (opens) or <img data-c="1c"> (closes). Both elements are
// inline, so that no service takes them for the end of a sentence.
func HTML(coded string) string {
	ps := pieces(coded)
	pair := whole(ps)
	var b strings.Builder
	b.Grow(len(coded) + 24*len(ps))
	for i, p := range ps {
		switch {
		case p.kind == content.Text:
			_, _ = textEscaper.WriteString(&b, p.text)
		case p.kind == content.Open && pair[i]:
			fmt.Fprintf(&b, `<span data-c="%d">`, p.id)
		case p.kind == content.Close && pair[i]:
			b.WriteString(`</span>`)
		case p.kind == content.Open:
			fmt.Fprintf(&b, `<img data-c="%do">`, p.id)
		case p.kind == content.Close:
			fmt.Fprintf(&b, `<img data-c="%dc">`, p.id)
		default:
			fmt.Fprintf(&b, `<img data-c="%d">`, p.id)
		}
	}
	return b.String()
}

// textEscaper leaves quotes alone: they need no escape outside attributes, and
// services translate "Syria's" better than "Syria&#39;s".
var textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// FromHTML reads the reply of a service to HTML(source) as coded text.
// Attributes that the service added (Google sets style and dir for languages
// that run from right to left) do not count; any other element does.
func FromHTML(source, reply string) (string, error) {
	if err := checkSize(source, reply); err != nil {
		return "", err
	}
	z := html.NewTokenizer(strings.NewReader(mendTags(reply)))
	r := htmlReader{}
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); err != io.EOF {
				return "", fmt.Errorf("%w: %v", ErrMarkup, err)
			}
			if len(r.open) > 0 {
				return "", fmt.Errorf("%w: code %d is not closed", ErrCodes, r.open[len(r.open)-1])
			}
			return finish(source, r.pieces)
		case html.TextToken:
			r.text(z.Token().Data)
		default:
			if err := r.tag(z.Token()); err != nil {
				return "", err
			}
		}
	}
}

type htmlReader struct {
	pieces []piece
	open   []int // ids of the spans not yet closed
}

func (r *htmlReader) text(s string) {
	if n := len(r.pieces); n > 0 && r.pieces[n-1].kind == content.Text {
		r.pieces[n-1].text += s
		return
	}
	r.pieces = append(r.pieces, piece{kind: content.Text, text: s})
}

func (r *htmlReader) tag(t html.Token) error {
	switch {
	case t.Data == "span" && t.Type == html.StartTagToken:
		id, half, err := codeOf(t)
		if err != nil || half != 0 {
			return fmt.Errorf("%w: %s", ErrMarkup, short(t.String()))
		}
		r.open = append(r.open, id)
		r.pieces = append(r.pieces, piece{kind: content.Open, id: id})
	case t.Data == "span" && t.Type == html.EndTagToken:
		n := len(r.open) - 1
		if n < 0 {
			return fmt.Errorf("%w: an end tag too many", ErrCodes)
		}
		r.pieces = append(r.pieces, piece{kind: content.Close, id: r.open[n]})
		r.open = r.open[:n]
	case t.Data == "img" && t.Type != html.EndTagToken:
		id, half, err := codeOf(t)
		if err != nil {
			return fmt.Errorf("%w: %s", ErrMarkup, short(t.String()))
		}
		kind := map[byte]content.TokenKind{0: content.Single, 'o': content.Open, 'c': content.Close}[half]
		r.pieces = append(r.pieces, piece{kind: kind, id: id})
	case t.Data == "img": // </img> closes nothing
	default:
		return fmt.Errorf("%w: %s", ErrMarkup, short(t.String()))
	}
	return nil
}

// codeOf reads the id, and which half of a pair it is of, from data-c.
func codeOf(t html.Token) (id int, half byte, err error) {
	for _, a := range t.Attr {
		if a.Key != "data-c" {
			continue
		}
		v := strings.TrimSpace(a.Val)
		if n := len(v); n > 0 && (v[n-1] == 'o' || v[n-1] == 'c') {
			half, v = v[n-1], v[:n-1]
		}
		id, err = strconv.Atoi(v)
		return id, half, err
	}
	return 0, 0, fmt.Errorf("no data-c")
}

// mendTags takes out the spaces that services put inside our tags: "< span",
// "</ span >". A "<" of the text went out escaped, so this touches tags only.
func mendTags(s string) string {
	if !strings.Contains(s, "< ") && !strings.Contains(s, "</ ") {
		return s
	}
	return spacedTags.Replace(s)
}

var spacedTags = strings.NewReplacer(
	"< span", "<span", "< img", "<img", "</ span", "</span", "< /span", "</span", "< / span", "</span")

// short bounds what an error quotes.
func short(s string) string {
	const most = 60
	if len(s) <= most {
		return strconv.Quote(s)
	}
	return strconv.Quote(strings.ToValidUTF8(s[:most], "")) + "…"
}
