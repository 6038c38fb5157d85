package store_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// TestABudgetsMonthIsTheHouses: on the first of the month after midnight where
// the house is, the new month's budget counts, though UTC is a day behind.
func TestABudgetsMonthIsTheHouses(t *testing.T) {
	t.Parallel()
	damascus := time.FixedZone("Damascus", 2*60*60)
	at := time.Date(2018, 2, 28, 21, 59, 0, 0, time.UTC)
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "d.db"), store.Options{Now: func() time.Time { return at }, Zone: damascus, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.BeginCall(t.Context(), call(100, 50), nil, 60); err != nil {
		t.Fatal(err)
	}
	var over *edition.OverBudget
	if err := s.BeginCall(t.Context(), call(100, 50), nil, 60); !errors.As(err, &over) || over.Month != "2018-02" {
		t.Fatalf("%v", err)
	}
	at = at.Add(2 * time.Minute)
	c := call(100, 50)
	if err := s.BeginCall(t.Context(), c, nil, 60); err != nil {
		t.Fatalf("in the new month: %v", err)
	}
	if edition.Month(c.Started) != "2018-03" {
		t.Errorf("booked in %s", edition.Month(c.Started))
	}
	for _, month := range []string{"2018-02", "2018-03"} {
		months, err := s.EngineMonths(t.Context(), month)
		if err != nil || len(months) != 2 || months[0].Price != 50 {
			t.Errorf("%s: %+v, %v", month, months, err)
		}
	}
	c.Status = edition.CallDone
	if err := s.EndCall(t.Context(), c, nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.EngineTallies(t.Context(), ""); err != nil { // which posts what has ended
		t.Fatal(err)
	}
	if months, err := s.EngineMonths(t.Context(), "2018-03"); err != nil || len(months) != 2 || months[0].Price != 50 || months[0].Calls != 1 {
		t.Errorf("posted: %+v, %v", months, err)
	}
}
