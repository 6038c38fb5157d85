// Package fake holds what the embedded counterparts of translation services
// have in common: a text that passes for a translation, and faults that come
// where a seed says. The counterparts themselves (fake/googlefake, …) are for
// demonstrations, tests and drills; nothing of them translates, and what they
// answer is marked as fake.
//
//	faults, err := fake.ParseFaults("seed=7,rate=0.1,drop-placeholder=0.05")
//	injector := fake.NewInjector(faults)
//	switch injector.Call(key) { case fake.RateLimited: … }
package fake

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is one way for a service to fail.
type Fault string

// Faults of a call.
const (
	None           Fault = ""
	RateLimited    Fault = "429"   // too much in a minute; says when to come back
	Unavailable    Fault = "503"   // passing trouble
	Reset          Fault = "reset" // the connection is cut, the work done or not
	Slow           Fault = "slow"  // an answer after Faults.Slow
	QuotaUsed      Fault = "quota" // the day's quota is used up
	BadCredentials Fault = "auth"  // the credentials are refused
	Internal       Fault = "500"
	MissingItem    Fault = "missing-item" // one reply fewer than asked for
	Flood          Fault = "flood"        // an answer of many megabytes
	Truncated      Fault = "truncate"     // an answer that ends in the middle; the work is done
)

// Faults of a reply.
const (
	DropPlaceholder Fault = "drop-placeholder"
	DropDigit       Fault = "drop-digit"
	WrongScript     Fault = "wrong-script"
	ExtraSentences  Fault = "extra-sentences"
	AddTag          Fault = "add-tag"
	AddBidi         Fault = "add-bidi"
	Chatter         Fault = "chatter"
	Empty           Fault = "empty"
	Huge            Fault = "huge"
	AddHTML         Fault = "html"         // a page's mark-up where text was asked for
	Untranslated    Fault = "untranslated" // the source's language
)

// CallFaults and ReplyFaults list the faults; those of a call that Faults.Rate
// stands for are the first four.
var (
	CallFaults  = []Fault{RateLimited, Unavailable, Reset, Slow, QuotaUsed, BadCredentials, Internal, MissingItem, Flood, Truncated}
	ReplyFaults = []Fault{DropPlaceholder, DropDigit, WrongScript, ExtraSentences, AddTag, AddBidi, Chatter, Empty, Huge, AddHTML, Untranslated}
)

// Faults say how often what goes wrong.
type Faults struct {
	// Seed decides where; the same seed, calls and order of repeats give the
	// same faults, whatever else runs beside.
	Seed uint64
	// Rate is the share of calls, 0 to 1, that meet one of 429, 503, reset,
	// slow, or a broken reply, each as often.
	Rate float64
	// Rates are shares of calls, or of replies, by fault.
	Rates map[Fault]float64
	// RetryAfter is what a 429 asks for, a second where 0; Slow is how long a
	// slow answer takes, 30 seconds where 0.
	RetryAfter, Slow time.Duration
}

// ParseFaults reads "rate=0.1,drop-placeholder=0.05,seed=7,slow-for=2s,retry-after=1s".
func ParseFaults(spec string) (Faults, error) {
	f := Faults{Rates: map[Fault]float64{}}
	for _, item := range strings.FieldsFunc(spec, func(r rune) bool { return r == ',' || r == ' ' }) {
		key, value, _ := strings.Cut(item, "=")
		key = cmp.Or(shortFaults[key], key)
		var err error
		switch key {
		case "seed":
			f.Seed, err = strconv.ParseUint(value, 10, 64)
		case "slow-for":
			f.Slow, err = time.ParseDuration(value)
		case "retry-after":
			f.RetryAfter, err = time.ParseDuration(value)
		case "rate":
			f.Rate, err = share(value)
		default:
			if !slices.Contains(CallFaults, Fault(key)) && !slices.Contains(ReplyFaults, Fault(key)) {
				return f, fmt.Errorf("fault %q is not known; use rate, seed, slow-for, retry-after or one of %v %v", key, CallFaults, ReplyFaults)
			}
			f.Rates[Fault(key)], err = share(value)
		}
		if err != nil {
			return f, fmt.Errorf("fault %q: %w", item, err)
		}
	}
	return f, nil
}

