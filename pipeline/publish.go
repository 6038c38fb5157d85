package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/memory"
	"dragoman/internal/publish"
)

// Publisher puts files in the public place. Each file is written whole or not
// at all, and one that has the same content already is left alone; both
// methods may be called again after an error.
type Publisher interface {
	WriteAll(files []publish.File) (changed int, err error)
	Remove(name string) error
}

// Publish asks for an approved edition to be published: at once, or when its
// embargo ends. The writing is a job.
func (p *Pipeline) Publish(ctx context.Context, who string, ed int64) (e edition.Edition, err error) {
	err = p.store.InTx(ctx, func(tx Tx) error {
		if e, err = tx.Edition(ctx, ed); err != nil {
			return err
		}
		job := edition.Job{Kind: publishJob, Subject: ed, Urgency: edition.Urgent}
		switch {
		case e.State == edition.Published || e.State == edition.Scheduled && !e.Embargo.After(p.store.Now()):
		case e.State == edition.Scheduled:
			return nil // it waits for its embargo already
		case e.State == edition.Approved && e.Embargo.After(p.store.Now()):
			job.NotBefore = e.Embargo
			if err := step(ctx, tx, &e, edition.Schedule, who, "embargo until "+e.Embargo.Format(time.RFC3339)); err != nil {
				return err
			}
		case e.State == edition.Approved:
			if err := tx.Audit(ctx, edition.Act{Who: who, What: "publish asked", Subject: "edition", SubjectID: ed}); err != nil {
				return err
			}
		default:
			return &edition.Refusal{Rule: "not-approved", Args: map[string]string{"State": string(e.State)},
				Text: fmt.Sprintf("this edition is %s: only an approved edition can be published", e.State)}
		}
		return tx.Enqueue(ctx, job)
	})
	return e, err
}

// publish writes an approved edition, its neighbours' links to it, and its
// locale's lists. What will be public is recorded first, the files follow,
// and the edition is called published last; a run that was cut off at any
// point is completed by the next with the same bytes.
func (p *Pipeline) publish(ctx context.Context, job edition.Job) error {
	if p.cfg.Public == nil {
		return fmt.Errorf("%w: no public folder is configured (public: in dragoman.yaml)", edition.ErrGiveUp)
	}
	p.publishing.Lock()
	defer p.publishing.Unlock()
	e, err := p.store.Edition(ctx, job.Subject)
	if err != nil {
		return err
	}
	if e.State != edition.Approved && e.State != edition.Scheduled && e.State != edition.Published {
		return nil // sent back or withdrawn meanwhile: nothing unapproved is written
	}
	if e.Embargo.After(p.store.Now()) {
		return &edition.Later{At: e.Embargo}
	}
	page, err := p.page(ctx, e)
	if err != nil {
		return err
	}
	record, err := p.record(ctx, e, page)
	if err != nil {
		return err
	}
	if err := p.writeRelease(ctx, e.Release, record); err != nil {
		return err
	}
	if err := p.writeLists(ctx, e.Locale); err != nil {
		return err
	}
	return p.store.InTx(ctx, func(tx Tx) error {
		now, err := tx.Edition(ctx, e.ID)
		if err != nil {
			return err
		}
		if now.State == edition.Published || now.Revision != e.Revision {
			return nil
		}
		if _, err := now.State.After(edition.Publish); err != nil {
			return nil // sent back while it was written; it is public all the same
		}
		now.Public = record.Modified
		return step(ctx, tx, &now, edition.Publish, edition.Machine, "")
	})
}

// Preview renders an edition with the words that stand at the moment,
// reviewed or not; what is untranslated shows in the source's language. It is
// for looking at, never for publishing.
func (p *Pipeline) Preview(ctx context.Context, id int64) (publish.Page, error) {
	e, err := p.store.Edition(ctx, id)
	if err != nil {
		return publish.Page{}, err
	}
	if e.Revision == 0 {
		return publish.Page{}, &edition.Refusal{Rule: "drafting", Text: "this edition is being drafted: look again in a moment"}
	}
	return p.render(ctx, e, func(t *edition.Target) (string, bool, error) {
		return t.Standing.Text, t.Omitted != "" || t.Standing.ID != 0, nil
	})
}

