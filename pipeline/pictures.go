package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"dragoman/internal/edition"
	"dragoman/internal/publish"
)

// A release's own pictures, those that its text names by a relative address,
// are published with it: each edition has a folder beside its page with copies
// under names that hold a hash of their bytes. So no picture can be taken for
// another release's or for a former one, a page never shows half a picture,
// and a page that moves to another address keeps its pictures where they are.

// maxPicture is how many bytes a picture may have.
const maxPicture = 20 << 20

// pictureFolder is where an edition's pictures go, relative to its page.
func pictureFolder(ed int64) string { return path.Join("pictures", strconv.FormatInt(ed, 10)) }

// pictures are what a page shows of its release's own.
type pictures struct {
	names map[string]publish.Picture // by the address in the text, as pictureFile gives it
	order []string
	files []publish.File // to be written
}

// address says where a picture stands beside the page.
func (ps *pictures) address(href string) (string, bool) {
	name, ok := pictureFile(href)
	pic, known := ps.names[name]
	return pic.Path, ok && known
}

func (ps *pictures) all() (all []publish.Picture) {
	for _, name := range ps.order {
		all = append(all, ps.names[name])
	}
	return all
}

// picturesOf reads the pictures that the body of a page shows. releasePath is
// the release's file, as files are known by. A picture that is gone is the one
// that was published before, where there was one.
func (p *Pipeline) picturesOf(ctx context.Context, e edition.Edition, releasePath, body string) (*pictures, error) {
	ps := &pictures{names: map[string]publish.Picture{}}
	shown := picturesIn(body)
	if len(shown) == 0 {
		return ps, nil
	}
	before, err := p.picturesBefore(ctx, e)
	if err != nil {
		return nil, err
	}
	dir, inside := p.pictureFolders(releasePath)
	for _, name := range shown {
		from := path.Join(inside, name)
		data, kind, err := readPicture(dir, from)
		if old, ok := before[from]; ok && errors.Is(err, fs.ErrNotExist) {
			ps.names[name], ps.order = old, append(ps.order, name)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%w: the picture %s in %s: %w", edition.ErrGiveUp, name, releasePath, err)
		}
		sum := sha256.Sum256(data)
		pic := publish.Picture{From: from, Path: path.Join(pictureFolder(e.ID), fmt.Sprintf("%s-%x.%s", plainName(name), sum[:6], kind))}
		ps.names[name], ps.order = pic, append(ps.order, name)
		ps.files = append(ps.files, publish.File{Path: path.Join(e.Locale, pic.Path), Data: data})
	}
	return ps, nil
}

// pictureFolders are the folder that a release's pictures must lie in, and the
// one below it to which their addresses are relative.
func (p *Pipeline) pictureFolders(releasePath string) (dir, inside string) {
	if elsewhere(releasePath) {
		return filepath.Dir(filepath.FromSlash(releasePath)), "."
	}
	return p.cfg.Content, path.Dir(releasePath)
}

// picturesBefore are the pictures that an edition is public with, by the file
// that they came from.
func (p *Pipeline) picturesBefore(ctx context.Context, e edition.Edition) (map[string]publish.Picture, error) {
	records, err := p.store.PublicPages(ctx, e.Release)
	if err != nil {
		return nil, err
	}
	before := map[string]publish.Picture{}
	for _, r := range records {
		if r.Edition != e.ID || r.Gone {
			continue
		}
		page, err := recorded(r)
		if err != nil {
			return nil, err
		}
		for _, pic := range page.Pictures {
			before[pic.From] = pic
		}
	}
	return before, nil
}

// recorded is the page of a record.
func recorded(r edition.PublicPage) (page publish.Page, err error) {
	if err := json.Unmarshal(r.Body, &page); err != nil {
		return page, fmt.Errorf("public page of edition %d: %w", r.Edition, err)
	}
	return page, nil
}

