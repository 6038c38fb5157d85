// Package enginetest is the one suite that every engine passes, against a local
// counterpart that behaves like its service, and what tests of engines share: a
// clock that does not wait and a journal in memory.
//
//	func TestConformance(t *testing.T) {
//		enginetest.Run(t, func(t *testing.T) enginetest.Harness { … })
//	}
package enginetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
	"dragoman/internal/engine"
	"dragoman/internal/engine/fake"
)

// Harness is an engine with its counterpart, fresh for one case.
type Harness struct {
	// Engine is the engine itself, without limits around it.
	Engine engine.Engine
	// Source and Target are a pair that it has, Unsupported a target that it
	// has not.
	Source, Target, Unsupported string
	// Force makes the next n calls at the counterpart meet a fault. It is nil
	// for an engine without a service behind it; the cases of faults do not
	// concern such an engine.
	Force func(f fake.Fault, n int)
	// Calls gives what the counterpart was sent, call by call; nil as Force.
	Calls func() []engine.Size
}

// Run holds an engine to the port. setup is called once for every case and
// cleans up with t.Cleanup.
func Run(t *testing.T, setup func(t *testing.T) Harness) {
	t.Helper()
	cases := []struct {
		name string
		test func(*testing.T, Harness)
	}{
		{"info", testInfo},
		{"order", testOrder},
		{"codes", testCodes},
		{"blank", testBlank},
		{"nothing", testNothing},
		{"cancelled", testCancelled},
		{"unsupported", testUnsupported},
		{"concurrency", testConcurrency},
		{"too long", testTooLong},
		{"limits", testLimits},
		{"classified", testClassified},
		{"deadline", testDeadline},
		{"broken replies", testBroken},
		{"broken once", testBrokenOnce},
		{"another language", testAnotherLanguage},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, setup(t))
		})
	}
}

// Sentences are n different sentences with numbers, codes, abbreviations and
// addresses, as releases have them.
func Sentences(n int) []engine.Segment {
	shapes := []string{
		"The Coalition's envoy met %d delegates in Geneva on Monday.",
		"⟦1⟧Dr. Salem⟦/1⟧ of the U.S. office said that %d families had left their homes.",
		"Read the ⟦1⟧full statement⟦/1⟧ of the %d members here⟦2/⟧.",
		"\"We counted %d strikes,\" she said; \"none was justified.\"",
		"See https://example.org/report/%d for the ⟦1⟧⟦2⟧annual⟦/2⟧ report⟦/1⟧ & its tables.",
		"⟦3⟧Was the convoy of %d lorries allowed to pass?",
	}
	segments := make([]engine.Segment, n)
	for i := range segments {
		segments[i].Text = fmt.Sprintf(shapes[i%len(shapes)], 1000+i)
	}
	return segments
}

func (h Harness) request(segments ...engine.Segment) engine.Request {
	return engine.Request{Source: h.Source, Target: h.Target, Segments: segments}
}

// translate makes one call that must succeed.
func (h Harness) translate(t *testing.T, segments []engine.Segment) []engine.Reply {
	t.Helper()
	replies, err := h.Engine.Translate(t.Context(), h.request(segments...))
	if err != nil {
		t.Fatalf("Translate: %v", err)
	}
	if len(replies) != len(segments) {
		t.Fatalf("%d replies to %d segments", len(replies), len(segments))
	}
	return replies
}

func (h Harness) limited(c engine.Config) *engine.LimitedEngine {
	if c.Clock == nil {
		c.Clock = &Clock{}
	}
	return engine.Limited(h.Engine, c)
}

func testInfo(t *testing.T, h Harness) {
	if h.Engine.Name() == "" {
		t.Error("an engine has a name")
	}
	if i := h.Engine.Info(); i.Languages.Known() && !i.Languages.Has(h.Source, h.Target) {
		t.Errorf("Info says that %s to %s is not had", h.Source, h.Target)
	}
}

func testOrder(t *testing.T, h Harness) {
	n := 60
	if most := h.Engine.Info().Limits.Items; most > 0 {
		n = min(n, most)
	}
	segments := Sentences(n)
	for i, r := range h.translate(t, segments) {
		if r.Err != nil {
			t.Fatalf("segment %d: %v", i, r.Err)
		}
		if v := engine.Contract(segments[i], engine.Clean(segments[i].Text, r.Text), h.Target); v != nil {
			t.Errorf("segment %d\nsource %s\nreply  %s\nbreaks %v", i, segments[i].Text, r.Text, v)
		}
	}
}

