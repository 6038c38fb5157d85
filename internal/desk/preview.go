package desk

import (
	"net/http"
	"strings"

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
	return c.page(http.StatusOK, "preview.html", previewView{c.head(v, "preview"), editionHref(v.ID) + "/page?live"})
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
	if c.r.URL.Query().Has("live") { // the desk's script keeps its place when it is loaded again
		c.w.Header().Set("Content-Security-Policy", strings.Replace(foreignPolicy, "sandbox allow-popups", "sandbox allow-same-origin", 1))
	}
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
