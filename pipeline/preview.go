package pipeline

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"dragoman/internal/edition"
	"dragoman/internal/publish"
)

// Preview renders an edition with the words that stand at the moment,
// reviewed or not; what is untranslated shows in the source's language. It is
// for looking at, never for publishing: its pictures have addresses of their
// own, for PreviewPicture.
func (p *Pipeline) Preview(ctx context.Context, id int64) (publish.Page, error) {
	e, err := p.store.Edition(ctx, id)
	if err != nil {
		return publish.Page{}, err
	}
	page, _, err := p.preview(ctx, e)
	return page, err
}

func (p *Pipeline) preview(ctx context.Context, e edition.Edition) (publish.Page, edition.Release, error) {
	if e.Revision == 0 {
		return publish.Page{}, edition.Release{}, &edition.Refusal{Rule: "drafting", Text: "this edition is being drafted: look again in a moment"}
	}
	rel, d, texts, err := p.worded(ctx, e, func(t *edition.Target) (string, bool, error) {
		return t.Standing.Text, t.Omitted != "" || t.Standing.ID != 0, nil
	})
	if err != nil {
		return publish.Page{}, rel, err
	}
	page, err := p.render(e.Locale, rel.Slug, d, texts)
	if err != nil {
		return page, rel, err
	}
	shown := picturesIn(page.BodyHTML)
	if len(shown) == 0 {
		return page, rel, nil
	}
	d.doc = d.doc.WithPictures(func(href string) (string, bool) {
		name, ok := pictureFile(href)
		return previewAddress(name), ok && slices.Contains(shown, name)
	})
	if page, err = p.render(e.Locale, rel.Slug, d, texts); err != nil {
		return page, rel, err
	}
	_, inside := p.pictureFolders(rel.Path)
	for _, name := range shown {
		page.Pictures = append(page.Pictures, publish.Picture{From: path.Join(inside, name), Path: previewAddress(name)})
	}
	return page, rel, nil
}

// previewAddress is where a preview has a picture, relative to its page.
func previewAddress(name string) string {
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("pictures/%x", sum[:8])
}

// PreviewPicture is a picture in a preview: its bytes, or, where its file is
// gone, the public copy that would stay.
type PreviewPicture struct {
	Data   []byte
	Type   string // image/png and the like
	Public string // the path in the public place, "" where Data are given
}

// PreviewPicture gives the picture at an address that Preview has put into an
// edition's page, by the rules of publishing. It is edition.ErrNotFound where
// the page shows no such picture, or one that could not be published.
func (p *Pipeline) PreviewPicture(ctx context.Context, id int64, address string) (PreviewPicture, error) {
	e, err := p.store.Edition(ctx, id)
	if err != nil {
		return PreviewPicture{}, err
	}
	page, rel, err := p.preview(ctx, e)
	if err != nil {
		return PreviewPicture{}, err
	}
	for _, pic := range page.Pictures {
		if pic.Path == address {
			return p.previewPicture(ctx, e, rel.Path, pic.From)
		}
	}
	return PreviewPicture{}, fmt.Errorf("picture %s of edition %d: %w", address, id, edition.ErrNotFound)
}

func (p *Pipeline) previewPicture(ctx context.Context, e edition.Edition, releasePath, from string) (PreviewPicture, error) {
	dir, _ := p.pictureFolders(releasePath)
	data, kind, err := readPicture(dir, from)
	if err == nil {
		return PreviewPicture{Data: data, Type: pictureType(kind)}, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		before, berr := p.picturesBefore(ctx, e)
		if old, ok := before[from]; ok || berr != nil {
			return PreviewPicture{Public: path.Join(e.Locale, old.Path)}, berr
		}
	}
	return PreviewPicture{}, fmt.Errorf("%w: picture of edition %d: %w", edition.ErrNotFound, e.ID, err)
}

// pictureType is the media type of pictures with an ending of pictureKinds.
func pictureType(kind string) string {
	for media, k := range pictureKinds {
		if k == kind {
			return media
		}
	}
	return "image/" + kind
}

// UnfitPictures lists the pictures that an edition shows and that stand in the
// way of publishing it: files that are missing, or no pictures.
func (p *Pipeline) UnfitPictures(ctx context.Context, id int64) (files []string, err error) {
	e, err := p.store.Edition(ctx, id)
	if err != nil {
		return nil, err
	}
	page, rel, err := p.preview(ctx, e)
	if err != nil {
		return nil, err
	}
	for _, pic := range page.Pictures {
		if _, err := p.previewPicture(ctx, e, rel.Path, pic.From); errors.Is(err, edition.ErrNotFound) {
			files = append(files, pic.From)
		} else if err != nil {
			return nil, err
		}
	}
	return files, nil
}
