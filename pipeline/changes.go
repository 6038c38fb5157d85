package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dragoman/glossary"
	"dragoman/internal/edition"
)

// changeSetJob is the step by which a change set takes effect at its date.
const changeSetJob = "change-set"

// ChangeSets returns change sets without their edits, the newest first: those
// of the given statuses, or all.
func (p *Pipeline) ChangeSets(ctx context.Context, limit int, statuses ...edition.ChangeSetStatus) ([]edition.ChangeSet, error) {
	return p.store.ChangeSets(ctx, statuses, limit)
}

// ChangeSet returns a change set with its edits, or an error that wraps
// edition.ErrNotFound.
func (p *Pipeline) ChangeSet(ctx context.Context, id int64) (edition.ChangeSet, error) {
	return p.store.ChangeSet(ctx, id)
}

// BadChangeSet is why the edits of a change set cannot be taken: what the
// glossary would be like with them.
type BadChangeSet struct{ Problems glossary.Problems }

func (e *BadChangeSet) Error() string {
	return "the glossary would have mistakes with this change set:\n" + e.Problems.Error()
}

// ChangeConflict is why a change set that was made against an older glossary
// cannot be taken: somebody has changed the same concepts since.
type ChangeConflict struct {
	Base, Current int64
	Concepts      []ConceptConflict
}

// ConceptConflict is one concept that was changed twice: as the author of the
// change set saw it, as they want it, and as it is now.
type ConceptConflict struct {
	ID                 string
	Before, After, Now *glossary.Concept // nil where it was not, is not or shall not be there
}

func (e *ChangeConflict) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the change set was made against version %d of the glossary, version %d counts, and somebody has changed the same concepts meanwhile:", e.Base, e.Current)
	for _, c := range e.Concepts {
		fmt.Fprintf(&b, "\n  %s\n    here:      %s\n    meanwhile: %s", c.ID, differences(c.Before, c.After), differences(c.Before, c.Now))
	}
	b.WriteString("\nmake the change set again from the glossary as it is now")
	return b.String()
}

// differences says in a line what was changed in a concept.
func differences(was, is *glossary.Concept) string {
	list := func(c *glossary.Concept) []glossary.Concept {
		if c == nil {
			return nil
		}
		return []glossary.Concept{*c}
	}
	var parts []string
	for _, c := range glossary.Diff(list(was), list(is)) {
		switch c.Kind {
		case glossary.Added:
			parts = append(parts, "added as "+c.New.Source)
		case glossary.Removed:
			parts = append(parts, "retired")
		default:
			for _, f := range c.Fields {
				parts = append(parts, fmt.Sprintf("%s: %s → %s", f.Field, cmp.Or(f.Old, "(nothing)"), cmp.Or(f.New, "(nothing)")))
			}
		}
	}
	return cmp.Or(strings.Join(parts, "; "), "nothing")
}

// SaveChangeSet stores a draft: a new one, or a draft with further edits. It
// fills in what was there before, drops edits that change nothing, makes old
// preferred terms forbidden or accepted as old says, and bases the set on the
// glossary that counts. It is refused with *ChangeConflict where that has
// moved on in the same concepts, with *BadChangeSet where the glossary would
// have mistakes with it, and with *edition.Refusal where it has no edits or
// has been decided. The notes are what a person should know before applying it.
func (p *Pipeline) SaveChangeSet(ctx context.Context, who string, set edition.ChangeSet, old edition.OldTerms) (edition.ChangeSet, glossary.Problems, error) {
	return p.saveChangeSet(ctx, who, set, old, nil)
}

