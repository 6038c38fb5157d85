package desk

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter counts attempts by a key: an address that they come from, or a name
// that they are made for. It is safe for concurrent use.
type limiter struct {
	now   func() time.Time
	burst int
	every time.Duration
	max   int // keys remembered

	mu       sync.Mutex
	by       map[string]*rate.Limiter
	overflow *rate.Limiter // of all keys for which there is no room
}

// Ten attempts at once from an address, then one each six seconds; ten for a
// name, then one each half a minute.
const (
	addressBurst = 10
	addressEvery = 6 * time.Second
	nameBurst    = 10
	nameEvery    = 30 * time.Second
	maxKeys      = 10_000
)

func newLimiter(now func() time.Time, burst int, every time.Duration, keys int) *limiter {
	return &limiter{now: now, burst: burst, every: every, max: keys, by: map[string]*rate.Limiter{}, overflow: rate.NewLimiter(rate.Every(every), burst)}
}

// take says whether one more attempt may be made under a key.
func (l *limiter) take(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.by[key]
	if one == nil {
		if len(l.by) >= l.max {
			l.forget()
		}
		if len(l.by) >= l.max {
			return l.overflow.AllowN(l.now(), 1)
		}
		one = rate.NewLimiter(rate.Every(l.every), l.burst)
		l.by[key] = one
	}
	return one.AllowN(l.now(), 1)
}

// forget drops the keys that have their whole allowance back: nothing is
// remembered of them anyway. Those who are being held up stay held up.
func (l *limiter) forget() {
	for key, one := range l.by {
		if one.TokensAt(l.now()) >= float64(l.burst) {
			delete(l.by, key)
		}
	}
}

// sender is the address that a request comes from; of IPv6 the network that
// one customer has.
func sender(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if ip = ip.Unmap().WithZone(""); ip.Is6() {
		if net, err := ip.Prefix(64); err == nil {
			return net.String()
		}
	}
	return ip.String()
}
