package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/publish"
)

// want is a release as a file has it now.
type want struct {
	read *read
	doc  *content.Document
	hash content.Hash
	slug string
	// rel is what it was before, nil for a new one.
	rel     *edition.Release
	refused error // why it cannot be taken
}

// matcher finds out which release is which. Releases are known, in this
// order, by their bytes, by the slug in their file, by their words, and by
// being the only one of their file; by bytes or slug also in another file
// than before, unless that has them still.
type matcher struct {
	l      *loader
	tx     Tx
	wants  []*want
	own    map[string][]*edition.Release // by path
	used   map[int64]bool
	hashes map[int64]content.Hash // by release
	texts  map[int64][]string
}

// alikeEnough is the least share of common words by which two texts of one
// page are taken for the same release.
const alikeEnough = 0.5

// match ties what files hold to the releases that are known, moves those that
// come from another file, and returns those that have no file any more, too.
func (l *loader) match(ctx context.Context, tx Tx, reads []*read) (wants []*want, left []*edition.Release, err error) {
	m := &matcher{l: l, tx: tx, own: map[string][]*edition.Release{}, used: map[int64]bool{}, hashes: map[int64]content.Hash{}, texts: map[int64][]string{}}
	for _, r := range reads {
		if r.docs == nil {
			continue
		}
		have, err := tx.ReleasesAt(ctx, r.key)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", r.path, err)
		}
		for i := range have {
			m.own[r.key] = append(m.own[r.key], &have[i])
		}
		for _, d := range r.docs {
			m.wants = append(m.wants, &want{read: r, doc: d, hash: content.ExactHash(string(d.Source)), slug: d.Meta.Slug})
		}
	}
	for _, step := range []func(context.Context) error{m.byBytes, m.bySlug, m.byBytesElsewhere, m.byWords, m.only, m.move} {
		if err := step(ctx); err != nil {
			return nil, nil, err
		}
	}
	return m.wants, m.left(), nil
}

func (m *matcher) take(w *want, r *edition.Release) { w.rel, m.used[r.ID] = r, true }

