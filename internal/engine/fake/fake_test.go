package fake

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dragoman/internal/engine"
)

func TestParseFaults(t *testing.T) {
	t.Parallel()
	f, err := ParseFaults("seed=7, rate=0.1,drop-placeholder=0.05,slow-for=2s,retry-after=3s")
	if err != nil || f.Seed != 7 || f.Rate != 0.1 || f.Rates[DropPlaceholder] != 0.05 || f.Slow != 2*time.Second || f.RetryAfter != 3*time.Second {
		t.Errorf("%+v, %v", f, err)
	}
	for _, wrong := range []string{"rate=2", "rate=x", "rate=NaN", "503=-1", "fire=0.1", "slow-for=soon"} {
		if _, err := ParseFaults(wrong); err == nil || !strings.Contains(err.Error(), strings.Split(wrong, "=")[0]) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// happenings are what happens to n different calls, each made twice.
func happenings(t *testing.T, spec string, n int) (list []string) {
	t.Helper()
	f, err := ParseFaults(spec)
	if err != nil {
		t.Fatal(err)
	}
	in := NewInjector(f)
	for round := range 2 {
		for i := range n {
			if round == 1 {
				i = n - 1 - i // another order
			}
			d := in.Call(fmt.Sprint(i))
			list = append(list, fmt.Sprintf("%d %d:%s%s%s", i, round, d.Call, d.Reply(0, 2), d.Reply(1, 2)))
		}
	}
	return list
}

func TestFaultsComeFromTheSeed(t *testing.T) {
	t.Parallel()
	const spec = "rate=0.2,drop-digit=0.1,seed="
	one, again, other := happenings(t, spec+"1", 500), happenings(t, spec+"1", 500), happenings(t, spec+"2", 500)
	if fmt.Sprint(one) != fmt.Sprint(again) {
		t.Error("the same seed gives other faults")
	}
	if fmt.Sprint(one) == fmt.Sprint(other) {
		t.Error("another seed gives the same faults")
	}
	faults := 0
	for _, s := range one {
		if !strings.HasSuffix(s, ":") {
			faults++
		}
	}
	if faults < 300 || faults > 400 {
		t.Errorf("%d of 1000 calls meet a fault at rates of 0.2 and twice 0.1", faults)
	}
}

func TestForce(t *testing.T) {
	t.Parallel()
	in := NewInjector(Faults{})
	in.Force(Unavailable, 1)
	in.Force(AddBidi, 1)
	if d := in.Call("a"); d.Call != Unavailable {
		t.Errorf("%+v", d)
	}
	if d := in.Call("a"); d.Call != None || d.Reply(3, 9) != AddBidi {
		t.Errorf("%+v", d)
	}
	if d := in.Call("a"); d.Call != None || d.Reply(0, 1) != None {
		t.Errorf("%+v", d)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	source := "Dr. Salem of the U.S. met 417 families; see https://example.org/a?b=1."
	for target, want := range map[string]string{"ar": "؛", "ru": ";", "fr": ";"} {
		got := Text(source, target, map[string]string{"Salem": "<term>"})
		if got != Text(source, target, map[string]string{"Salem": "<term>"}) {
			t.Errorf("%s: not the same twice", target)
		}
		for _, kept := range []string{"417", "https://example.org/a?b=1.", "<term>", want} {
			if !strings.Contains(got, kept) {
				t.Errorf("%s: %q is lost in %q", target, kept, got)
			}
		}
	}
	if got := HTML("L&#39;<span data-c=\"1\">a</span> &amp; b", "ar", nil); !strings.Contains(got, `<span data-c="1">`) || !strings.Contains(got, "&amp;") {
		t.Errorf("tags and entities: %q", got)
	}
}

// TestDamage: every fault of a reply breaks the contract.
func TestDamage(t *testing.T) {
	t.Parallel()
	source := `In <span data-c="1">Geneva</span> the delegates counted 2254 strikes.`
	plain := engine.Segment{Text: "In Geneva the delegates counted 2254 strikes."}
	for _, target := range []string{"ar", "fr", "ru"} {
		for _, f := range ReplyFaults {
			if f == DropPlaceholder {
				if got := Damage(f, source, HTML(source, target, nil), target); strings.Contains(got, "<span") {
					t.Errorf("%s: %s", f, got)
				}
				continue
			}
			got := Damage(f, plain.Text, Text(plain.Text, target, nil), target)
			if engine.Contract(plain, got, target) == nil {
				t.Errorf("%s in %s keeps the contract: %.80s", f, target, got)
			}
		}
	}
}
