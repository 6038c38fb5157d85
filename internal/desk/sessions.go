package desk

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
)

// What a session holds.
const (
	keyPerson = "person" // the person's number; the store looks at it, too
	keyEpoch  = "epoch"  // the person's when it began
	keyHow    = "how"    // they signed in: one of the words below
	keyName   = "name"   // of the session, to tell it from others
	keyBegan  = "began"  // in seconds since 1970
	keyFrom   = "from"   // the address
	keyAgent  = "agent"  // the browser, in a few words
	keyFlow   = "flow"   // what was begun at the provider, as JSON
	keySaid   = "said"   // what the next page shall say, as JSON
)

// How somebody signed in.
const (
	byLink     = "link"
	byPassword = "password"
	byProvider = "provider"
)

// Sessions end after a long pause, and a week after they began at the latest.
const (
	sessionIdle = 12 * time.Hour
	sessionLife = 7 * 24 * time.Hour
)

func newSessions(o Options) *scs.SessionManager {
	s := scs.New()
	s.Store = &calmStore{CtxStore: o.Sessions, seen: map[string]commit{}, now: o.Now}
	s.Codec = jsonCodec{}
	s.IdleTimeout, s.Lifetime = sessionIdle, sessionLife
	s.HashTokenInStore = true
	s.Cookie.Name = "dragoman"
	if o.Secure {
		s.Cookie.Name = "__Host-dragoman"
	}
	s.Cookie.Secure = o.Secure
	s.Cookie.HttpOnly, s.Cookie.SameSite = true, http.SameSiteLaxMode
	return s
}

// jsonCodec writes sessions as JSON, whose keys are in order: the same
// session gives the same bytes.
type jsonCodec struct{}

type jsonSession struct {
	Deadline time.Time      `json:"deadline"`
	Values   map[string]any `json:"values"`
}

// Encode writes a session.
func (jsonCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(jsonSession{deadline, values})
}

// Decode reads a session.
func (jsonCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var s jsonSession
	if err := json.Unmarshal(b, &s); err != nil {
		return time.Time{}, nil, err
	}
	if s.Values == nil {
		s.Values = map[string]any{}
	}
	return s.Deadline, s.Values, nil
}

// calmStore leaves out a commit that would only move the end of an unchanged
// session by less than a minute: otherwise each page that is read would be a
// write.
type calmStore struct {
	scs.CtxStore
	now func() time.Time

	mu   sync.Mutex
	seen map[string]commit
}

type commit struct {
	sum    [32]byte
	expiry time.Time
}

// calmFor is how far a session's end may lag behind.
const calmFor = time.Minute

// maxSeen bounds the commits remembered; past it all are forgotten.
const maxSeen = 10_000

// CommitCtx saves a session unless that would change nothing that counts.
func (c *calmStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	sum := sha256.Sum256(b)
	c.mu.Lock()
	last, ok := c.seen[token]
	c.mu.Unlock()
	if ok && last.sum == sum && expiry.Sub(last.expiry) < calmFor && c.now().Before(last.expiry) {
		return nil
	}
	if err := c.CtxStore.CommitCtx(ctx, token, b, expiry); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.seen) >= maxSeen {
		clear(c.seen)
	}
	c.seen[token] = commit{sum, expiry}
	return nil
}

// DeleteCtx ends a session.
func (c *calmStore) DeleteCtx(ctx context.Context, token string) error {
	c.mu.Lock()
	delete(c.seen, token)
	c.mu.Unlock()
	return c.CtxStore.DeleteCtx(ctx, token)
}