// saveChangeSet is SaveChangeSet with what is to be saved together with the set.
func (p *Pipeline) saveChangeSet(ctx context.Context, who string, set edition.ChangeSet, old edition.OldTerms, then func(Tx, *edition.ChangeSet) error) (edition.ChangeSet, glossary.Problems, error) {
	if err := p.Refresh(ctx); err != nil {
		return set, nil, err
	}
	now := p.terms.Load()
	if err := rebase(&set, now); err != nil {
		return set, nil, err
	}
	if len(set.Edits) == 0 {
		return set, nil, noEdits()
	}
	set.Edits = edition.Outdate(set.Edits, old, now.Concepts())
	notes, err := p.checkEdits(ctx, now, set.Edits)
	if err != nil {
		return set, notes, err
	}
	err = p.store.InTx(ctx, func(tx Tx) error {
		v, err := tx.GlossaryVersion(ctx)
		if err != nil {
			return err
		}
		if v != now.version {
			return errMoved
		}
		what := "change set"
		if set.ID != 0 {
			stored, err := tx.ChangeSet(ctx, set.ID)
			if err != nil {
				return err
			}
			if stored.Status != edition.DraftSet {
				return decided(&stored)
			}
			set.Revision, set.Created, set.Author, set.Cause = stored.Revision, stored.Created, stored.Author, stored.Cause
			what = "change set edited"
		} else {
			set.Author = who
		}
		set.Status, set.Cause = edition.DraftSet, cmp.Or(set.Cause, "desk")
		if err := tx.SaveChangeSet(ctx, &set, true); err != nil {
			return err
		}
		if then != nil {
			if err := then(tx, &set); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, edition.Act{Who: who, What: what, Subject: "change set", SubjectID: set.ID, Detail: cmp.Or(set.Reason, set.Title)})
	})
	return set, notes, err
}

func noEdits() error {
	return &edition.Refusal{Rule: "change-empty", Text: "the change set changes nothing in the glossary as it is"}
}

// decided refuses what can be done to a draft only.
func decided(set *edition.ChangeSet) error {
	return &edition.Refusal{Rule: "change-decided", Args: map[string]string{"Status": string(set.Status), "Who": set.DecidedBy},
		Text: fmt.Sprintf("change set %d is %s: only a draft can be changed or decided", set.ID, set.Status)}
}

// rebase puts a change set on the glossary that counts: edits of concepts that
// nobody else has changed since hold as they are.
func rebase(set *edition.ChangeSet, now *terms) error {
	conflict := &ChangeConflict{Base: set.Base, Current: now.version}
	var edits []edition.ConceptEdit
	for _, e := range set.Edits {
		var current *glossary.Concept
		if i, ok := now.ByID(e.ID); ok {
			current = now.Concept(i)
		}
		switch {
		case sameConcept(current, e.After):
			continue // it is so already
		case set.Base == 0 || set.Base == now.version && e.Before == nil:
			e.Before = current
		case !sameConcept(current, e.Before):
			conflict.Concepts = append(conflict.Concepts, ConceptConflict{ID: e.ID, Before: e.Before, After: e.After, Now: current})
			continue
		default:
			e.Before = current
		}
		if slices.ContainsFunc(edits, func(o edition.ConceptEdit) bool { return o.ID == e.ID }) {
			return &edition.Refusal{Rule: "change-twice", Args: map[string]string{"ID": e.ID}, Text: fmt.Sprintf("the change set edits %s twice: make it one edit", e.ID)}
		}
		edits = append(edits, e)
	}
	if len(conflict.Concepts) > 0 {
		return conflict
	}
	set.Edits, set.Base = edits, now.version
	return nil
}

// sameConcept reports whether two concepts have the same content.
func sameConcept(a, b *glossary.Concept) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Fingerprint() == b.Fingerprint()
}

// CheckEdits says, by a *BadChangeSet, why edits could not be applied to the
// glossary that counts.
func (p *Pipeline) CheckEdits(ctx context.Context, edits []edition.ConceptEdit) error {
	if err := p.Refresh(ctx); err != nil {
		return err
	}
	_, err := p.checkEdits(ctx, p.terms.Load(), edits)
	return err
}

