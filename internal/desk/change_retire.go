package desk

import (
	"net/http"
	"strconv"

	"dragoman/internal/edition"
)

// retireFirst is how many of many retired concepts the question names.
const retireFirst = 12

// retirement is what a change set takes out of the glossary.
type retirement struct {
	Retires     int
	RetireMany  bool
	RetireFirst []string // in English, the first of them
	RetireMore  bool
}

func retirementOf(set *edition.ChangeSet) retirement {
	names := set.Retired()
	n := len(names)
	return retirement{Retires: n, RetireMany: n > edition.RetireUnasked, RetireFirst: names[:min(n, retireFirst)], RetireMore: n > retireFirst}
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
