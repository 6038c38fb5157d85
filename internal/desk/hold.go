package desk

import (
	"cmp"
	"strings"

	"dragoman/internal/edition"
)

// hold says what engines have not done of an edition, and why; "" where that
// concerns nobody any more.
func (w *words) hold(e *edition.Edition) string {
	h := e.Hold
	if !h.Held() || h.Kind != edition.HoldWaiting && e.Counts.Untranslated == 0 {
		return ""
	}
	return w.held(h)
}

// held says a hold.
func (w *words) held(h edition.Hold) string {
	return w.T("desk.hold."+string(h.Kind), "Engine", h.Engine, "Time", w.When(h.Since), "Detail", cmp.Or(w.trouble(h.Engine, h.Trouble), h.Detail))
}

// trouble says what an engine failed with, "" where that is not known.
func (w *words) trouble(engine string, t edition.Trouble) string {
	if t.Reason == "" {
		return ""
	}
	id, detail := "desk.trouble."+string(t.Reason), t.Detail
	switch t.Reason {
	case edition.TroubleUnfit:
		detail = w.rules(t.Detail)
		fallthrough
	case edition.TroubleRefused:
		if detail == "" {
			id += "-plain"
		}
	}
	return w.T(id, "Where", cmp.Or(t.Where, engine), "See", cmp.Or(t.See, engine), "Detail", detail)
}

// rules says the rules of the contract in a list with commas.
func (w *words) rules(list string) string {
	var said []string
	for rule := range strings.SplitSeq(list, ",") {
		if rule != "" {
			said = append(said, w.or("desk.house.broken."+rule, rule))
		}
	}
	return strings.Join(said, w.T("desk.glossary.and"))
}
