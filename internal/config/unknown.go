package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// prefix is what every variable of Dragoman begins with.
const prefix = "DRAGOMAN_"

// other are the variables that are no settings; those that begin with one of
// forTests are for the tests.
var (
	other    = []string{prefix + "USER", prefix + "LOG"}
	forTests = []string{prefix + "TEST_", prefix + "BENCH_", prefix + "BATCH_ROUNDS", prefix + "SCREENSHOTS"}
)

// variable is what the environment calls a setting.
func variable(key string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(key, delimiter, "_"))
}

// Unknown says of which variables of an environment ("NAME=value") nobody
// takes notice though they are named as Dragoman's are, with what may have
// been meant: a slip in a variable's name would pass unseen.
func (l *Loaded) Unknown(environment []string) (out []string) {
	known := slices.Clone(other)
	for key := range flatten("", reflect.ValueOf(l.Config)) {
		known = append(known, variable(key))
	}
	slices.Sort(known)
	for _, e := range l.Engines {
		known = append(known, e.APIKeyEnv)
	}
	for _, pair := range environment {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || slices.Contains(known, name) ||
			slices.ContainsFunc(forTests, func(p string) bool { return strings.HasPrefix(name, p) }) {
			continue
		}
		text := fmt.Sprintf("the environment has %s, which means nothing to Dragoman", name)
		if near := nearest(name, known); near != "" {
			text += ": write " + near + ", if that is meant"
		} else {
			text += ": docs/configuration.md has the names"
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

// nearest is the one of some names that a name is a slip of, "" for none.
func nearest(name string, of []string) (best string) {
	least := 4 // letters that may be wrong, and one
	for _, o := range of {
		if d := levenshtein.ComputeDistance(name, o); d < least {
			best, least = o, d
		}
	}
	return best
}