// page renders what an edition's approved words say.
func (p *Pipeline) page(ctx context.Context, e edition.Edition) (publish.Page, error) {
	return p.render(ctx, e, func(t *edition.Target) (string, bool, error) {
		if t.State != edition.Final {
			return "", false, fmt.Errorf("%w: segment %d is %s, not final: nothing unapproved is published", edition.ErrGiveUp, t.Position+1, t.State)
		}
		return t.Standing.Text, true, nil
	})
}

// render puts targets in the place of their segments. words says what a
// target that is not left out gives; false leaves the source.
func (p *Pipeline) render(ctx context.Context, e edition.Edition, words func(*edition.Target) (string, bool, error)) (publish.Page, error) {
	rel, err := p.store.Release(ctx, e.Release)
	if err != nil {
		return publish.Page{}, err
	}
	rev, err := p.store.Revision(ctx, e.Revision)
	if err != nil {
		return publish.Page{}, err
	}
	d, err := p.open(ctx, p.terms.Load(), rev)
	if err != nil {
		return publish.Page{}, err
	}
	ts, err := p.store.Targets(ctx, e.ID)
	if err != nil {
		return publish.Page{}, err
	}
	if len(ts) != len(d.segs) {
		return publish.Page{}, fmt.Errorf("%w: the source has %d segments and the edition %d: save the source again to have it drafted anew", edition.ErrGiveUp, len(d.segs), len(ts))
	}
	texts := make([]string, len(d.segs))
	for i := range texts {
		texts[i] = d.segs[i].Source
	}
	for _, t := range ts {
		if t.Omitted != "" {
			texts[t.Position] = ""
			continue
		}
		text, ok, err := words(t)
		if err != nil {
			return publish.Page{}, err
		}
		if ok {
			texts[t.Position] = text
		}
	}
	page, err := pageOf(e.Locale, rel.Slug, d, texts)
	m := d.doc.Meta
	page.Place, page.Author, page.Source = p.said(e.Locale, m.Place), p.said(e.Locale, m.Author), p.said(e.Locale, m.Source)
	return page, err
}

// said is how the house says a name of the metadata in a locale, by the
// memory or the glossary; "" where neither knows, since an English name has
// no place on another language's page.
func (p *Pipeline) said(locale, name string) string {
	if name == "" {
		return ""
	}
	ms := p.memory.index.Lookup(memory.Query{Locale: locale, Text: content.Escape(name), Threshold: 100, Limit: 1})
	if len(ms) == 1 && (ms[0].Kind == edition.FromExact || ms[0].Kind == edition.FromNormalised) && !ms[0].Ambiguous {
		return content.Plain(ms[0].Target)
	}
	g := p.terms.Load()
	for _, o := range g.Find(nil, name) {
		if o.Start == 0 && o.End == len(name) {
			return g.Preferred(locale, o.Concept)
		}
	}
	return ""
}

// pageOf puts texts, by segment, into a document's place; "" leaves a segment
// out.
func pageOf(locale, slug string, d *document, texts []string) (publish.Page, error) {
	put := func(i int) (string, bool) { return texts[i], true }
	m := d.doc.Meta
	page := publish.Page{
		Locale: locale, Slug: slug, Title: d.doc.Title(put),
		Date: m.Date, DateOnly: m.DateOnly, OriginalTitle: m.Title,
	}
	for i, s := range d.segs {
		text := content.Plain(texts[i])
		switch s.Kind {
		case content.KindSummary:
			page.Summary = joinWords(page.Summary, text)
		case content.KindCategory:
			page.Category = joinWords(page.Category, text)
		case content.KindSocial:
			page.Social = joinWords(page.Social, text)
		case content.KindAttribution:
			page.Attribution = joinWords(page.Attribution, text)
		case content.KindTag:
			page.Tags = append(page.Tags, text)
		}
	}
	var err error
	if page.BodyHTML, err = d.doc.HTML(put); err != nil {
		return page, err
	}
	md, err := d.doc.Markdown(put)
	page.BodyMarkdown = string(md)
	return page, err
}

