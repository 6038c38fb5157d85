package engine_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/internal/edition"
	"dragoman/internal/engine"
)

// TestAHangingEngineLosesNothingMore: what may have been paid for is repeated
// once, and not before the engine has shown that it answers; until then it is
// down, for all who ask it.
func TestAHangingEngineLosesNothingMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var hangs atomic.Bool
		hangs.Store(true)
		e := &hanging{scripted: scripted{hangs: hangs.Load}, now: hangs.Load}
		l := engine.Limited(e, engine.Config{Timeout: 5 * time.Second})
		ask := func(want string) {
			t.Helper()
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					replies, err := l.Translate(t.Context(), numbered(2))
					if err != nil || kinds(replies) != want {
						t.Errorf("%v, %v; want %s", replies, err, want)
					}
					var why *engine.Error
					if want != "ok" && (!errors.As(replies[0].Err, &why) || why.Told().Reason != edition.TroubleLate && why.Told().Reason != edition.TroubleResting) {
						t.Errorf("%v", replies[0].Err)
					}
				})
			}
			wg.Wait()
		}
		ask("retryable")
		if e.real.Load() != 4 || e.signs != 1 {
			t.Errorf("%d calls, each once, %d for a sign, one for all", e.real.Load(), e.signs)
		}
		hangs.Store(false)
		time.Sleep(time.Minute)
		ask("ok")
	})
}

// hanging is an engine that takes calls and does not answer them.
type hanging struct {
	scripted
	now  func() bool
	real atomic.Int32
}

func (h *hanging) Translate(ctx context.Context, r engine.Request) ([]engine.Reply, error) {
	if !r.Trial {
		h.real.Add(1)
		if h.now() {
			<-ctx.Done()
			return nil, ctx.Err()
		}
	}
	return h.scripted.Translate(ctx, r)
}

// TestASignIsAnothersAnswer: where the engine answers others meanwhile, nothing
// is sent to see whether it does.
func TestASignIsAnothersAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{info: engine.Info{Limits: engine.Limits{Items: 1, Concurrency: 2}}}
		e.answer = func(call int, r engine.Request) ([]engine.Reply, error) {
			if call == 1 {
				time.Sleep(time.Second)
				return nil, &engine.Error{Engine: "scripted", Kind: engine.Retryable, What: "cut", MayBeBilled: true}
			}
			return translated(r), nil
		}
		replies, err := engine.Limited(e, engine.Config{}).Translate(t.Context(), numbered(2))
		if err != nil || kinds(replies) != "ok" || e.signs != 0 || len(e.calls) != 3 {
			t.Errorf("%v, %v, %d calls, %d for a sign", replies, err, len(e.calls), e.signs)
		}
	})
}

// TestWhatGotLostBeforeWaitsForASign: what another process lost is not sent to
// an engine that nobody has heard of.
func TestWhatGotLostBeforeWaitsForASign(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{hangs: func() bool { return true }}
		j := remembered{known: []engine.Known{{Lost: 1}}}
		replies, err := engine.Limited(e, engine.Config{Journal: j}).Translate(t.Context(), numbered(1))
		if err != nil || kinds(replies) != "retryable" || len(e.calls) != 0 || e.signs != 1 {
			t.Errorf("%v, %v, %d calls, %d for a sign", replies, err, len(e.calls), e.signs)
		}
	})
}
