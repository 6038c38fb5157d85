package publish

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"dragoman/locales"
)

// Site is what the published pages have in common.
type Site struct {
	// Name is the publisher's name, and Names what it is in a locale where it
	// is another. Without either the pages bear the catalogue's name.
	Name  string
	Names map[string]string
	// BaseURL is where the output directory will be found,
	// "https://example.org/news". Without it links are relative, and there is
	// no sitemap: the pages work from a folder, but search engines want whole
	// addresses.
	BaseURL string
	// Source is the locale that releases are written in, "" for "en".
	Source string
	// Locales are the locales in the order in which readers are offered them.
	// Others follow by their tags.
	Locales []string
}

// File is a file to be published.
type File struct {
	// Path is slash-separated and relative to the output directory.
	Path string
	Data []byte
}

func (s Site) source() string { return cmp.Or(s.Source, "en") }

// name is the publisher's name in a locale.
func (s Site) name(w *words) string {
	return cmp.Or(oneLine(s.Names[w.Locale]), oneLine(s.Name), w.say("site.name"))
}

// base returns BaseURL with a slash at its end, "" where there is none.
func (s Site) base() (string, error) {
	if s.BaseURL == "" {
		return "", nil
	}
	u, err := url.Parse(s.BaseURL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("publish: base URL %q: not the address of a site; write it like https://example.org/news", s.BaseURL)
	}
	return strings.TrimRight(u.String(), "/") + "/", nil
}

// order sorts locales as readers are offered them, each once.
func (s Site) order(tags []string) []string {
	tags = slices.Clone(tags)
	slices.SortFunc(tags, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.rank(a), s.rank(b)), cmp.Compare(a, b))
	})
	return slices.Compact(tags)
}

func (s Site) rank(tag string) int {
	if i := slices.Index(s.Locales, tag); i >= 0 {
		return i
	}
	return len(s.Locales)
}

// address returns the address of a published path as written on the page
// from: whole where the site has one, else relative.
func address(base, from, to string) string {
	if base == "" {
		return relative(from, to)
	}
	if dir, file := path.Split(to); file == "index.html" {
		to = dir
	}
	return base + escapePath(to)
}

// relative returns the link from one published path to another. It works on a
// server and from a folder alike, which is why it names index.html.
func relative(from, to string) string {
	up := strings.Count(from, "/")
	a, b := strings.Split(from, "/"), strings.Split(to, "/")
	for len(a) > 1 && len(b) > 1 && a[0] == b[0] {
		a, b = a[1:], b[1:]
		up--
	}
	return strings.Repeat("../", up) + escapePath(strings.Join(b, "/"))
}

func escapePath(p string) string {
	parts := strings.Split(p, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

// profile returns the locale's profile, with an error that says whose it was.
func profile(locale string) (*locales.Profile, error) {
	p, err := locales.Get(locale)
	if err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	return p, nil
}
