package desk

import (
	"net/http"

	"dragoman/internal/publish"
)

// previewView is the page around a preview.
type previewView struct {
	head
	Frame string   // the address of what would be published
	Unfit []string // files of pictures that stand in the way of publishing
}

func (d *Desk) previewPage(c *call) error {
	v, err := c.editionOf(toRead)
	if err != nil {
		return err
	}
	var unfit []string
	if v.Revision != 0 {
		if unfit, err = d.pipe.UnfitPictures(c.ctx(), v.ID); err != nil {
			return err
		}
	}
	return c.page(http.StatusOK, "preview.html", previewView{c.head(v, "preview"), editionHref(v.ID) + "/page", unfit})
}

// previewFile is the page as it would be published with the words of now. It
// may run nothing, and ask for nothing but its release's own pictures.
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

// previewPicture is a picture of the release's own in the page to be published.
// What it is, its bytes say; what is no picture is not served.
func (d *Desk) previewPicture(c *call) error {
	e, err := c.onEdition(toRead)
	if err != nil {
		return err
	}
	pic, err := d.pipe.PreviewPicture(c.ctx(), e.ID, "pictures/"+c.r.PathValue("picture"))
	if err != nil {
		return err
	}
	if pic.Public != "" {
		return d.servePublic(c, pic.Public)
	}
	foreign(c.w.Header())
	c.w.Header().Set("Content-Type", pic.Type)
	_, _ = c.w.Write(pic.Data)
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
