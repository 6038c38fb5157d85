package publish

import "cmp"

// newsArticle is what search engines read: schema.org/NewsArticle as JSON-LD.
type newsArticle struct {
	Context          string        `json:"@context,omitempty"`
	Type             string        `json:"@type"`
	ID               string        `json:"@id,omitempty"`
	Headline         string        `json:"headline,omitempty"`
	Description      string        `json:"description,omitempty"`
	DatePublished    string        `json:"datePublished,omitempty"`
	DateModified     string        `json:"dateModified,omitempty"`
	InLanguage       string        `json:"inLanguage"`
	Dateline         string        `json:"dateline,omitempty"`
	Section          string        `json:"articleSection,omitempty"`
	Keywords         []string      `json:"keywords,omitempty"`
	URL              string        `json:"url,omitempty"`
	MainEntityOfPage string        `json:"mainEntityOfPage,omitempty"`
	Author           *organization `json:"author,omitempty"`
	Publisher        *organization `json:"publisher,omitempty"`
	TranslationOf    *newsArticle  `json:"translationOfWork,omitempty"`
	Translations     []newsArticle `json:"workTranslation,omitempty"`
	Corrections      []comment     `json:"correction,omitempty"`
}

// comment is a schema.org/CorrectionComment.
type comment struct {
	Type string `json:"@type"`
	Text string `json:"text"`
	Date string `json:"datePublished,omitempty"`
}

type organization struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

// describe makes the structured data of a page. Addresses stand in it only
// where they are whole.
func describe(site Site, p *Page, f *frame, editions []Alternate, w *words) newsArticle {
	a := newsArticle{
		Context: "https://schema.org", Type: "NewsArticle",
		Headline: p.Title, Description: f.Description,
		DatePublished: published(p),
		DateModified:  machineDate(p.modified(), false),
		InLanguage:    p.Locale, Dateline: p.Place, Section: p.Category, Keywords: p.Tags,
		Author:    &organization{"Organization", cmp.Or(p.Source, p.Author, f.SiteName)},
		Publisher: &organization{"Organization", f.SiteName},
	}
	for _, c := range p.Corrections {
		a.Corrections = append(a.Corrections, comment{"CorrectionComment", c.said(w), machineDate(c.Date, false)})
	}
	whole := site.BaseURL != ""
	if whole {
		a.URL, a.MainEntityOfPage = f.Canonical, f.Canonical
	}
	if p.Locale != site.source() {
		a.TranslationOf = &newsArticle{Type: "NewsArticle", InLanguage: site.source(), Headline: p.OriginalTitle}
	}
	for _, l := range f.Alternates[:len(editions)] {
		switch {
		case !whole || l.Current:
		case l.Locale == site.source():
			a.TranslationOf.ID = l.Href
		case a.TranslationOf == nil:
			a.Translations = append(a.Translations, newsArticle{Type: "NewsArticle", ID: l.Href, InLanguage: l.Locale})
		}
	}
	return a
}

// published is the date that the page shows, or else that of its publication.
func published(p *Page) string {
	return cmp.Or(machineDate(p.Date, p.DateOnly), machineDate(p.Published, false))
}

// places are the territories that Open Graph's readers know a language by.
var places = map[string]string{
	"ar": "ar_AR", "ckb": "cb_IQ", "en": "en_GB", "es": "es_ES", "fr": "fr_FR",
	"kmr": "ku_TR", "ru": "ru_RU", "tr": "tr_TR", "uk": "uk_UA",
}

// card makes the Open Graph properties, by which messaging channels show a
// link.
func card(p *Page, f *frame, site Site) []property {
	all := []property{
		{"og:type", "article"},
		{"og:site_name", f.SiteName},
		{"og:title", p.Title},
		{"og:description", f.Description},
		{"og:locale", places[f.Tag]},
		{"article:published_time", published(p)},
		{"article:modified_time", machineDate(p.modified(), false)},
		{"article:section", p.Category},
	}
	if site.BaseURL != "" {
		all = append(all, property{"og:url", f.Canonical})
	}
	for _, tag := range p.Tags {
		all = append(all, property{"article:tag", tag})
	}
	var filled []property
	for _, q := range all {
		if q.Content != "" {
			filled = append(filled, q)
		}
	}
	return filled
}