func joinWords(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// record saves what will be public. The times are those of the first
// publication and of the last change.
func (p *Pipeline) record(ctx context.Context, e edition.Edition, page publish.Page) (edition.PublicPage, error) {
	plain, err := json.Marshal(page)
	if err != nil {
		return edition.PublicPage{}, err
	}
	r := edition.PublicPage{
		Edition: e.ID, Release: e.Release, Revision: e.Revision, Locale: e.Locale, Slug: page.Slug,
		At: p.store.Now().Truncate(time.Second), Hash: content.ExactHash(string(plain)),
	}
	r.Modified = r.At
	act := "publish"
	before, err := p.store.PublicPages(ctx, e.Release)
	if err != nil {
		return r, err
	}
	for _, b := range before {
		if b.Edition != e.ID {
			continue
		}
		if b.Hash == r.Hash {
			return b, nil // nothing has changed
		}
		r.At, act = b.At, "correct"
		if b.Slug != r.Slug {
			if err := p.erase(b); err != nil {
				return r, err
			}
		}
	}
	page.Published, page.Modified = r.At, r.Modified
	if r.Body, err = json.Marshal(page); err != nil {
		return r, err
	}
	if r.Entry, err = json.Marshal(page.Entry()); err != nil {
		return r, err
	}
	return r, p.store.InTx(ctx, func(tx Tx) error { return tx.SavePublic(ctx, r, act) })
}

// writeRelease writes the pages of all public editions of a release, so that
// each links to the others; fresh is the one that is being published.
func (p *Pipeline) writeRelease(ctx context.Context, release int64, fresh edition.PublicPage) error {
	records, err := p.store.PublicPages(ctx, release)
	if err != nil {
		return err
	}
	es, err := p.store.Editions(ctx, release)
	if err != nil {
		return err
	}
	public := map[int64]bool{fresh.Edition: true}
	for _, e := range es {
		public[e.ID] = public[e.ID] || !e.Public.IsZero()
	}
	var alts []publish.Alternate
	var pages []publish.Page
	for _, r := range records {
		if !public[r.Edition] {
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

// writeLists writes a locale's index, feed and sitemap, and the site's own.
func (p *Pipeline) writeLists(ctx context.Context, locale string) error {
	records, err := p.store.PublicList(ctx, locale)
	if err != nil {
		return err
	}
	public, err := p.store.PublicLocales(ctx)
	if err != nil {
		return err
	}
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
	maps, err := publish.RenderSitemaps(p.cfg.Site, x)
	if err != nil {
		return err
	}
	root, err := publish.RenderRoot(p.cfg.Site, public)
	if err != nil {
		return err
	}
	files = append(append(append(files, feed), maps...), publish.File{Path: "index.html", Data: root})
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

// erase takes an edition's files out of the public place.
func (p *Pipeline) erase(r edition.PublicPage) error {
	names, err := publish.Paths(r.Locale, r.Slug)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := p.cfg.Public.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// Withdraw takes an edition out of review, of the public place and of the
// memory, for a reason. Taking its files away is a job.
func (p *Pipeline) Withdraw(ctx context.Context, who string, ed int64, reason string) (e edition.Edition, err error) {
	err = p.store.InTx(ctx, func(tx Tx) error {
		if e, err = tx.Edition(ctx, ed); err != nil {
			return err
		}
		e.Public = time.Time{}
		if err := step(ctx, tx, &e, edition.Withdraw, who, reason); err != nil {
			return refusal(err)
		}
		ts, err := tx.Targets(ctx, ed)
		if err != nil {
			return err
		}
		for _, t := range ts {
			if err := tx.ForgetTarget(ctx, t.ID); err != nil {
				return err
			}
		}
		return tx.Enqueue(ctx, edition.Job{Kind: eraseJob, Subject: ed, Urgency: edition.Urgent})
	})
	if err != nil {
		return e, err
	}
	return e, p.Refresh(ctx)
}

// eraseEdition takes a withdrawn edition's files out of the public place, and
// its neighbours' links and the lists' lines with them.
func (p *Pipeline) eraseEdition(ctx context.Context, job edition.Job) error {
	e, err := p.store.Edition(ctx, job.Subject)
	if err != nil || e.State != edition.Withdrawn || p.cfg.Public == nil {
		return err
	}
	p.publishing.Lock()
	defer p.publishing.Unlock()
	records, err := p.store.PublicPages(ctx, e.Release)
	if err != nil {
		return err
	}
	for _, r := range records {
		if r.Edition != e.ID {
			continue
		}
		if err := p.erase(r); err != nil {
			return err
		}
		if err := p.store.InTx(ctx, func(tx Tx) error { return tx.DropPublic(ctx, e.ID) }); err != nil {
			return err
		}
	}
	if len(records) == 0 {
		return nil // it never was public
	}
	if err := p.writeRelease(ctx, e.Release, edition.PublicPage{}); err != nil {
		return err
	}
	return p.writeLists(ctx, e.Locale)
}
