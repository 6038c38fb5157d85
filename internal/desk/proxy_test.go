package desk

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestWhereARequestComesFrom(t *testing.T) {
	t.Parallel()
	d := &Desk{Options: Options{Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8")}}}
	for name, c := range map[string]struct {
		peer  string
		said  []string
		proto string
		from  string
		https bool
	}{
		"no proxy":                {"192.0.2.7:99", nil, "", "192.0.2.7:99", false},
		"somebody's word":         {"192.0.2.7:99", []string{"198.51.100.1"}, "https", "192.0.2.7:99", false},
		"the proxy":               {"127.0.0.1:99", []string{"198.51.100.1"}, "https", "198.51.100.1:0", true},
		"the proxy, IPv4 in IPv6": {"[::ffff:127.0.0.1]:99", []string{"::ffff:198.51.100.1"}, "https", "198.51.100.1:0", true},
		"two proxies":             {"127.0.0.1:99", []string{"198.51.100.1, 10.1.2.3"}, "http", "198.51.100.1:0", false},
		"two headers":             {"127.0.0.1:99", []string{"198.51.100.1", "10.1.2.3"}, "", "198.51.100.1:0", false},
		"a made-up one before it": {"127.0.0.1:99", []string{"10.1.2.3, 203.0.113.9, 198.51.100.1"}, "", "198.51.100.1:0", false},
		"nonsense before it":      {"127.0.0.1:99", []string{"<script>, 198.51.100.1"}, "", "198.51.100.1:0", false},
		"nonsense":                {"127.0.0.1:99", []string{"<script>"}, "", "127.0.0.1:99", false},
		"nonsense behind a proxy": {"127.0.0.1:99", []string{"unknown, 10.1.2.3"}, "", "10.1.2.3:0", false},
		"only proxies":            {"127.0.0.1:99", []string{"10.1.2.3"}, "", "10.1.2.3:0", false},
		"IPv6":                    {"[fd00::1]:99", []string{"2001:db8::5"}, "https", "[2001:db8::5]:0", true},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		for _, s := range c.said {
			r.Header.Add(forwardedFor, s)
		}
		if c.proto != "" {
			r.Header.Set(forwardedProto, c.proto)
		}
		got := d.seenThrough(r)
		if got.RemoteAddr != c.from {
			t.Errorf("%s: it comes from %s, want %s", name, got.RemoteAddr, c.from)
		}
		if https := (&call{d: d, r: got}).base() == "https://example.com"; https != c.https {
			t.Errorf("%s: https is %t", name, https)
		}
	}
}
