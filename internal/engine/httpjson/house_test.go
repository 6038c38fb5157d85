package httpjson_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"dragoman/internal/engine"
	"dragoman/internal/engine/httpjson"
)

func TestEndpointsInTheHouse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address   string
		house, ok bool
	}{
		{"http://10.0.0.5:5000", true, true},
		{"http://192.168.1.7", true, true},
		{"http://[fd00::5]:80", true, true},
		{"http://libre.example:5000", true, true}, // where it leads is seen to when it is connected to
		{"https://10.0.0.5", true, true},
		{"http://203.0.113.9", true, false},
		{"https://203.0.113.9", true, false},
		{"http://10.0.0.5:5000", false, false},
		{"http://127.0.0.1:5000", false, true},
		{"https://203.0.113.9", false, true},
	} {
		base, err := httpjson.Endpoint(c.address)
		if err != nil {
			t.Fatal(err)
		}
		got, err := httpjson.New(&httpjson.Client{Engine: "e", House: c.house}, base)
		if (err == nil) != c.ok {
			t.Errorf("%s, in the house %v: %v", c.address, c.house, err)
		}
		if err == nil && got.Local() != (c.house || base.Hostname() == "127.0.0.1") {
			t.Errorf("%s: local %v", c.address, got.Local())
		}
	}
}

// TestANameThatLeadsOutsideIsNotConnectedTo, whatever it led to before.
func TestANameThatLeadsOutsideIsNotConnectedTo(t *testing.T) {
	t.Parallel()
	_, err := httpjson.House().Get("http://192.0.2.1/") // never dialled: TEST-NET-1
	if !errors.Is(err, httpjson.ErrOutside) {
		t.Errorf("%v", err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }))
	defer srv.Close()
	base, err := httpjson.Endpoint(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := httpjson.New(&httpjson.Client{Engine: "e", House: true}, base)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{}
	if err := c.Call(t.Context(), http.MethodGet, "/", nil, &answer); err != nil {
		t.Error(err)
	}
	base.Host = "192.0.2.1"
	if c, err = httpjson.New(&httpjson.Client{Engine: "e", House: true, HTTP: httpjson.House()}, base); engine.KindOf(err) != engine.Permanent {
		t.Errorf("%v, %v", c, err)
	}
}
