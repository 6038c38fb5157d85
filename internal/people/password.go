package people

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/secure/precis"

	"dragoman/internal/edition"
)

// Cost is what it takes to compute the hash of a password: memory in KiB,
// passes over it, and threads.
type Cost struct {
	Memory  uint32
	Passes  uint32
	Threads uint8
}

// DefaultCost is the second choice of RFC 9106, section 4: 64 MiB, 3 passes,
// 4 threads.
var DefaultCost = Cost{Memory: 64 << 10, Passes: 3, Threads: 4}

// ErrBusy means that so many people sign in just now that one more must wait.
var ErrBusy = errors.New("too many people are signing in just now: try again in a moment")

// Hasher computes argon2id hashes, only so many at once, so that a flood of
// attempts takes neither the memory nor the time of those who work. It is
// safe for concurrent use.
type Hasher struct {
	params *argon2id.Params
	queue  chan struct{} // those who wait or compute
	slots  chan struct{} // those who compute
	dummy  string        // the hash of nobody's password
}

// hashesAtOnce leaves half of the processors to those who work, and
// hashesInLine is how many wait for them at most.
var hashesAtOnce = max(1, runtime.GOMAXPROCS(0)/2)

const hashesInLine = 32

// NewHasher makes a Hasher of a cost.
func NewHasher(c Cost) *Hasher {
	h := &Hasher{
		params: &argon2id.Params{Memory: c.Memory, Iterations: c.Passes, Parallelism: c.Threads, SaltLength: 16, KeyLength: 32},
		queue:  make(chan struct{}, hashesInLine), slots: make(chan struct{}, hashesAtOnce),
	}
	h.dummy = fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", c.Memory, c.Passes, c.Threads, strings.Repeat("A", 22), strings.Repeat("A", 43))
	return h
}

// enter takes a place to compute in; ErrBusy if the line is full.
func (h *Hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.queue <- struct{}{}:
	default:
		return nil, ErrBusy
	}
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots; <-h.queue }, nil
	case <-ctx.Done():
		<-h.queue
		return nil, ctx.Err()
	}
}

// Hash gives the hash of a password with a fresh salt, as a PHC string.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(password, h.params)
}

// Check says whether a password has a hash, and whether the hash is of a
// lower cost than today's. It takes as long for no hash ("") as for one.
func (h *Hasher) Check(ctx context.Context, password, hash string) (ok, weak bool, err error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	nobody := hash == ""
	if nobody {
		hash = h.dummy
	}
	ok, params, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, fmt.Errorf("stored password: %w", err)
	}
	weak = params.Memory < h.params.Memory || params.Iterations < h.params.Iterations || params.KeyLength < h.params.KeyLength
	return ok && !nobody, weak, nil
}

// Bounds of a password: characters, and bytes.
const (
	MinPassword = 12
	maxPassword = 1024
)

// prepared is a password as it is hashed: the same whatever the keyboard
// makes of its letters (RFC 8265, OpaqueString). What is no password at all
// is "".
func prepared(password string) string {
	if len(password) > maxPassword || !utf8.ValidString(password) {
		return ""
	}
	out, err := precis.OpaqueString.String(password)
	if err != nil {
		return ""
	}
	return out
}

// checkPassword says whether a password may be taken for somebody, or returns
// a *edition.Refusal.
func checkPassword(password, name string) error {
	p := prepared(password)
	n := utf8.RuneCountInString(p)
	different := map[rune]bool{}
	for _, r := range p {
		different[r] = true
	}
	switch {
	case p == "" && password != "" && len(password) > maxPassword:
		return &edition.Refusal{Rule: "password-long", Text: "the password is longer than 1,024 bytes"}
	case n < MinPassword:
		return &edition.Refusal{Rule: "password-short", Args: map[string]string{"Least": fmt.Sprint(MinPassword)}, Text: fmt.Sprintf("the password has fewer than %d characters: a few words make a good one", MinPassword)}
	case len(different) < 5, strings.Contains(fold(p), fold(name)) && n < 2*MinPassword:
		return &edition.Refusal{Rule: "password-weak", Text: "the password is too easy to guess: do not use your name, or a few characters again and again"}
	}
	return nil
}
