package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/publish"
)

// record saves what will be public, unless the edition has changed since it
// was read. The times are those of the first publication and of the last
// change.
func (p *Pipeline) record(ctx context.Context, e edition.Edition, page publish.Page) (r edition.PublicPage, err error) {
	if _, err := publish.Render(p.cfg.Site, page, nil); err != nil { // before anything is recorded that cannot be written
		return r, fmt.Errorf("%w: %w", edition.ErrGiveUp, err)
	}
	err = p.store.InTx(ctx, func(tx Tx) error {
		now, err := tx.Edition(ctx, e.ID)
		if err != nil {
			return err
		}
		if !now.Updated.Equal(e.Updated) {
			return errMoved
		}
		before, err := publicBefore(ctx, tx, e)
		if err != nil {
			return err
		}
		act := "correct"
		if before.At.IsZero() || before.Gone {
			act = "publish"
			if err := present(ctx, tx, e.Release); err != nil {
				return err
			}
		}
		at := p.store.Now().Truncate(time.Second)
		if page.Corrections, err = p.corrections(ctx, tx, e, at); err != nil {
			return err
		}
		page.Quiet = !p.cfg.CorrectionNotes
		if r, err = sealed(page, before, at); err != nil || r.Hash == before.Hash && !before.Gone {
			return err // nothing has changed
		}
		r.Edition, r.Release, r.Revision = e.ID, e.Release, e.Revision
		if err := tx.SavePublic(ctx, r, act); err != nil {
			return err
		}
		return claim(ctx, tx, r)
	})
	return r, err
}

// publicBefore is what is recorded of an edition, or the zero page.
func publicBefore(ctx context.Context, tx Tx, e edition.Edition) (edition.PublicPage, error) {
	records, err := tx.PublicPages(ctx, e.Release)
	if err != nil {
		return edition.PublicPage{}, err
	}
	for _, r := range records {
		if r.Edition == e.ID {
			return r, nil
		}
	}
	return edition.PublicPage{}, nil
}

// present is an error for a release whose file somebody has taken away: that
// may be how they called it off.
func present(ctx context.Context, tx Tx, release int64) error {
	rel, err := tx.Release(ctx, release)
	if err != nil || rel.Removed.IsZero() {
		return err
	}
	return fmt.Errorf("%w: the file %s is gone: put it back to have the release published, or withdraw the edition", edition.ErrGiveUp, rel.Key)
}

// sealed makes the record of a page in the place of an earlier one. With
// nothing changed it has the earlier one's hash and times.
func sealed(page publish.Page, before edition.PublicPage, now time.Time) (r edition.PublicPage, err error) {
	page.Published, page.Modified = time.Time{}, time.Time{}
	plain, err := json.Marshal(page)
	if err != nil {
		return r, err
	}
	r = edition.PublicPage{Locale: page.Locale, Slug: page.Slug, At: now, Modified: now, Hash: content.ExactHash(string(plain)), Former: before.Former}
	if !before.At.IsZero() && !before.Gone {
		r.At = before.At
		if r.Hash == before.Hash {
			return before, nil
		}
	}
	if before.Slug != "" && before.Slug != r.Slug {
		r.Former = append(r.Former, before.Slug)
	}
	page.Published, page.Modified = r.At, r.Modified
	if r.Body, err = json.Marshal(page); err != nil {
		return r, err
	}
	r.Entry, err = json.Marshal(page.Entry())
	return r, err
}

// claim makes a page the only one at its address. What is public there of a
// release that has another address by now moves to that, with the words that
// were approved; its files are written by a job.
func claim(ctx context.Context, tx Tx, r edition.PublicPage) error {
	there, err := tx.PublicAt(ctx, r.Locale, r.Slug)
	if err != nil || len(there) == 1 { // it is alone
		return err
	}
	for _, o := range there { // lock them, so that none is withdrawn meanwhile
		if _, err := tx.Edition(ctx, o.Edition); err != nil {
			return err
		}
	}
	if there, err = tx.PublicAt(ctx, r.Locale, r.Slug); err != nil {
		return err
	}
	for _, o := range there {
		if o.Edition == r.Edition {
			continue
		}
		rel, err := tx.Release(ctx, o.Release)
		if err != nil {
			return err
		}
		if rel.Slug == o.Slug {
			return fmt.Errorf("%w: the address %s/%s is that of %s, which is still public there: withdraw that edition first, or give this release another slug", edition.ErrGiveUp, o.Locale, o.Slug, rel.Key)
		}
		var page publish.Page
		if err := json.Unmarshal(o.Body, &page); err != nil {
			return fmt.Errorf("public page of edition %d: %w", o.Edition, err)
		}
		page.Slug = rel.Slug
		moved, err := sealed(page, o, o.Modified)
		if err != nil {
			return err
		}
		moved.Edition, moved.Release, moved.Revision = o.Edition, o.Release, o.Revision
		if err := tx.SavePublic(ctx, moved, "move"); err != nil {
			return err
		}
		if err := claim(ctx, tx, moved); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, edition.Job{Kind: showJob, Subject: o.Release, Urgency: edition.Urgent}); err != nil {
			return err
		}
	}
	return nil
}