// open calls f with what has no release yet.
func (m *matcher) open(f func(*want) error) error {
	for _, w := range m.wants {
		if w.rel == nil {
			if err := f(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// free are the releases among some that nothing was found for.
func (m *matcher) free(rs []*edition.Release) []*edition.Release {
	return slices.DeleteFunc(slices.Clone(rs), func(r *edition.Release) bool { return m.used[r.ID] })
}

func (m *matcher) hash(ctx context.Context, r *edition.Release) (h content.Hash, err error) {
	h, ok := m.hashes[r.ID]
	if !ok {
		h, err = m.tx.RevisionHash(ctx, r.Revision)
		m.hashes[r.ID] = h
	}
	return h, err
}

// sameBytes takes the first free one of some releases that has a want's bytes.
func (m *matcher) sameBytes(ctx context.Context, w *want, rs []*edition.Release) error {
	for _, r := range m.free(rs) {
		if h, err := m.hash(ctx, r); err != nil {
			return err
		} else if h == w.hash {
			m.take(w, r)
			return nil
		}
	}
	return nil
}

func (m *matcher) byBytes(ctx context.Context) error {
	return m.open(func(w *want) error { return m.sameBytes(ctx, w, m.own[w.read.key]) })
}

func (m *matcher) bySlug(context.Context) error {
	return m.open(func(w *want) error {
		for _, r := range m.free(m.own[w.read.key]) {
			if r.Slug == w.slug {
				m.take(w, r)
				break
			}
		}
		return nil
	})
}

// byBytesElsewhere finds what other files had: those that are read with this
// one and have it no longer, and those that are gone.
func (m *matcher) byBytesElsewhere(ctx context.Context) error {
	return m.open(func(w *want) error {
		var loose []*edition.Release
		for key, rs := range m.own {
			if key != w.read.key {
				loose = append(loose, slices.DeleteFunc(slices.Clone(rs), func(r *edition.Release) bool { return !r.Removed.IsZero() })...)
			}
		}
		for key, f := range m.l.known {
			if f.Hash == w.read.file.Hash && key != w.read.key && m.l.isGone(key) {
				rs, err := m.at(ctx, key)
				if err != nil {
					return err
				}
				loose = append(loose, rs...)
			}
		}
		slices.SortFunc(loose, func(a, b *edition.Release) int { return cmp.Compare(a.ID, b.ID) })
		return m.sameBytes(ctx, w, loose)
	})
}

// at are the releases of a file that is gone and that were not removed.
func (m *matcher) at(ctx context.Context, key string) (rs []*edition.Release, err error) {
	have, err := m.tx.ReleasesAt(ctx, key)
	for i := range have {
		if have[i].Removed.IsZero() {
			rs = append(rs, &have[i])
		}
	}
	return rs, err
}

// byWords takes the pairs that are most alike: of releases of the same file,
// and of one in another file that has lost it, if the slug is the same.
func (m *matcher) byWords(ctx context.Context) error {
	type pair struct {
		w     *want
		r     *edition.Release
		score float64
	}
	var pairs []pair
	err := m.open(func(w *want) error {
		for _, r := range m.free(m.own[w.read.key]) {
			s, err := m.alike(ctx, w, r)
			if err != nil {
				return err
			}
			if s >= alikeEnough {
				pairs = append(pairs, pair{w, r, s})
			}
		}
		r, err := m.loose(ctx, w)
		if err != nil || r == nil {
			return err
		}
		s, err := m.alike(ctx, w, r)
		pairs = append(pairs, pair{w, r, s})
		return err
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.score, a.score) })
	for _, p := range pairs {
		if p.w.rel == nil && !m.used[p.r.ID] {
			m.take(p.w, p.r)
		}
	}
	return nil
}

// loose is the release that has a want's slug, if it is of another file that
// has lost it; else nil.
func (m *matcher) loose(ctx context.Context, w *want) (*edition.Release, error) {
	r, err := m.tx.SlugOwner(ctx, w.slug)
	if err != nil || r.ID == 0 || r.Path == w.read.key {
		return nil, err
	}
	for _, o := range m.own[r.Path] {
		if o.ID == r.ID && !m.used[r.ID] {
			return o, nil
		}
	}
	if m.l.isGone(r.Path) && !m.used[r.ID] {
		return &r, nil
	}
	return nil, nil
}

// alike is the share of words that a text has in common with the newest of a
// release, 0 to 1.
func (m *matcher) alike(ctx context.Context, w *want, r *edition.Release) (float64, error) {
	old, ok := m.texts[r.ID]
	if !ok {
		text, err := m.tx.RevisionBytes(ctx, r.Revision)
		if err != nil {
			return 0, err
		}
		old = strings.Fields(string(text))
		m.texts[r.ID] = old
	}
	words := strings.Fields(string(w.doc.Source))
	left := map[string]int{}
	for _, o := range old {
		left[o]++
	}
	common := 0
	for _, word := range words {
		if left[word] > 0 {
			left[word]--
			common++
		}
	}
	return 2 * float64(common) / float64(max(1, len(old)+len(words))), nil
}

// only ties a file's only text to the only release that it had: a file that
// was written anew, or is there again.
func (m *matcher) only(context.Context) error {
	return m.open(func(w *want) error {
		if len(w.read.docs) > 1 {
			return nil
		}
		var live []*edition.Release
		var last *edition.Release // removed
		for _, r := range m.own[w.read.key] {
			if r.Removed.IsZero() {
				live = append(live, r)
			} else if !m.used[r.ID] && (last == nil || r.Removed.After(last.Removed)) {
				last = r
			}
		}
		switch free := m.free(live); {
		case len(live) == 1 && len(free) == 1:
			m.take(w, free[0])
		case len(live) == 0 && last != nil:
			m.take(w, last)
		}
		return nil
	})
}

// move gives releases that come from another file their place.
func (m *matcher) move(ctx context.Context) error {
	for _, w := range m.wants {
		if w.rel == nil || w.rel.Path == w.read.key {
			continue
		}
		told := w.rel.Path + " → " + w.read.key
		if err := m.tx.MoveRelease(ctx, w.rel, w.read.key); err != nil {
			return fmt.Errorf("%s: %w", w.read.path, err)
		}
		if !slices.Contains(m.l.report.Moved, told) {
			m.l.report.Moved = append(slices.Clone(m.l.report.Moved), told)
		}
	}
	return nil
}

// left are the releases whose file has them no longer.
func (m *matcher) left() (left []*edition.Release) {
	for _, rs := range m.own {
		for _, r := range m.free(rs) {
			if r.Removed.IsZero() {
				left = append(left, r)
			}
		}
	}
	slices.SortFunc(left, func(a, b *edition.Release) int { return cmp.Compare(a.ID, b.ID) })
	return left
}

// slugTaken says that two releases want the same address.
type slugTaken struct{ path, slug, owner string }

func (e *slugTaken) Error() string {
	return fmt.Sprintf("%s: the slug %q is already that of %s: give this release another one (slug: … in its front matter)", e.path, e.slug, e.owner)
}

// badSlug says that a slug cannot be an address of the site.
type badSlug struct{ path, slug string }

func (e *badSlug) Error() string {
	return fmt.Sprintf("%s: the site has pages of its own by the name %q: give this release another slug (slug: … in its front matter)", e.path, e.slug)
}

// holds reports whether a want has its slug already.
func (w *want) holds() bool {
	return w.rel != nil && w.rel.Slug == w.slug && w.rel.Removed.IsZero()
}

// settleSlugs refuses what wants a slug that another release keeps, and makes
// way among those that pass slugs on to each other.
func settleSlugs(ctx context.Context, tx Tx, wants []*want) error {
	owners := map[string]edition.Release{}
	for _, w := range wants {
		if _, err := publish.Path(sourceLocale, w.slug, publish.HTML); err != nil {
			w.refused = &badSlug{w.read.path, w.slug}
		}
		owner, err := tx.SlugOwner(ctx, w.slug)
		if err != nil {
			return err
		}
		owners[w.slug] = owner
	}
	for again := true; again; {
		again = false
		takers := map[string]string{} // who has a slug in the end, by key or path
		for slug, o := range owners {
			if o.ID != 0 && !givesUp(wants, o.ID) {
				takers[slug] = o.Key
			}
		}
		for _, w := range wants {
			if w.refused != nil || w.holds() {
				continue
			}
			if by, taken := takers[w.slug]; taken {
				w.refused, again = &slugTaken{w.read.path, w.slug, by}, true
				break // it keeps its own, which others may have counted on
			}
			takers[w.slug] = w.read.key
		}
	}
	return makeWay(ctx, tx, wants)
}

// givesUp reports whether a release will have another slug.
func givesUp(wants []*want, release int64) bool {
	return slices.ContainsFunc(wants, func(w *want) bool {
		return w.refused == nil && w.rel != nil && w.rel.ID == release && w.rel.Slug != w.slug
	})
}

// makeWay takes their old slugs from the releases that get another, so that
// each can be given its own in any order.
func makeWay(ctx context.Context, tx Tx, wants []*want) error {
	for _, w := range wants {
		if w.refused != nil || w.rel == nil || !w.rel.Removed.IsZero() || w.rel.Slug == w.slug {
			continue
		}
		parked := *w.rel
		parked.Slug = fmt.Sprintf("~%d", parked.ID) // nothing that a person may choose
		if err := tx.SaveRelease(ctx, &parked); err != nil {
			return err
		}
	}
	return nil
}