func testCodes(t *testing.T, h Harness) {
	sources := []string{
		"⟦1⟧whole sentence⟦/1⟧", "a ⟦1⟧⟦2⟧nested⟦/2⟧ pair⟦/1⟧ and ⟦3/⟧ more", "⟦1⟧opens here", "closes here⟦/1⟧",
		"5 < 6 & 7 > 6 \"quoted\" ⟦1/⟧", "a literal ⟦⟦ mark and ⟦1⟧a pair⟦/1⟧",
	}
	var segments []engine.Segment
	for _, s := range sources {
		segments = append(segments, engine.Segment{Text: s})
	}
	for i, r := range h.translate(t, segments) {
		if p := content.CheckCodes(sources[i], r.Text); r.Err != nil || p != nil {
			t.Errorf("%q became %q: %v %v", sources[i], r.Text, p, r.Err)
		}
	}
}

func testBlank(t *testing.T, h Harness) {
	segments := []engine.Segment{{Text: ""}, {Text: "Good morning to everybody."}, {Text: " \t"}, {Text: "⟦1/⟧"}}
	for i, r := range h.translate(t, segments) {
		if i != 1 && r.Text != segments[i].Text || r.Err != nil {
			t.Errorf("%q became %q, %v", segments[i].Text, r.Text, r.Err)
		}
		if i == 1 && (r.Text == "" || r.Text == segments[i].Text) {
			t.Errorf("%q became %q", segments[i].Text, r.Text)
		}
	}
}

func testNothing(t *testing.T, h Harness) {
	h.translate(t, nil)
	h.translate(t, []engine.Segment{{Text: " "}})
	if h.Calls != nil && len(h.Calls()) > 0 {
		t.Errorf("%d calls for nothing", len(h.Calls()))
	}
}

func testCancelled(t *testing.T, h Harness) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	replies, err := h.Engine.Translate(ctx, h.request(Sentences(3)...))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Translate gave %v, %v", replies, err)
	}
	if _, err := h.limited(engine.Config{}).Translate(ctx, h.request(Sentences(3)...)); !errors.Is(err, context.Canceled) {
		t.Errorf("within limits: %v", err)
	}
}

func testUnsupported(t *testing.T, h Harness) {
	r := h.request(Sentences(2)...)
	r.Target = h.Unsupported
	_, err := h.Engine.Translate(t.Context(), r)
	var e *engine.Error
	if !errors.As(err, &e) || e.Kind != engine.Unsupported {
		t.Fatalf("a language that it does not have: %v", err)
	}
	if told := e.Told(); told.Reason != edition.TroubleLanguage || !strings.Contains(told.Detail, h.Unsupported) {
		t.Errorf("told as %+v", told)
	}
	if !strings.Contains(e.Safe(), h.Unsupported) || !strings.Contains(e.Safe(), h.Engine.Name()) {
		t.Errorf("the message names neither engine nor language: %s", e.Safe())
	}
}

func testConcurrency(t *testing.T, h Harness) {
	segments := Sentences(12)
	want := h.translate(t, segments)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := h.Engine.Translate(t.Context(), h.request(segments...))
			if err != nil || len(got) != len(want) {
				t.Errorf("at once: %d replies, %v", len(got), err)
				return
			}
			for i := range got {
				if got[i].Err != nil {
					t.Errorf("at once, segment %d: %v", i, got[i].Err)
				}
			}
		})
	}
	wg.Wait()
}

func testTooLong(t *testing.T, h Harness) {
	l := h.Engine.Info().Limits
	if l.CodePoints == 0 && l.Bytes == 0 {
		return // nothing is too long for it
	}
	long := engine.Segment{Text: strings.Repeat("never ", max(l.CodePoints, l.Bytes)/6+1)}
	replies, err := h.Engine.Translate(t.Context(), h.request(long))
	if err == nil {
		err = replies[0].Err
	}
	if engine.KindOf(err) != engine.Permanent {
		t.Errorf("too long for one request: %v", err)
	}
	replies, err = h.limited(engine.Config{}).Translate(t.Context(), h.request(Sentences(1)[0], long, Sentences(2)[1]))
	if err != nil || replies[0].Err != nil || replies[2].Err != nil || engine.KindOf(replies[1].Err) != engine.Permanent {
		t.Errorf("only the sentence that is too long fails: %v %v", replies, err)
	}
}