// shortFaults are shorter names that may be used too.
var shortFaults = map[string]string{"script": string(WrongScript), "tag": string(AddTag), "bidi": string(AddBidi)}

func share(s string) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err == nil && !(v >= 0 && v <= 1) {
		err = fmt.Errorf("a share is between 0 and 1")
	}
	return v, err
}

// Injector decides which call and which reply meets which fault. It is safe for
// concurrent use.
type Injector struct {
	faults Faults

	mu     sync.Mutex
	seen   map[uint64]int
	forced []Fault
}

// NewInjector makes an injector of f.
func NewInjector(f Faults) *Injector {
	if f.RetryAfter == 0 {
		f.RetryAfter = time.Second
	}
	if f.Slow == 0 {
		f.Slow = 30 * time.Second
	}
	return &Injector{faults: f, seen: map[uint64]int{}}
}

// Faults gives what the injector was made of, defaults filled in.
func (in *Injector) Faults() Faults { return in.faults }

// Force makes the next n calls meet f, whatever the rates say. A fault of a
// reply then meets every reply of the call.
func (in *Injector) Force(f Fault, n int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for range n {
		in.forced = append(in.forced, f)
	}
}

// Decision is what happens to one call.
type Decision struct {
	Call Fault
	// All is a fault of every reply; Reply gives those of single ones.
	All Fault
	in  *Injector
	key uint64
	// one meets a broken reply because the rate chose this call for it.
	one bool
}

// Call decides about a call that is known by what it asks: the same question
// asked again is another call.
func (in *Injector) Call(key string) Decision {
	in.mu.Lock()
	defer in.mu.Unlock()
	h := hash(in.faults.Seed, key)
	in.seen[h]++
	d := Decision{in: in, key: hash(h, strconv.Itoa(in.seen[h]))}
	if len(in.forced) > 0 {
		d.Call, in.forced = in.forced[0], in.forced[1:]
		if slices.Contains(ReplyFaults, d.Call) {
			d.Call, d.All = None, d.Call
		}
		return d
	}
	if chance(d.key, "rate") < in.faults.Rate {
		const kinds = 5
		if n := int(chance(d.key, "which") * kinds); n < kinds-1 {
			d.Call = CallFaults[n]
		} else {
			d.one = true
		}
		return d
	}
	d.Call = in.pick(d.key, CallFaults)
	return d
}

// Reply decides about the reply with that index of n.
func (d Decision) Reply(index, n int) Fault {
	if d.All != None {
		return d.All
	}
	if d.one {
		if index == int(chance(d.key, "item")*float64(n)) {
			return ReplyFaults[int(chance(d.key, "damage")*float64(len(ReplyFaults)))]
		}
		return None
	}
	return d.in.pick(hash(d.key, strconv.Itoa(index)), ReplyFaults)
}

// Even gives the same coin's side for the same call.
func (d Decision) Even() bool { return chance(d.key, "coin") < 0.5 }

func (in *Injector) pick(key uint64, among []Fault) Fault {
	for _, f := range slices.Sorted(maps.Keys(in.faults.Rates)) {
		if slices.Contains(among, f) && chance(key, string(f)) < in.faults.Rates[f] {
			return f
		}
	}
	return None
}

func hash(seed uint64, key string) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%x\x00%s", seed, key)
	return h.Sum64()
}

// chance gives a number from 0 to 1 that key and salt decide.
func chance(key uint64, salt string) float64 {
	h := hash(key, salt)
	h ^= h >> 33 // FNV's low bits are better mixed than its high ones
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return float64(h>>11) / (1 << 53)
}
