package edition

import (
	"fmt"

	"dragoman/content"
)

// Refusal says why a person's act cannot be done. Rule names a message of
// the catalogues ("refusal." + Rule) that Args fills; Error is its English.
type Refusal struct {
	Rule string
	Args map[string]string
	Text string
}

func (r *Refusal) Error() string { return r.Text }

func refuse(rule, text string, args map[string]string) *Refusal {
	return &Refusal{Rule: rule, Text: text, Args: args}
}

// Rules are the house's choices for reviewing.
type Rules struct {
	// FourEyes forbids approving a target that one wrote oneself.
	FourEyes bool
}

// CanApproveTarget says whether who may approve t, or returns a *Refusal.
func (r Rules) CanApproveTarget(t *Target, who string) error {
	switch {
	case t.Omitted != "":
		return nil
	case t.Standing.ID == 0:
		return refuse("untranslated", fmt.Sprintf("segment %d has no translation yet: write one first", t.Position+1), posArg(t))
	case t.Errors > 0:
		return refuse("errors", fmt.Sprintf("segment %d has %d error(s): fix or dismiss them first", t.Position+1, t.Errors), posArg(t))
	case r.FourEyes && t.Standing.Author == who:
		return refuse("four-eyes", fmt.Sprintf("segment %d was written by %s: another person must approve it", t.Position+1, who), posArg(t))
	}
	return nil
}

func posArg(t *Target) map[string]string {
	return map[string]string{"Segment": fmt.Sprint(t.Position + 1)}
}

// CanApproveEdition says whether every target is reviewed and no error
// stands, or returns a *Refusal that names the first obstacle.
func (r Rules) CanApproveEdition(e *Edition, targets []*Target) error {
	if _, err := e.State.After(Approve); err != nil {
		return refuse("state", err.Error(), map[string]string{"State": string(e.State)})
	}
	if !e.Publishable {
		return refuse("pseudo", "this edition holds pseudo-translations for testing layouts: they can never be approved or published", nil)
	}
	for _, t := range targets {
		if t.Omitted != "" {
			continue
		}
		if t.Standing.ID == 0 {
			return refuse("untranslated", fmt.Sprintf("segment %d has no translation yet: write one first", t.Position+1), posArg(t))
		}
		if t.Errors > 0 {
			return refuse("errors", fmt.Sprintf("segment %d has %d error(s): fix or dismiss them first", t.Position+1, t.Errors), posArg(t))
		}
		if t.State != Reviewed && t.State != Final {
			return refuse("unreviewed", fmt.Sprintf("segment %d is not reviewed yet", t.Position+1), posArg(t))
		}
	}
	return nil
}

// Stand makes v the standing version of t: translated, and approved by nobody.
func (t *Target) Stand(v Version) {
	t.Standing, t.State = v, Translated
	t.ApprovedBy, t.ApprovedSource, t.Omitted = "", content.Hash{}, ""
	t.Errors, t.Warnings = Weigh(v.Findings)
}

// Weigh counts the errors and warnings among findings.
func Weigh(fs []Finding) (errors, warnings int) {
	for _, f := range fs {
		switch f.Severity {
		case Error:
			errors++
		case Warning:
			warnings++
		}
	}
	return errors, warnings
}
