package store

import (
	"context"
	"database/sql"
	"sync"
)

// reads are the connections that read outside transactions. On an SQLite file
// a query that comes again is kept prepared: to read the text of one takes as
// long as to answer it.
type reads struct {
	*sql.DB
	keeps bool

	mu    sync.Mutex
	known map[string]*sql.Stmt // nil for one that has come once
}

// maxReads bounds the queries that are remembered.
const maxReads = 300

// stmt gives a query's prepared statement, or nil where it has none.
func (r *reads) stmt(ctx context.Context, q string) *sql.Stmt {
	if !r.keeps {
		return nil
	}
	st, again := r.get(q)
	if st != nil || !again {
		return st
	}
	st, err := r.DB.PrepareContext(ctx, q)
	if err != nil {
		return nil // it goes on being used unprepared, and says why
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if other := r.known[q]; other != nil { // somebody was first
		st.Close()
		return other
	}
	r.known[q] = st
	return st
}

// get gives a query's statement where it has one, and whether it has come
// before.
func (r *reads) get(q string) (st *sql.Stmt, again bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if st, again = r.known[q]; !again && len(r.known) < maxReads {
		if r.known == nil {
			r.known = map[string]*sql.Stmt{}
		}
		r.known[q] = nil
	}
	return st, again
}

// QueryContext is that of sql.DB.
func (r *reads) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if st := r.stmt(ctx, q); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return r.DB.QueryContext(ctx, q, args...)
}

// QueryRowContext is that of sql.DB.
func (r *reads) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	if st := r.stmt(ctx, q); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return r.DB.QueryRowContext(ctx, q, args...)
}
