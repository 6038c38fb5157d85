package publish

import (
	"bytes"
	"crypto/sha1"
	"encoding/xml"
	"fmt"
	"path"
	"time"
)

// feedSize is how many of the newest entries a feed holds.
const feedSize = 50

// atomFeed is a feed in Atom (RFC 4287).
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  atomPerson  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Lang string `xml:"hreflang,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string        `xml:"id"`
	Title     string        `xml:"title"`
	Updated   string        `xml:"updated"`
	Published string        `xml:"published,omitempty"`
	Links     []atomLink    `xml:"link"`
	Category  *atomCategory `xml:"category"`
	Summary   string        `xml:"summary,omitempty"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

// RenderFeed gives the locale's Atom feed of the newest entries.
func RenderFeed(site Site, x Index) (File, error) {
	if err := checkLocale(x.Locale); err != nil {
		return File{}, err
	}
	w, err := speak(x.Locale)
	if err != nil {
		return File{}, err
	}
	base, err := site.base()
	if err != nil {
		return File{}, err
	}
	self := path.Join(x.Locale, "feed.xml")
	home := path.Join(x.Locale, "index.html")
	feed := atomFeed{
		Lang: x.Locale, ID: identity(base, self), Title: site.name(w),
		Author: atomPerson{site.name(w)},
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: address(base, self, self)},
			{Rel: "alternate", Type: "text/html", Lang: x.Locale, Href: address(base, self, home)},
		},
	}
	var newest time.Time
	entries := x.sorted()
	for _, e := range entries[:min(feedSize, len(entries))] {
		file, err := Path(x.Locale, e.Slug, HTML)
		if err != nil {
			return File{}, err
		}
		feed.Entries = append(feed.Entries, e.atom(base, self, file, x.Locale))
		if t := e.updated(); t.After(newest) {
			newest = t
		}
	}
	feed.Updated = atomTime(newest)
	data, err := marshalXML(feed)
	if err != nil {
		return File{}, fmt.Errorf("publish: %s: %w", self, err)
	}
	return File{Path: self, Data: data}, nil
}

func (e Entry) atom(base, self, file, locale string) atomEntry {
	a := atomEntry{
		ID: identity(base, file), Title: oneLine(e.Title), Summary: oneLine(e.Summary),
		Updated: atomTime(e.updated()),
		Links:   []atomLink{{Rel: "alternate", Type: "text/html", Lang: locale, Href: address(base, self, file)}},
	}
	if !e.Date.IsZero() {
		a.Published = e.Date.Format(time.RFC3339)
	}
	if c := oneLine(e.Category); c != "" {
		a.Category = &atomCategory{c}
	}
	return a
}

// updated is the last time that the public text was another one.
func (e Entry) updated() time.Time {
	for _, t := range []time.Time{e.Modified, e.Published} {
		if !t.IsZero() {
			return t
		}
	}
	return e.Date
}

// atomTime writes a time that Atom insists on; one that nobody knows is the
// beginning of 1970.
func atomTime(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

// identity names a resource for ever: its address, or, where it has none, a
// UUID made from its path (RFC 9562, version 5, namespace URL).
func identity(base, file string) string {
	if base != "" {
		return address(base, file, file)
	}
	namespace := []byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}
	id := sha1.Sum(append(namespace, file...))
	id[6] = id[6]&0x0f | 0x50
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:16])
}

// marshalXML writes an XML document. encoding/xml escapes what needs it and
// replaces what XML cannot hold.
func marshalXML(v any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
