package desk

import (
	"net/http"
	"strconv"

	"dragoman/internal/edition"
)

// retireMany is how many concepts may be retired without a question, and
// retireFirst how many of them the question names.
const (
	retireMany  = 20
	retireFirst = 12
)

// retirement is what a change set takes out of the glossary.
type retirement struct {
	Retires     int
	RetireMany  bool
	RetireFirst []string // in English, the first of them
	RetireMore  bool
}

func retirementOf(set *edition.ChangeSet) (r retirement) {
	for i := range set.Edits {
		if set.Edits[i].After != nil {
			continue
		}
		if r.Retires++; r.Retires <= retireFirst {
			r.RetireFirst = append(r.RetireFirst, set.Edits[i].Name())
		}
	}
	r.RetireMany, r.RetireMore = r.Retires > retireMany, r.Retires > retireFirst
	return r
}

// mayRetire refuses a change set that retires many concepts, as a file does
// that lacks them, until the person has said that so many are meant.
func (c *call) mayRetire(set *edition.ChangeSet) error {
	r := retirementOf(set)
	if r.RetireMany && c.r.PostForm.Get("retire") != strconv.Itoa(r.Retires) {
		return &problem{Status: http.StatusUnprocessableEntity, ID: "desk.change.retire-unsure"}
	}
	return nil
}
