package desk

import (
	"net/http"
	"net/url"

	"dragoman/glossary"
	"dragoman/internal/publish"
)

// previewView is the page around a preview.
type previewView struct {
	head
	Frame string // the address of what would be published
}

func (d *Desk) previewPage(c *call) error {
	v, err := c.editionOf(toRead)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "preview.html", previewView{c.head(v, "preview"), editionHref(v.ID) + "/page"})
}

// previewFile is the page as it would be published with the words of now. It
// may run nothing and ask for nothing.
func (d *Desk) previewFile(c *call) error {
	e, err := c.onEdition(toRead)
	if err != nil {
		return err
	}
	page, err := d.pipe.Preview(c.ctx(), e.ID)
	if err != nil {
		return err
	}
	b, err := publish.RenderHTML(d.pipe.Config().Site, page, nil)
	if err != nil {
		return err
	}
	foreign(c.w.Header())
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = c.w.Write(b)
	return nil
}

// publicHref is where a published edition can be read at the desk.
func publicHref(locale, slug string) string {
	name, err := publish.Path(locale, slug, publish.HTML)
	if err != nil {
		return ""
	}
	return "/public/" + name
}

func conceptHref(id, locale string) string {
	return "/concepts/" + url.PathEscape(id) + "?locale=" + url.QueryEscape(locale)
}

// conceptView is a concept's card.
type conceptView struct {
	*words
	ID, Kind, Name, Note                 string
	Variants                             []string
	To                                   script
	Language                             string
	Preferred, Accepted, Derived, Banned []string
	None                                 bool
}

type conceptPageView struct {
	frame
	Card conceptView
	Back string
}

func (d *Desk) conceptPage(c *call) error {
	g := d.pipe.Glossary()
	at, ok := g.ByID(c.r.PathValue("id"))
	locale := c.r.URL.Query().Get("locale")
	if !ok {
		return errNowhere
	}
	if err := c.allow(toRead, locale); err != nil {
		return err
	}
	card := c.concept(g.Concept(at), locale)
	if c.json {
		html, err := fragment("concept", card)
		if err != nil {
			return err
		}
		return c.reply(http.StatusOK, map[string]string{"html": html})
	}
	return c.page(http.StatusOK, "concept.html", conceptPageView{frame: c.frame("concept", card.Name), Card: card})
}

func (c *call) concept(k *glossary.Concept, locale string) conceptView {
	v := conceptView{
		words: c.words, ID: k.ID, Kind: c.or("desk.kind."+string(k.Kind), string(k.Kind)), Name: k.Source, Note: k.Note, Variants: k.Variants,
		To: scriptOf(locale), Language: c.Language(locale),
	}
	terms := k.Targets[locale]
	v.Preferred, v.Accepted = texts(terms.Preferred), texts(terms.Accepted)
	v.Derived, v.Banned = texts(terms.Derived), texts(terms.Forbidden)
	v.None = len(v.Preferred)+len(v.Accepted)+len(v.Derived)+len(v.Banned) == 0
	return v
}

func texts(ts []glossary.Term) []string {
	var out []string
	for _, t := range ts {
		out = append(out, t.Text)
	}
	return out
}

// keyboardPage lists the keys, for those who read it without JavaScript.
func (d *Desk) keyboardPage(c *call) error {
	return c.page(http.StatusOK, "keyboard.html", struct{ frame }{c.frame("keyboard", c.T("nav.keys"))})
}
