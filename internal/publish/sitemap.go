package publish

import (
	"encoding/xml"
	"fmt"
	"path"
	"time"
)

// sitemapSize is how many addresses a sitemap holds. The protocol
// (sitemaps.org) takes 50,000; a locale's further maps are counted from the
// oldest entry on, so that a new release changes the last map alone.
const sitemapSize = 10_000

type sitemap struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapIndex struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Maps    []sitemapURL `xml:"sitemap"`
}

type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

// RenderSitemaps gives a locale's sitemaps, oldest first, and none where the
// site has no base URL. All entries must be given.
func RenderSitemaps(site Site, x Index) ([]File, error) {
	base, err := site.base()
	if err != nil || base == "" {
		return nil, err
	}
	if err := checkLocale(x.Locale); err != nil {
		return nil, err
	}
	entries := x.sorted()
	var files []File
	for end := len(entries); end > 0; end -= sitemapSize {
		var m sitemap
		for i := end - 1; i >= max(0, end-sitemapSize); i-- {
			file, err := Path(x.Locale, entries[i].Slug, HTML)
			if err != nil {
				return nil, err
			}
			m.URLs = append(m.URLs, sitemapURL{address(base, "", file), lastMod(entries[i].updated())})
		}
		data, err := marshalXML(m)
		if err != nil {
			return nil, fmt.Errorf("publish: %s: sitemap: %w", x.Locale, err)
		}
		files = append(files, File{Path: sitemapPath(x.Locale, len(files)+1), Data: data})
	}
	return files, nil
}

func sitemapPath(locale string, n int) string {
	return path.Join(locale, fmt.Sprintf("sitemap-%d.xml", n))
}

// renderSitemapIndex gives the site's sitemap.xml, which names the locales'
// sitemaps, and nothing where the site has no base URL.
func renderSitemapIndex(site Site, locales []string, public map[string]int) ([]byte, error) {
	base, err := site.base()
	if err != nil || base == "" {
		return nil, err
	}
	var m sitemapIndex
	for _, l := range locales {
		for n := 1; (n-1)*sitemapSize < public[l]; n++ {
			m.Maps = append(m.Maps, sitemapURL{Loc: address(base, "", sitemapPath(l, n))})
		}
	}
	return marshalXML(m)
}

func lastMod(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