func testLimits(t *testing.T, h Harness) {
	if h.Calls == nil {
		return // no calls to count
	}
	l := h.limited(engine.Config{Limits: engine.Limits{Items: 7, CodePoints: 400}})
	segments := Sentences(50)
	replies, err := l.Translate(t.Context(), h.request(segments...))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range replies {
		if r.Err != nil {
			t.Errorf("segment %d: %v", i, r.Err)
		}
	}
	for _, c := range h.Calls() {
		if c.CodePoints > 400 {
			t.Errorf("a call of %d code points, at most 400 are allowed", c.CodePoints)
		}
	}
	if n := len(h.Calls()); n < 8 {
		t.Errorf("%d calls for 50 segments at most 7 at once", n)
	}
}

func testClassified(t *testing.T, h Harness) {
	if h.Force == nil {
		return // nothing that could fail
	}
	for f, want := range map[fake.Fault]engine.Kind{
		fake.RateLimited: engine.Retryable, fake.Unavailable: engine.Retryable, fake.Reset: engine.Retryable,
		fake.Internal: engine.Retryable, fake.QuotaUsed: engine.Quota, fake.BadCredentials: engine.Auth,
		fake.MissingItem: engine.Broken, fake.Flood: engine.Broken, fake.Truncated: engine.Retryable,
	} {
		h.Force(f, 1)
		_, err := h.Engine.Translate(t.Context(), h.request(Sentences(2)...))
		var e *engine.Error
		if !errors.As(err, &e) || e.Kind != want {
			t.Errorf("%s: %v, want kind %s", f, err, want)
			continue
		}
		if e.Engine != h.Engine.Name() || e.What == "" || strings.Contains(e.Safe(), "delegates") {
			t.Errorf("%s: the message is not for a person: %s", f, e.Safe())
		}
		if f == fake.BadCredentials && !namesCredentials(e.Safe()) {
			t.Errorf("%s: the message does not say which setting, file or variable to look at: %s", f, e.Safe())
		}
		if told := e.Told(); !slices.Contains(toldAs[f], told.Reason) {
			t.Errorf("%s: told as %+v, want one of %v", f, told, toldAs[f])
		} else if f == fake.BadCredentials && told.See == "" {
			t.Errorf("%s: the desk cannot say what to look at: %+v", f, told)
		}
		if f == fake.Flood && (len(e.Violations) != 1 || e.Violations[0].Rule != engine.RuleSize) {
			t.Errorf("%s: it is not said that the answer was too large: %v", f, e)
		}
		if f == fake.RateLimited && e.After <= 0 {
			t.Errorf("%s: how long the service asks to wait is lost", f)
		}
		if (f == fake.Reset || f == fake.Truncated) && !e.MayBeBilled {
			t.Errorf("%s: a call that was cut may be billed", f)
		}
	}
	h.translate(t, Sentences(2))
}

// toldAs is how the desk may tell of a fault, in its reader's language.
var toldAs = map[fake.Fault][]edition.TroubleReason{
	fake.RateLimited: {edition.TroubleBusy}, fake.Unavailable: {edition.TroubleDown, edition.TroubleUnreachable},
	fake.Reset: {edition.TroubleCut, edition.TroubleUnreachable}, fake.Internal: {edition.TroubleFault},
	fake.QuotaUsed: {edition.TroubleQuota}, fake.BadCredentials: {edition.TroubleCredentials, edition.TroubleNoCredentials},
	fake.MissingItem: {edition.TroubleUnfit}, fake.Flood: {edition.TroubleUnfit}, fake.Truncated: {edition.TroubleCut, edition.TroubleUnreachable, edition.TroubleFault},
}

// namesCredentials reports whether a message says where credentials come from.
func namesCredentials(message string) bool {
	for _, where := range []string{"api_key", "credentials", "GOOGLE_APPLICATION_CREDENTIALS"} {
		if strings.Contains(message, where) {
			return true
		}
	}
	return false
}

