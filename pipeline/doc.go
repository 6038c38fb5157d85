// Package pipeline is how a release flows: one file per stage, plus the
// machine that moves editions from stage to stage. A stage's logic is a pure
// function of the package that owns its subject; the files here fetch what it
// needs, call it, and save the result together with the next step in one
// transaction. Every step can be run twice with the effect of once, and the
// process may be killed anywhere.
//
//	p, err := pipeline.New(ctx, pipeline.Bind(db), pipeline.Config{Locales: []string{"ar"}})
//	report, err := p.Ingest(ctx, nil, edition.Today)
package pipeline