// checkEdits proves the glossary that edits would make. What was wrong with it
// before is not theirs. The notes are warnings and information that are new.
func (p *Pipeline) checkEdits(ctx context.Context, now *terms, edits []edition.ConceptEdit) (glossary.Problems, error) {
	known := map[string]bool{}
	for _, pr := range glossary.Validate(now.Concepts()) {
		known[pr.What] = true
	}
	var bad, notes glossary.Problems
	for _, pr := range glossary.Validate(edition.ApplyEdits(now.Concepts(), edits)) {
		switch {
		case known[pr.What]:
		case pr.Severity == glossary.Error:
			bad = append(bad, pr)
		default:
			notes = append(notes, pr)
		}
	}
	reused, err := p.reused(ctx, edits)
	if err != nil {
		return notes, err
	}
	if bad = append(bad, reused...); len(bad) > 0 {
		return notes, &BadChangeSet{bad}
	}
	return notes, nil
}

// reused finds ids that are given to another thing than they named: the kind
// of mistake that a sheet whose rows have slipped is full of.
func (p *Pipeline) reused(ctx context.Context, edits []edition.ConceptEdit) (glossary.Problems, error) {
	var fresh []string
	var out glossary.Problems
	for i := range edits {
		e := &edits[i]
		if e.Before == nil && e.After != nil {
			fresh = append(fresh, e.ID)
		}
		if e.Before != nil && e.After != nil && edition.AnotherThing(e.Before, e.After) {
			out = append(out, reuse(e.After, e.Before))
		}
	}
	retired, err := p.store.RetiredConcepts(ctx, fresh)
	if err != nil {
		return nil, err
	}
	for i := range edits {
		if was := retired[edits[i].ID]; was != nil && edits[i].After != nil && edition.AnotherThing(was, edits[i].After) {
			out = append(out, reuse(edits[i].After, was))
		}
	}
	return out, nil
}

// ReusedRule is the problem of an id that is given to another thing than it
// named; glossary.ProblemRules has the others.
const ReusedRule = "id-reused"

func reuse(c, was *glossary.Concept) glossary.Problem {
	return glossary.Problem{
		File: c.File, Line: c.Line, Severity: glossary.Error,
		What:   fmt.Sprintf("%s: the id named %s (%s) and would name %s (%s) now", c.ID, was.Source, was.Kind, c.Source, c.Kind),
		Rule:   ReusedRule,
		Args:   map[string]string{"Concept": c.ID, "Was": was.Source, "WasKind": string(was.Kind), "Now": c.Source, "NowKind": string(c.Kind)},
		Remedy: "give the new concept an id of its own; see that the rows have not slipped; to rename a thing, change its name first and its kind in another change set",
	}
}

// decide changes the status of a change set that is open.
func (p *Pipeline) decide(ctx context.Context, who string, id int64, what, detail string, f func(*edition.ChangeSet) ([]edition.Job, error)) (set edition.ChangeSet, err error) {
	err = p.store.InTx(ctx, func(tx Tx) error {
		if set, err = tx.ChangeSet(ctx, id); err != nil {
			return err
		}
		if set.Status != edition.DraftSet && set.Status != edition.ScheduledSet {
			return decided(&set)
		}
		jobs, err := f(&set)
		if err != nil {
			return err
		}
		set.DecidedBy, set.Decided = who, p.store.Now()
		if err := tx.SaveChangeSet(ctx, &set, false); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, jobs...); err != nil {
			return err
		}
		return tx.Audit(ctx, edition.Act{Who: who, What: what, Subject: "change set", SubjectID: id, Detail: detail})
	})
	return set, err
}

// Discard gives a change set up, for a reason. It stays in the history.
func (p *Pipeline) Discard(ctx context.Context, who string, id int64, reason string) (edition.ChangeSet, error) {
	return p.decide(ctx, who, id, "change set discarded", reason, func(set *edition.ChangeSet) ([]edition.Job, error) {
		set.Status = edition.DiscardedSet
		return nil, nil
	})
}

