package main

import (
	"errors"
	"strings"
	"testing"
)

func TestAPasswordIsAskedForTwice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		typed []string
		want  string
	}{
		"the same":    {[]string{"four words for a desk", "four words for a desk"}, "four words for a desk"},
		"a slip":      {[]string{"four words for a desk", "four word for a desk"}, ""},
		"nothing":     {[]string{""}, ""},
		"interrupted": {nil, ""},
	} {
		a := &app{}
		got, err := a.askPassword(func(string) ([]byte, error) {
			if len(c.typed) == 0 {
				return nil, errors.New("interrupted")
			}
			one := c.typed[0]
			c.typed = c.typed[1:]
			return []byte(one), nil
		})
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestAPasswordFromAPipe(t *testing.T) {
	t.Parallel()
	a := &app{}
	if got, err := a.readPassword(strings.NewReader("four words for a desk\r\nmore")); err != nil || got != "four words for a desk" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := a.readPassword(strings.NewReader("\n")); err == nil {
		t.Error("no password is taken for one")
	}
}