// show makes the public files of a release what is recorded of it: its pages,
// each with links to the others, nothing at the addresses that it had before,
// and the lists of the locales in which anything changed.
func (p *Pipeline) show(ctx context.Context, release int64, locales ...string) error {
	records, err := p.store.PublicPages(ctx, release)
	if err != nil {
		return err
	}
	if err := p.writePages(records); err != nil {
		return err
	}
	var cleared []edition.PublicPage
	for _, r := range records {
		if err := p.keepPictures(r); err != nil {
			return err
		}
		old := r.Former
		if r.Gone {
			old = append(old, r.Slug)
		}
		if len(old) == 0 {
			continue
		}
		if err := p.takeAway(ctx, r.Locale, old); err != nil {
			return err
		}
		cleared, locales = append(cleared, r), append(locales, r.Locale)
	}
	for _, l := range locales {
		if err := p.writeLists(ctx, l); err != nil {
			return err
		}
	}
	if len(cleared) == 0 {
		return nil
	}
	return p.store.InTx(ctx, func(tx Tx) error {
		for _, r := range cleared {
			if err := tx.ClearPublic(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// writePages writes the pages of all public editions of a release.
func (p *Pipeline) writePages(records []edition.PublicPage) error {
	var alts []publish.Alternate
	var pages []publish.Page
	for _, r := range records {
		if r.Gone {
			continue
		}
		var page publish.Page
		if err := json.Unmarshal(r.Body, &page); err != nil {
			return fmt.Errorf("public page of edition %d: %w", r.Edition, err)
		}
		name, err := publish.Path(page.Locale, page.Slug, publish.HTML)
		if err != nil {
			return fmt.Errorf("%w: %w", edition.ErrGiveUp, err)
		}
		alts = append(alts, publish.Alternate{Locale: page.Locale, Path: name})
		pages = append(pages, page)
	}
	for _, page := range pages {
		files, err := publish.Render(p.cfg.Site, page, alts)
		if err != nil {
			return fmt.Errorf("%w: %w", edition.ErrGiveUp, err)
		}
		if _, err := p.cfg.Public.WriteAll(files); err != nil {
			return err
		}
	}
	return nil
}

// takeAway takes the files of addresses out of the public place, but for
// those that another page has by now.
func (p *Pipeline) takeAway(ctx context.Context, locale string, slugs []string) error {
	free := map[string]bool{}
	err := p.store.InTx(ctx, func(tx Tx) error {
		for _, slug := range slugs {
			there, err := tx.PublicAt(ctx, locale, slug)
			if err != nil {
				return err
			}
			free[slug] = len(there) == 0
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, slug := range slugs {
		if !free[slug] {
			continue
		}
		names, err := publish.Paths(locale, slug)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := p.cfg.Public.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeLists writes a locale's index, feed and sitemap, and the site's own.
func (p *Pipeline) writeLists(ctx context.Context, locale string) error {
	records, err := p.store.PublicList(ctx, locale)
	if err != nil {
		return err
	}
	counts, err := p.store.PublicCounts(ctx)
	if err != nil {
		return err
	}
	public := slices.Sorted(maps.Keys(counts))
	x := publish.Index{Locale: locale, Total: len(records), Locales: public}
	for _, r := range records {
		var entry publish.Entry
		if err := json.Unmarshal(r.Entry, &entry); err != nil {
			return fmt.Errorf("public page of edition %d: %w", r.Edition, err)
		}
		x.Entries = append(x.Entries, entry)
	}
	files, err := publish.RenderIndex(p.cfg.Site, x)
	if err != nil {
		return err
	}
	feed, err := publish.RenderFeed(p.cfg.Site, x)
	if err != nil {
		return err
	}
	sitemaps, err := publish.RenderSitemaps(p.cfg.Site, x)
	if err != nil {
		return err
	}
	site, err := publish.RenderRoot(p.cfg.Site, counts)
	if err != nil {
		return err
	}
	files = slices.Concat(files, []publish.File{feed}, sitemaps, site)
	if _, err := p.cfg.Public.WriteAll(files); err != nil {
		return err
	}
	for _, name := range publish.Surplus(locale, len(records)) {
		if err := p.cfg.Public.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// eraseEdition takes a withdrawn edition's files out of the public place, and
// its neighbours' links and the lists' lines with them.
func (p *Pipeline) eraseEdition(ctx context.Context, job edition.Job) error {
	e, err := p.store.Edition(ctx, job.Subject)
	if err != nil || p.cfg.Public == nil {
		return err
	}
	return p.store.Alone(ctx, func() error { return p.show(ctx, e.Release) })
}

// showRelease writes what is recorded as public of a release, in all locales.
func (p *Pipeline) showRelease(ctx context.Context, job edition.Job) error {
	if p.cfg.Public == nil {
		return nil
	}
	return p.store.Alone(ctx, func() error {
		records, err := p.store.PublicPages(ctx, job.Subject)
		if err != nil {
			return err
		}
		var locales []string
		for _, r := range records {
			locales = append(locales, r.Locale)
		}
		return p.show(ctx, job.Subject, locales...)
	})
}
