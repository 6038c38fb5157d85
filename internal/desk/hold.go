package desk

import "dragoman/internal/edition"

// hold says what engines have not done of an edition, and why; "" where that
// concerns nobody any more.
func (w *words) hold(e *edition.Edition) string {
	h := e.Hold
	if !h.Held() || h.Kind != edition.HoldWaiting && e.Counts.Untranslated == 0 {
		return ""
	}
	return w.T("desk.hold."+string(h.Kind), "Engine", h.Engine, "Time", w.When(h.Since), "Detail", h.Detail)
}
