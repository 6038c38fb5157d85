package pipeline

import (
	"slices"

	"dragoman/glossary"
)

// collisions tells the planner of concepts that the change set does not edit,
// and of which a form becomes a word of an edited one, or is so no longer: what
// was right by such a form may be wrong now. It gives their ids.
func (c *Changes) collisions() []string {
	words := map[string][]string{} // by language
	edited := map[string]bool{}
	for i := range c.Set.Edits {
		e := &c.Set.Edits[i]
		edited[e.ID] = true
		was, is := termsOf(e.Before), termsOf(e.After)
		for lang := range both(was, is) {
			words[lang] = append(words[lang], onlyInOne(was[lang], is[lang])...)
		}
	}
	collided := map[string]map[string]bool{}
	var ids []string
	for lang, ws := range words {
		if len(ws) == 0 {
			continue
		}
		for _, k := range c.fresh.Colliding(lang, ws) {
			id := c.fresh.Concept(k).ID
			if edited[id] {
				continue
			}
			if collided[lang] == nil {
				collided[lang] = map[string]bool{}
			}
			collided[lang][id] = true
			ids = append(ids, id)
		}
	}
	c.Planner.Collide(collided)
	slices.Sort(ids)
	return slices.Compact(ids)
}

func termsOf(c *glossary.Concept) map[string]glossary.Terms {
	if c == nil {
		return nil
	}
	return c.Targets
}

func both(a, b map[string]glossary.Terms) map[string]bool {
	out := map[string]bool{}
	for _, m := range []map[string]glossary.Terms{a, b} {
		for lang := range m {
			out[lang] = true
		}
	}
	return out
}

// onlyInOne are the right terms that one of two lists has.
func onlyInOne(was, is glossary.Terms) []string {
	list := func(ts glossary.Terms) (out []string) {
		for _, t := range slices.Concat(ts.Preferred, ts.Accepted) {
			out = append(out, t.Text)
		}
		return out
	}
	a, b := list(was), list(is)
	in := func(other []string) func(string) bool {
		return func(s string) bool { return slices.Contains(other, s) }
	}
	return append(slices.DeleteFunc(slices.Clone(a), in(b)), slices.DeleteFunc(slices.Clone(b), in(a))...)
}
