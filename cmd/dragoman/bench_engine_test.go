package main

import (
	"encoding/json"
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/engine/fake"
)

// TestBenchEngine: whatever goes wrong in the drill, every segment is somewhere,
// once, and the ledger equals the bill. (Its times say nothing here.)
func TestBenchEngine(t *testing.T) {
	t.Parallel()
	out, code := dragomanWith(t, "", "bench", "engine", "--json", "--delay", "2ms", "--seconds", "0", "--batches", "2",
		"--releases", "4", "--faults", "0.3", "--timeout", "3s", "--seed", "3")
	var r engineReport
	if code != exitDone || json.NewDecoder(strings.NewReader(out)).Decode(&r) != nil {
		t.Fatalf("exit %d: %s", code, out)
	}
	d, l := r.Drill, r.Ledger
	if d.Editions != 4*benchLocales || d.Segments != d.Editions*benchSegments || d.ByEngine+d.FromMemory+d.ToPeople != d.Segments {
		t.Errorf("drill: %+v", d)
	}
	if d.Lost+d.Twice+d.Unfit != 0 || d.ByEngine == 0 { // what was cut off twice is a person's, and that on a slow machine is much
		t.Errorf("drill: %+v", d)
	}
	if len(l.Differences) > 0 || l.Characters != l.CharactersBilled || l.Calls < d.Editions || l.Unknown < l.UnknownBilled {
		t.Errorf("ledger: %+v", l)
	}
}

// TestCompareBill: every way in which a ledger and a bill can differ is seen.
func TestCompareBill(t *testing.T) {
	t.Parallel()
	bill := fake.Bill{Fake: "x"}
	for _, l := range []fake.BillLine{
		{Call: 1, Characters: 10, Billed: true}, {Call: 2, Characters: 20, Billed: true}, {Call: 2, Characters: 20, Billed: true},
		{Call: 3, Characters: 30}, {Call: 4, Characters: 40, Billed: true}, {Call: 5, Characters: 50, Billed: true}, {Call: 9, Characters: 90, Billed: true},
	} {
		bill.Add(l)
	}
	calls := []edition.EngineCall{
		{ID: 1, Characters: 10, Status: edition.CallDone}, {ID: 2, Characters: 20, Status: edition.CallDone},
		{ID: 3, Characters: 30, Status: edition.CallFailed}, {ID: 4, Characters: 40, Status: edition.CallFailed},
		{ID: 5, Characters: 50, Status: edition.CallUnknown}, {ID: 6, Characters: 60, Status: edition.CallUnknown},
		{ID: 7, Characters: 70, Status: edition.CallDone}, {ID: 8, Characters: 80, Status: edition.CallIntended},
	}
	r := compareBill(calls, bill)
	if len(r.Differences) != 5 || r.Unknown != 2 || r.UnknownBilled != 1 || r.Characters != 100 || r.CharactersBilled != 70 {
		t.Errorf("%+v", r)
	}
}