// keepPictures takes the pictures away that a public page does not show any
// more, or all where it is gone.
func (p *Pipeline) keepPictures(r edition.PublicPage) error {
	var names []string
	if !r.Gone {
		page, err := recorded(r)
		if err != nil {
			return err
		}
		for _, pic := range page.Pictures {
			names = append(names, path.Base(pic.Path))
		}
	}
	return p.cfg.Public.Keep(path.Join(r.Locale, pictureFolder(r.Edition)), names)
}

// picturesIn lists the pictures of its own that a fragment of HTML shows, each
// once, as pictureFile gives them.
func picturesIn(body string) (names []string) {
	seen := map[string]bool{}
	for z := html.NewTokenizer(strings.NewReader(body)); z.Next() != html.ErrorToken; {
		t := z.Token()
		if t.DataAtom != atom.Img {
			continue
		}
		for _, a := range t.Attr {
			if name, ok := pictureFile(a.Val); ok && a.Key == "src" && !seen[name] {
				seen[name], names = true, append(names, name)
			}
		}
	}
	return names
}

// pictureFile gives the file that a relative address names, relative to the
// text that it stands in and with escapes resolved. False is an address
// elsewhere: of another site, or of a place of this one.
func pictureFile(href string) (string, bool) {
	href = strings.ReplaceAll(strings.TrimSpace(href), `\`, "/")
	href, _, _ = strings.Cut(href, "#")
	href, _, _ = strings.Cut(href, "?")
	if href == "" || strings.HasPrefix(href, "/") {
		return "", false
	}
	if scheme, _, ok := strings.Cut(href, ":"); ok && !strings.Contains(scheme, "/") {
		return "", false
	}
	if plain, err := url.PathUnescape(href); err == nil {
		href = strings.ReplaceAll(plain, `\`, "/")
	}
	return path.Clean(href), true
}

// pictureKinds are the endings of the pictures that may be published, by what
// their first bytes say. SVG is none of them: it may hold programs.
var pictureKinds = map[string]string{"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}

// readPicture reads a picture below a folder, whole, and says of what kind it
// is.
func readPicture(dir, name string) (data []byte, kind string, err error) {
	if !fs.ValidPath(name) || name == "." || !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, "", fmt.Errorf("it lies outside of %s: put it beside the release, and change the address", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, "", fmt.Errorf("cannot be read: %w", err)
	}
	defer root.Close()
	file := filepath.Join(dir, filepath.FromSlash(name))
	info, err := root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", fmt.Errorf("%w: put it at %s, or take it out of the text", fs.ErrNotExist, file)
	case err != nil:
		return nil, "", fmt.Errorf("%s cannot be read: %w: check its permissions, and that it is no link out of the folder", file, err)
	case !info.Mode().IsRegular():
		return nil, "", fmt.Errorf("%s is no file: put the picture there, or take it out of the text", file)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, "", fmt.Errorf("%s cannot be read: %w: check its permissions", file, err)
	}
	defer f.Close()
	if data, err = io.ReadAll(io.LimitReader(f, maxPicture+1)); err != nil {
		return nil, "", fmt.Errorf("%s cannot be read: %w", file, err)
	}
	if len(data) > maxPicture {
		return nil, "", fmt.Errorf("%s has more than %d MB: make it smaller", file, maxPicture>>20)
	}
	if kind = pictureKind(data); kind == "" {
		return nil, "", fmt.Errorf("%s is no JPEG, PNG, GIF, WebP or AVIF: save it as one of these", file)
	}
	return data, kind, nil
}

func pictureKind(data []byte) string {
	if len(data) > 12 && bytes.Equal(data[4:12], []byte("ftypavif")) {
		return "avif"
	}
	return pictureKinds[http.DetectContentType(data)]
}

// plainName is the base of a picture's name, without its ending, in the
// letters that an address takes as they are.
func plainName(name string) string {
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	base = strings.Join(strings.FieldsFunc(strings.ToLower(base), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
	if base == "" {
		return "picture"
	}
	return base[:min(len(base), 60)]
}
