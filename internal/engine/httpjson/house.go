package httpjson

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrOutside is the error of a connection to an address that is not in the
// house, by a client for services there.
var ErrOutside = errors.New("the address is not a private one")

// House gives a client for services in the house: it connects to private
// addresses only (RFC 1918, RFC 4193, link-local, this machine), whatever a
// name leads to at the time, and takes no proxy, which could be anywhere.
func House() *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		if to, err := netip.ParseAddrPort(address); err != nil || !private(to.Addr()) {
			return ErrOutside
		}
		return nil
	}}
	return &http.Client{Transport: &http.Transport{
		DialContext: dialer.DialContext, MaxIdleConnsPerHost: 16, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
	}}
}

func private(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}
