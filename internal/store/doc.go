// Package store keeps all of Dragoman's state in one database: an SQLite file
// or PostgreSQL, with one SQL text for both, goose migrations, and a job queue
// (River) whose jobs are written in the transaction of the step before them.
// It implements the small ports that its users declare and knows no rule of
// reviewing, translating or publishing itself.
//
//	s, err := store.Open(ctx, "var/dragoman.db", store.Options{})
//	err = s.InTx(ctx, func(tx *store.Tx) error { return tx.SaveEdition(ctx, e) })
package store