func testDeadline(t *testing.T, h Harness) {
	if h.Force == nil {
		return // it waits for nobody
	}
	h.Force(fake.Slow, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := h.Engine.Translate(ctx, h.request(Sentences(2)...))
	var e *engine.Error
	if !errors.As(err, &e) || e.Kind != engine.Retryable || !e.MayBeBilled {
		t.Errorf("no answer in time: %v", err)
	}
}

// faulty are sentences that every fault of a reply can harm.
var faulty = []engine.Segment{
	{Text: "In ⟦1⟧Geneva⟦/1⟧, the delegates counted 2254 strikes in one month."},
	{Text: "The ⟦1⟧families⟦/1⟧ of 417 villages have left their homes for ever."},
}

// testBroken: a reply that stays broken reaches nobody.
func testBroken(t *testing.T, h Harness) {
	if h.Force == nil {
		return // its replies are its own
	}
	for _, f := range fake.ReplyFaults {
		h.Force(f, 8)
		replies, err := h.limited(engine.Config{}).Translate(t.Context(), h.request(faulty...))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range replies {
			if engine.KindOf(r.Err) != engine.Broken {
				t.Errorf("%s went through: %q, %v", f, r.Text, r.Err)
			}
		}
		h = h.rest(t)
	}
}

// rest uses up the faults that are still forced.
func (h Harness) rest(t *testing.T) Harness {
	t.Helper()
	for range 8 {
		_, _ = h.Engine.Translate(t.Context(), h.request(faulty[0]))
	}
	return h
}

// testBrokenOnce: what is broken once is asked for again, one by one.
func testBrokenOnce(t *testing.T, h Harness) {
	if h.Force == nil {
		return // its replies are its own
	}
	for _, f := range append([]fake.Fault{fake.MissingItem}, fake.ReplyFaults...) {
		before := len(h.Calls())
		h.Force(f, 1)
		l := h.limited(engine.Config{})
		replies, err := l.Translate(t.Context(), h.request(faulty...))
		if err != nil || replies[0].Err != nil || replies[1].Err != nil {
			t.Errorf("%s: %v, %v", f, replies, err)
		}
		if calls := len(h.Calls()) - before; calls != 1+len(faulty) {
			t.Errorf("%s: %d calls, want one for all and one for each", f, calls)
		}
	}
}

// testAnotherLanguage: a reply in the source's language, or in a third one, is
// seen in a target of the same script too.
func testAnotherLanguage(t *testing.T, h Harness) {
	if h.Force == nil {
		return // it has no service that could answer so
	}
	for _, target := range []string{h.Target, "fr", "es"} {
		for _, f := range []fake.Fault{fake.Untranslated, fake.WrongScript} {
			r := h.request(faulty...)
			r.Target = target
			h.Force(f, 8)
			replies, err := h.limited(engine.Config{}).Translate(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			for _, reply := range replies {
				if engine.KindOf(reply.Err) != engine.Broken {
					t.Errorf("%s in %s went through: %q, %v", f, target, reply.Text, reply.Err)
				}
			}
			h = h.rest(t)
		}
	}
}

// Clock is a clock that moves only when somebody sleeps, and then at once.
type Clock struct {
	mu    sync.Mutex
	now   time.Time
	Slept time.Duration
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.IsZero() {
		c.now = time.Date(2018, 2, 5, 9, 0, 0, 0, time.UTC)
	}
	return c.now
}

// Sleep moves the clock.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if d > 0 {
		c.now = now.Add(d)
		c.Slept += d
	}
	return nil
}

// Record is one call as the journal saw it.
type Record struct {
	Call    engine.Call
	Outcome engine.Outcome
	Ended   bool
}

// Journal keeps calls in memory.
type Journal struct {
	// Refuse, where it is set, is asked before every call.
	Refuse func(engine.Call) error

	mu      sync.Mutex
	records []Record
}

// Intent notes a call that begins.
func (j *Journal) Intent(_ context.Context, c engine.Call) (int64, error) {
	if j.Refuse != nil {
		if err := j.Refuse(c); err != nil {
			return 0, err
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.records = append(j.records, Record{Call: c})
	return int64(len(j.records)), nil
}

// Outcome notes how a call ended.
func (j *Journal) Outcome(_ context.Context, receipt int64, o engine.Outcome) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	r := &j.records[receipt-1]
	if r.Ended {
		return fmt.Errorf("call %d ended twice", receipt)
	}
	r.Outcome, r.Ended = o, true
	return nil
}

// Records gives all calls so far.
func (j *Journal) Records() []Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Record(nil), j.records...)
}
