package desk

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
)

//go:embed static
var staticFiles embed.FS

//go:embed templates
var templateFiles embed.FS

// The templates hold all mark-up of the desk; html/template escapes every
// value for the place where it stands.
var templates = template.Must(template.New("").ParseFS(templateFiles, "templates/*.html"))

// staticBase is where the static files are: a folder that is named after what
// is in them, so that browsers may keep them for ever.
var staticBase = "/static/" + staticHash()

func staticHash() string {
	h := sha256.New()
	err := fs.WalkDir(staticFiles, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := staticFiles.ReadFile(name)
		h.Write([]byte(name))
		h.Write(b)
		return err
	})
	if err != nil {
		panic(err) // the files are part of the program
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

var staticTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

func (d *Desk) staticFile(c *call) error {
	name := c.r.PathValue("file")
	b, err := staticFiles.ReadFile("static/" + path.Base(name))
	if err != nil {
		return errNowhere
	}
	c.w.Header().Set("Content-Type", staticTypes[path.Ext(name)])
	c.w.Header().Del("Vary")
	if "/static/"+c.r.PathValue("hash") == staticBase {
		c.w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	_, _ = c.w.Write(b)
	return nil
}

func (d *Desk) icon(c *call) error {
	http.Redirect(c.w, c.r, staticBase+"/icon.svg", http.StatusFound)
	return nil
}

func (d *Desk) robots(c *call) error {
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = c.w.Write([]byte("User-agent: *\nDisallow: /\n"))
	return nil
}

// foreignPolicy holds a page that is not the desk's own: it may show its text
// and pictures that the desk serves, and run nothing. It counts as of the
// desk's origin, else a browser would ask for the pictures without a session.
const foreignPolicy = "sandbox allow-same-origin allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

func foreign(h http.Header) {
	h.Set("Content-Security-Policy", foreignPolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
}

// publicFile shows a published file. The folder's root cannot be left.
func (d *Desk) publicFile(c *call) error { return d.servePublic(c, c.r.PathValue("path")) }

func (d *Desk) servePublic(c *call, name string) error {
	name = path.Clean("/" + name)[1:]
	if d.Public == "" || name == "" {
		return errNowhere
	}
	root, err := os.OpenRoot(d.Public)
	if err != nil {
		return errNowhere
	}
	defer root.Close()
	info, err := root.Stat(name)
	if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(path.Base(name), ".") {
		return errNowhere
	}
	f, err := root.Open(name)
	if err != nil {
		return errNowhere
	}
	defer f.Close()
	foreign(c.w.Header())
	http.ServeContent(c.w, c.r, path.Base(name), info.ModTime(), f)
	return nil
}
