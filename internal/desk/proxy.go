package desk

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// The headers in which a proxy says where a request came from.
const (
	forwardedFor   = "X-Forwarded-For"
	forwardedProto = "X-Forwarded-Proto"
)

// seenThrough gives a request the address that it really came from where a
// proxy that is trusted brought it: the last one in X-Forwarded-For that is no
// such proxy's. What anybody else says in these headers is taken away.
func (d *Desk) seenThrough(r *http.Request) *http.Request {
	if r.Header.Get(forwardedFor) == "" && r.Header.Get(forwardedProto) == "" {
		return r
	}
	seen := *r
	seen.Header = r.Header.Clone()
	said := seen.Header.Values(forwardedFor)
	seen.Header.Del(forwardedFor)
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		peer = r.RemoteAddr
	}
	if !d.trusts(peer) {
		seen.Header.Del(forwardedProto)
		return &seen
	}
	hops := strings.Split(strings.Join(said, ","), ",")
	slices.Reverse(hops)
	for _, hop := range hops {
		ip, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break // from here on it is anybody's word
		}
		seen.RemoteAddr = net.JoinHostPort(ip.Unmap().String(), "0")
		if !d.trusts(ip.String()) {
			break
		}
	}
	return &seen
}

// trusts reports whether an address is that of a proxy of the house.
func (d *Desk) trusts(address string) bool {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	return slices.ContainsFunc(d.Proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}
