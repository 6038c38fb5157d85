package main

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dragoman/internal/store/storetest"
)

// TestKilledOnPostgres kills runs on PostgreSQL in the middle of their work:
// the one that is left alone goes on at once, with the same result.
func TestKilledOnPostgres(t *testing.T) {
	t.Parallel()
	const releases = 25
	calm, rough := t.TempDir(), t.TempDir()
	writeReleases(t, calm, releases)
	writeReleases(t, rough, releases)
	url := storetest.Postgres(t)
	for _, wait := range []time.Duration{150, 300, 450, 600} {
		c := program(t, rough, "run", "--database", url)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(wait*time.Millisecond, func() { _ = c.Process.Signal(syscall.SIGKILL) })
		_ = c.Wait() // killed or done, both are right
		timer.Stop()
	}
	begin := time.Now()
	got := outcome(t, rough, "--database", url)
	if took := time.Since(begin); took > 5*time.Minute {
		t.Errorf("it took %v to go on", took)
	}
	if slices.ContainsFunc(got, func(l lineJSON) bool { return l.State != "in_review" }) {
		t.Errorf("not all in review: %+v", got)
	}
	if d := cmp.Diff(outcome(t, calm), got); d != "" {
		t.Errorf("(-undisturbed +killed):\n%s", d)
	}
}
