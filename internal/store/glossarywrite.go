package store

import (
	"context"
	"encoding/json"
	"slices"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// glossaryWriter gathers the rows of a new version of the glossary.
type glossaryWriter struct {
	t     *Tx
	next  int64 // the version
	last  int   // the highest position so far
	fresh []freshConcept
	rows  []any
	found []int64 // concepts that older texts have to be searched for
}

// freshConcept is a concept that has no number yet; its row follows from it.
type freshConcept struct {
	key      string
	position int
	body     string
}

// put writes a concept as it shall be, in its old place or behind all others.
func (w *glossaryWriter) put(key string, k knownConcept, known bool, c *glossary.Concept) error {
	body, err := conceptJSON(c)
	if err != nil {
		return err
	}
	if !known {
		w.last++
		w.fresh = append(w.fresh, freshConcept{key, w.last, body})
		return nil
	}
	return w.putAt(k, k.position, c, body)
}

// putAt writes a concept that is known at a position, if it differs.
func (w *glossaryWriter) putAt(k knownConcept, position int, c *glossary.Concept, body string) error {
	if !k.retired && k.body == body && k.position == position {
		return nil
	}
	w.rows = append(w.rows, k.id, w.next, position, body, 0)
	w.last = max(w.last, position)
	if k.body == body && !k.retired {
		return nil
	}
	var was glossary.Concept
	if err := json.Unmarshal([]byte(k.body), &was); err != nil {
		return err
	}
	for _, change := range glossary.Diff([]glossary.Concept{was}, []glossary.Concept{*c}) {
		if k.retired || len(change.AddedKeys) > 0 || change.Rescan {
			w.found = append(w.found, k.id)
		}
	}
	if k.retired && !slices.Contains(w.found, k.id) {
		w.found = append(w.found, k.id)
	}
	return nil
}

// retire takes a concept out of the glossary.
func (w *glossaryWriter) retire(k knownConcept) {
	w.rows = append(w.rows, k.id, w.next, k.position, k.body, 1)
}

// write saves the version, if there is anything in it, and returns the number
// of the one that counts.
func (w *glossaryWriter) write(ctx context.Context, author, reason, fingerprint string) (int64, error) {
	t := w.t
	if err := w.number(ctx); err != nil {
		return 0, err
	}
	if len(w.rows) == 0 {
		return w.next - 1, nil
	}
	if err := t.insert(ctx, "concept_version", "concept_id, version, position, body, retired", w.rows, ""); err != nil {
		return 0, err
	}
	for part := range slices.Chunk(w.found, 512) {
		list, args := in(2, part, []any{w.next})
		if _, err := t.exec(ctx, `UPDATE concept SET found_since = $1 WHERE id IN `+list, args...); err != nil {
			return 0, err
		}
	}
	err := t.insert(ctx, "glossary_version", "number, created, author, reason, fingerprint",
		[]any{w.next, micros(t.s.now()), author, reason, fingerprint}, "")
	if err != nil {
		return 0, err
	}
	return w.next, t.Audit(ctx, edition.Act{Who: author, What: "glossary", Subject: "glossary", SubjectID: w.next, Detail: reason})
}

// number numbers the new concepts, and adds their rows.
func (w *glossaryWriter) number(ctx context.Context) error {
	if len(w.fresh) == 0 {
		return nil
	}
	first, err := w.t.ids(ctx, len(w.fresh))
	if err != nil {
		return err
	}
	rows := make([]any, 0, 3*len(w.fresh))
	for i, f := range w.fresh {
		id := first + int64(i)
		rows = append(rows, id, f.key, w.next)
		w.rows = append(w.rows, id, w.next, f.position, f.body, 0)
	}
	return w.t.insert(ctx, "concept", "id, ckey, found_since", rows, "")
}
