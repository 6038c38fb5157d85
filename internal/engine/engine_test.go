package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"dragoman/internal/engine"
	_ "dragoman/internal/engine/all"
)

func TestBatch(t *testing.T) {
	t.Parallel()
	sizes := func(codePoints ...int) (list []engine.Size) {
		for _, n := range codePoints {
			list = append(list, engine.Size{CodePoints: n, Bytes: 2 * n})
		}
		return list
	}
	for _, c := range []struct {
		name   string
		sizes  []engine.Size
		limits engine.Limits
		want   string
	}{
		{"nothing", nil, engine.Limits{Items: 1}, "[] []"},
		{"no limits", sizes(1, 2, 3), engine.Limits{}, "[[0 1 2]] []"},
		{"items", sizes(1, 1, 1, 1, 1), engine.Limits{Items: 2}, "[[0 1] [2 3] [4]] []"},
		{"code points", sizes(4, 4, 4, 10, 1), engine.Limits{CodePoints: 10}, "[[0 1] [2] [3] [4]] []"},
		{"bytes", sizes(4, 4, 4), engine.Limits{Bytes: 16}, "[[0 1] [2]] []"},
		{"too long", sizes(4, 11, 4), engine.Limits{CodePoints: 10}, "[[0 2]] [1]"},
		{"recommended", sizes(4, 9, 1, 1), engine.Limits{CodePoints: 10, Recommended: 5}, "[[0] [1] [2 3]] []"},
	} {
		runs, tooLong := engine.Batch(c.sizes, c.limits)
		if got := fmt.Sprint(runs, tooLong); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func FuzzBatch(f *testing.F) {
	f.Add([]byte{1, 2, 3, 200}, 2, 100, 50)
	f.Fuzz(func(t *testing.T, list []byte, items, codePoints, recommended int) {
		l := engine.Limits{Items: items, CodePoints: codePoints, Recommended: recommended}
		var sizes []engine.Size
		for _, n := range list {
			sizes = append(sizes, engine.Size{CodePoints: int(n)})
		}
		runs, tooLong := engine.Batch(sizes, l)
		next, seen := 0, len(tooLong)
		for _, run := range runs {
			sum := 0
			for _, i := range run {
				if i < next {
					t.Fatalf("out of order: %v", runs)
				}
				next, sum = i+1, sum+sizes[i].CodePoints
			}
			if l.Items > 0 && len(run) > l.Items || l.CodePoints > 0 && sum > l.CodePoints {
				t.Fatalf("over the limits: %v", runs)
			}
			seen += len(run)
		}
		if seen != len(list) {
			t.Fatalf("%d of %d segments are left", seen, len(list))
		}
	})
}

func TestRegistry(t *testing.T) {
	t.Parallel()
	e, err := engine.Open(engine.Settings{Kind: "pseudo", Name: "layout", Limits: engine.Limits{Items: 7}}, engine.Config{})
	if err != nil || e.Name() != "layout" || e.Info().Limits.Items != 7 {
		t.Fatalf("%v, %v", e, err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	_, err = engine.New(engine.Settings{Kind: "goggle"})
	if known := strings.Join(engine.Kinds(), ", "); err == nil || !strings.Contains(err.Error(), `"goggle"; use one of `+known) {
		t.Errorf("a kind that is not there: %v", err)
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	all := engine.Languages{Sources: []string{"en"}, Targets: []string{"ar", "pt", "zh-Hant"}}
	pairs := engine.Languages{Pairs: [][2]string{{"en", "es"}, {"en", "ca"}}}
	for _, c := range []struct {
		l              engine.Languages
		source, target string
		want           bool
	}{
		{engine.Languages{}, "en", "tlh", true},
		{all, "en", "ar", true},
		{all, "en-GB", "pt-BR", true},
		{all, "fr", "ar", false},
		{all, "en", "zh-Hans", false},
		{pairs, "en", "es", true},
		{pairs, "es", "en", false},
	} {
		if got := c.l.Has(c.source, c.target); got != c.want {
			t.Errorf("%+v: %s to %s: %v", c.l, c.source, c.target, got)
		}
	}
}

func TestPrice(t *testing.T) {
	t.Parallel()
	p := engine.Price{Currency: "USD", In: 20_000_000, Out: 10_000_000}
	if got := p.Cost(50_000, 1); got != 1_000_010 {
		t.Errorf("50,000 characters at $20 a million and one at $10 cost %d millionths", got)
	}
}

func TestErrorsForPeople(t *testing.T) {
	t.Parallel()
	cause := errors.New("rpc: secret text")
	var err error = &engine.Error{Engine: "google", Kind: engine.Auth, What: "its credentials are refused", Remedy: "look at the file", Err: cause}
	var e *engine.Error
	if !errors.As(err, &e) || e.Safe() != "engine google: its credentials are refused; look at the file" {
		t.Errorf("%v", e)
	}
	if !errors.Is(err, cause) || !errors.Is(err, &engine.Error{Kind: engine.Auth}) || errors.Is(err, &engine.Error{Kind: engine.Quota}) {
		t.Error("errors.Is does not find the cause, or takes one kind for another")
	}
}
