package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/memory"
	"dragoman/internal/publish"
)

// Publisher puts files in the public place. Each file is written whole or not
// at all, and one that has the same content already is left alone; all
// methods may be called again after an error.
type Publisher interface {
	WriteAll(files []publish.File) (changed int, err error)
	Remove(name string) error
	// Keep removes what a folder holds besides the files of these names.
	Keep(dir string, names []string) error
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
	return p.store.Alone(ctx, func() error {
		err := errMoved
		for n := 0; n < 8 && errors.Is(err, errMoved); n++ {
			err = p.publishOnce(ctx, job.Subject)
		}
		return err
	})
}

func (p *Pipeline) publishOnce(ctx context.Context, ed int64) error {
	e, err := p.store.Edition(ctx, ed)
	if err != nil {
		return err
	}
	if !approved(e.State) {
		return nil // sent back or withdrawn meanwhile: nothing unapproved is written
	}
	if e.Embargo.After(p.store.Now()) {
		return &edition.Later{At: e.Embargo}
	}
	page, pictures, err := p.page(ctx, e)
	if err != nil {
		return p.unlessMoved(ctx, e, err)
	}
	record, err := p.record(ctx, e, page)
	if err != nil {
		return err
	}
	if _, err := p.cfg.Public.WriteAll(pictures); err != nil {
		return err
	}
	if err := p.show(ctx, e.Release, e.Locale); err != nil {
		return err
	}
	return p.store.InTx(ctx, func(tx Tx) error {
		if _, err := tx.TroubleCorrections(ctx, ed, ""); err != nil {
			return err
		}
		return callPublished(ctx, tx, e, record)
	})
}

// approved reports whether an edition in a state may be written.
func approved(s edition.State) bool {
	return s == edition.Approved || s == edition.Scheduled || s == edition.Published
}

// unlessMoved is errMoved where an edition has changed since it was read, and
// may be the reason of the error.
func (p *Pipeline) unlessMoved(ctx context.Context, e edition.Edition, err error) error {
	if now, nerr := p.store.Edition(ctx, e.ID); nerr == nil && !now.Updated.Equal(e.Updated) {
		return errMoved
	}
	return err
}

// callPublished moves an edition on whose files are written. Where it has
// changed since it was read, what was written is public all the same.
func callPublished(ctx context.Context, tx Tx, e edition.Edition, record edition.PublicPage) error {
	now, err := tx.Edition(ctx, e.ID)
	if err != nil {
		return err
	}
	moved := !now.Updated.Equal(e.Updated)
	if now.State == edition.Withdrawn || now.State == edition.Published && now.Public.Equal(record.Modified) {
		return nil
	}
	if moved && approved(now.State) {
		return errMoved
	}
	now.Public = record.Modified
	if moved || now.State == edition.Published {
		return tx.SaveEdition(ctx, &now)
	}
	return step(ctx, tx, &now, edition.Publish, edition.Machine, "")
}

// page renders what an edition's approved words say, with the files of its
// pictures.
func (p *Pipeline) page(ctx context.Context, e edition.Edition) (publish.Page, []publish.File, error) {
	rel, d, texts, err := p.worded(ctx, e, func(t *edition.Target) (string, bool, error) {
		if t.State != edition.Final {
			return "", false, fmt.Errorf("%w: segment %d is %s, not final: nothing unapproved is published", edition.ErrGiveUp, t.Position+1, t.State)
		}
		return t.Standing.Text, true, nil
	})
	if err != nil {
		return publish.Page{}, nil, err
	}
	page, err := p.render(e.Locale, rel.Slug, d, texts)
	if err != nil {
		return page, nil, err
	}
	pictures, err := p.picturesOf(ctx, e, rel.Path, page.BodyHTML)
	if err != nil || len(pictures.names) == 0 {
		return page, nil, err
	}
	d.doc = d.doc.WithPictures(pictures.address)
	if page, err = p.render(e.Locale, rel.Slug, d, texts); err != nil {
		return page, nil, err
	}
	page.Pictures = pictures.all()
	return page, pictures.files, nil
}

// worded gives a release's document and what stands in the place of each of
// its segments. words says what a target that is not left out gives; false
// leaves the source.
func (p *Pipeline) worded(ctx context.Context, e edition.Edition, words func(*edition.Target) (string, bool, error)) (rel edition.Release, d *document, texts []string, err error) {
	if rel, err = p.store.Release(ctx, e.Release); err != nil {
		return rel, nil, nil, err
	}
	rev, err := p.store.Revision(ctx, e.Revision)
	if err != nil {
		return rel, nil, nil, err
	}
	if d, err = p.open(ctx, p.terms.Load(), rev); err != nil {
		return rel, nil, nil, err
	}
	ts, err := p.store.Targets(ctx, e.ID)
	if err != nil {
		return rel, nil, nil, err
	}
	if len(ts) != len(d.segs) {
		return rel, nil, nil, fmt.Errorf("%w: the source has %d segments and the edition %d: change the file, if only by an empty line, to have it drafted anew", edition.ErrGiveUp, len(d.segs), len(ts))
	}
	texts = make([]string, len(d.segs))
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
			return rel, nil, nil, err
		}
		if ok {
			texts[t.Position] = text
		}
	}
	return rel, d, texts, nil
}

// render makes the page of texts, by segment.
func (p *Pipeline) render(locale, slug string, d *document, texts []string) (publish.Page, error) {
	page, err := pageOf(locale, slug, d, texts)
	m := d.doc.Meta
	page.Place, page.Author, page.Source = p.said(locale, m.Place), p.said(locale, m.Author), p.said(locale, m.Source)
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

// Withdraw takes an edition out of review, of the public place and of the
// memory, for a reason. Taking its files away is a job.
func (p *Pipeline) Withdraw(ctx context.Context, who string, ed int64, reason string) (e edition.Edition, err error) {
	err = p.store.InTx(ctx, func(tx Tx) error {
		if e, err = tx.Edition(ctx, ed); err != nil {
			return err
		}
		e.Public = time.Time{}
		if err := tx.RetirePublic(ctx, ed); err != nil {
			return err
		}
		if err := step(ctx, tx, &e, edition.Withdraw, who, reason); err != nil {
			return refusal(err)
		}
		if err := tx.ForgetEdition(ctx, ed); err != nil {
			return err
		}
		return tx.Enqueue(ctx, edition.Job{Kind: eraseJob, Subject: ed, Urgency: edition.Urgent})
	})
	if err != nil {
		return e, err
	}
	p.followed(ctx)
	return e, nil
}