// Rescope changes what a draft reaches.
func (p *Pipeline) Rescope(ctx context.Context, who string, id int64, scope edition.Scope) (edition.ChangeSet, error) {
	return p.decide(ctx, who, id, "change set scope", scope.String()+" "+strings.Join(scope.Locales, ","), func(set *edition.ChangeSet) ([]edition.Job, error) {
		if set.Status != edition.DraftSet {
			return nil, decided(set)
		}
		set.Scope = scope
		return nil, nil
	})
}

// Schedule has a change set applied at a time, in the name of who orders it.
func (p *Pipeline) Schedule(ctx context.Context, who string, id int64, at time.Time) (edition.ChangeSet, error) {
	return p.decide(ctx, who, id, "change set scheduled", at.Format(time.RFC3339), func(set *edition.ChangeSet) ([]edition.Job, error) {
		if !at.After(p.store.Now()) {
			return nil, &edition.Refusal{Rule: "change-past", Text: "the date of effect has passed: name one that is to come, or apply the change set now"}
		}
		set.Status, set.Effective = edition.ScheduledSet, at
		return []edition.Job{{Kind: changeSetJob, Subject: id, Urgency: edition.InBatch, NotBefore: at}}, nil
	})
}

// Unschedule makes a scheduled change set a draft again.
func (p *Pipeline) Unschedule(ctx context.Context, who string, id int64) (edition.ChangeSet, error) {
	return p.decide(ctx, who, id, "change set unscheduled", "", func(set *edition.ChangeSet) ([]edition.Job, error) {
		set.Status, set.Effective = edition.DraftSet, time.Time{}
		return nil, nil
	})
}

// proven says whether a change set still fits the glossary that counts: what
// others have done since may make a mistake of what was right. It gives the
// revision of the set that it is said of.
func (p *Pipeline) proven(ctx context.Context, id int64, g *terms) (revision int, err error) {
	set, err := p.store.ChangeSet(ctx, id)
	if err != nil || set.Status != edition.DraftSet && set.Status != edition.ScheduledSet {
		return set.Revision, err
	}
	if err := rebase(&set, g); err != nil {
		return set.Revision, err
	}
	_, err = p.checkEdits(ctx, g, set.Edits)
	return set.Revision, err
}

// enact makes the new version of the glossary that a change set asks for, in
// the transaction in which its batch is saved: the set becomes applied. It
// gives errMoved where the glossary is no longer the one that g holds, or the set
// not the revision that was proven, and *ChangeConflict where somebody has
// changed the same concepts.
func (p *Pipeline) enact(ctx context.Context, tx Tx, who string, id int64, revision int, g *terms) (edition.ChangeSet, error) {
	if err := tx.LockGlossary(ctx); err != nil {
		return edition.ChangeSet{}, err
	}
	set, err := tx.ChangeSet(ctx, id)
	if err != nil {
		return set, err
	}
	if set.Status != edition.DraftSet && set.Status != edition.ScheduledSet {
		return set, decided(&set)
	}
	v, err := tx.GlossaryVersion(ctx)
	if err != nil {
		return set, err
	}
	if v != g.version || set.Revision != revision {
		return set, errMoved
	}
	before := len(set.Edits)
	if err := rebase(&set, g); err != nil {
		return set, err
	}
	if len(set.Edits) == 0 {
		return set, noEdits()
	}
	if set.Version, err = tx.SaveEdits(ctx, set.Edits, who, cmp.Or(set.Reason, set.Title), ""); err != nil {
		return set, err
	}
	set.Status, set.DecidedBy, set.Decided = edition.AppliedSet, who, p.store.Now()
	if err := tx.SaveChangeSet(ctx, &set, len(set.Edits) != before); err != nil {
		return set, err
	}
	return set, tx.Audit(ctx, edition.Act{Who: who, What: "change set applied", Subject: "change set", SubjectID: id, Detail: fmt.Sprintf("glossary version %d", set.Version)})
}
