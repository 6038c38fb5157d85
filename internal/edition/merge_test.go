package edition_test

import (
	"testing"

	"dragoman/internal/edition"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, base, mine, theirs, want string
		ok                             bool
	}{
		{"different words", "one two three", "ONE two three", "one two THREE", "ONE two THREE", true},
		{"the same change", "one two three", "one 2 three", "one 2 three", "one 2 three", true},
		{"the same words", "one two three", "one 2 three", "one II three", "", false},
		{"only mine", "one two", "one 2", "one two", "one 2", true},
		{"only theirs", "one two", "one two", "one 2", "one 2", true},
		{"two insertions apart", "one two three", "zero one two three", "one two three four", "zero one two three four", true},
		{"two insertions at one place", "one two", "one x two", "one y two", "", false},
		{"a deletion and a change", "one two three four", "one three four", "one two three 4", "one three 4", true},
		{"a deletion of what changed", "one two three", "one three", "one TWO three", "", false},
		{"nothing in common", "one", "two", "three", "", false},
		{"from nothing", "", "two", "three", "", false},
		{"Arabic", "أدان الائتلاف الهجوم.", "دان الائتلاف الهجوم.", "أدان الائتلاف الهجوم بشدة.", "دان الائتلاف الهجوم بشدة.", true},
		{"codes", "a ⟦1⟧b⟦/1⟧ c", "a ⟦1⟧B⟦/1⟧ c", "a ⟦1⟧b⟦/1⟧ C", "a ⟦1⟧B⟦/1⟧ C", true},
	} {
		got, ok := edition.Merge(c.base, c.mine, c.theirs)
		if got != c.want || ok != c.ok {
			t.Errorf("%s: %q, %v; want %q, %v", c.name, got, ok, c.want, c.ok)
		}
		if again, same := edition.Merge(c.base, c.theirs, c.mine); again != got || same != ok {
			t.Errorf("%s: the other way round %q, %v", c.name, again, same)
		}
	}
}
