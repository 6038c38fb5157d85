package publish

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// record is an edition's JSON file. Names are stable; what is not known is
// left out.
type record struct {
	Locale           string       `json:"locale"`
	Dir              string       `json:"dir"`
	Slug             string       `json:"slug"`
	URL              string       `json:"url"` // of the HTML page; relative to this file without a base URL
	Title            string       `json:"title"`
	Date             string       `json:"date,omitempty"` // RFC 3339, or the day alone
	Category         string       `json:"category,omitempty"`
	Place            string       `json:"place,omitempty"`
	Source           string       `json:"source,omitempty"`
	Author           string       `json:"author,omitempty"`
	Attribution      string       `json:"attribution,omitempty"`
	Tags             []string     `json:"tags,omitempty"`
	Summary          string       `json:"summary,omitempty"`
	Social           string       `json:"social,omitempty"`
	TranslatedFrom   string       `json:"translated_from,omitempty"`
	OriginalTitle    string       `json:"original_title,omitempty"`
	QuotesTranslated bool         `json:"quotes_translated,omitempty"`
	Published        string       `json:"published,omitempty"`
	Modified         string       `json:"modified,omitempty"`
	Corrections      []correction `json:"corrections,omitempty"`
	Editions         []edition    `json:"editions"` // all public ones of the release
	HTML             string       `json:"html"`
	Markdown         string       `json:"markdown"`
}

type correction struct {
	Date string `json:"date"`
	What string `json:"what"`
}

type edition struct {
	Locale string `json:"locale"`
	URL    string `json:"url"`
}

// RenderJSON gives the edition with its metadata for programs. HTML holds
// the text as the page has it, without the attribution line that stands beside
// it under a name of its own.
func RenderJSON(site Site, p Page, alts []Alternate) ([]byte, error) {
	p, err := p.clean()
	if err != nil {
		return nil, err
	}
	w, err := speak(p.Locale)
	if err != nil {
		return nil, err
	}
	base, err := site.base()
	if err != nil {
		return nil, err
	}
	path, err := Path(p.Locale, p.Slug, HTML)
	if err != nil {
		return nil, err
	}
	text, err := prepare(&p, w)
	if err != nil {
		return nil, err
	}
	r := record{
		Locale: p.Locale, Dir: w.Dir, Slug: p.Slug, URL: address(base, path, path),
		Title: p.Title, Date: machineDate(p.Date, p.DateOnly),
		Category: p.Category, Place: p.Place, Source: p.Source, Author: p.Author,
		Attribution: text.attribution, Tags: p.Tags, Summary: p.Summary, Social: p.Social,
		QuotesTranslated: p.QuotesTranslated,
		Published:        machineDate(p.Published, false), Modified: machineDate(p.changed(), false),
		HTML: text.html, Markdown: p.BodyMarkdown,
	}
	if p.Locale != site.source() {
		r.TranslatedFrom, r.OriginalTitle = site.source(), p.OriginalTitle
	}
	for _, c := range p.Corrections {
		r.Corrections = append(r.Corrections, correction{machineDate(c.Date, true), c.said(w)})
	}
	for _, a := range site.editions(&p, path, alts) {
		r.Editions = append(r.Editions, edition{a.Locale, address(base, path, a.Path)})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, fmt.Errorf("publish: %s/%s: JSON: %w", p.Locale, p.Slug, err)
	}
	return b.Bytes(), nil
}
