package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"dragoman/internal/edition"
)

// Sessions keeps the desk's sessions (scs.CtxStore).
type Sessions struct{ s *Store }

// Sessions returns the store of the desk's sessions.
func (s *Store) Sessions() Sessions { return Sessions{s} }

// FindCtx returns a session that has neither expired nor been ended.
func (x Sessions) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	err = x.s.read.QueryRowContext(ctx, `SELECT data FROM session WHERE token = $1 AND expiry > $2 AND ended = 0`, token, micros(x.s.now())).Scan(&b)
	if err == sql.ErrNoRows {
		return nil, false, nil
	}
	return b, err == nil, x.s.sentinel(err)
}

// CommitCtx saves a session, unless it was ended meanwhile. What it holds is
// JSON, of which only the number of the person under "values" is looked at.
func (x Sessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	var s struct {
		Values struct {
			Person string `json:"person"`
		} `json:"values"`
	}
	_ = json.Unmarshal(b, &s)                              // what is no such JSON is nobody's
	person, _ := strconv.ParseInt(s.Values.Person, 10, 64) // 0 while nobody is signed in
	return x.s.InTx(ctx, func(t *Tx) error {
		_, err := t.exec(ctx, `INSERT INTO session (token, data, expiry, person_id) VALUES ($1, $2, $3, $4)
			ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry, person_id = excluded.person_id WHERE session.ended = 0`,
			token, b, micros(expiry), person)
		return err
	})
}

// DeleteCtx ends a session, and forgets all that have expired.
func (x Sessions) DeleteCtx(ctx context.Context, token string) error {
	return x.s.InTx(ctx, func(t *Tx) error {
		if _, err := t.exec(ctx, `DELETE FROM session WHERE expiry < $1`, micros(x.s.now())); err != nil {
			return err
		}
		return t.endSession(ctx, token)
	})
}

// Of returns a person's sessions by the keys under which they are kept: what
// each holds, and when it ends.
func (x Sessions) Of(ctx context.Context, person int64) ([]edition.Session, error) {
	rows, err := x.s.read.QueryContext(ctx, `SELECT token, data, expiry FROM session WHERE person_id = $1 AND ended = 0 AND expiry > $2 ORDER BY expiry DESC, token`, person, micros(x.s.now()))
	out, err := collect(rows, err, func(row scanner) (v edition.Session, err error) {
		var expiry int64
		err = row.Scan(&v.Key, &v.Data, &expiry)
		v.Ends = fromMicros(expiry)
		return v, err
	})
	return out, x.s.sentinel(err)
}

// endSession ends a session so that no request under way brings it back.
func (t *Tx) endSession(ctx context.Context, token string) error {
	_, err := t.exec(ctx, `UPDATE session SET ended = 1, data = $1 WHERE token = $2`, []byte{}, token)
	return err
}

// EndSession ends one of a person's sessions, by its key, or ErrNotFound.
func (t *Tx) EndSession(ctx context.Context, person int64, key string) error {
	var found int64
	err := t.queryRow(ctx, `SELECT person_id FROM session WHERE token = $1 AND person_id = $2 AND ended = 0`, key, person).Scan(&found)
	if err != nil {
		return one(err, "session")
	}
	return t.endSession(ctx, key)
}

// EndSessions ends all sessions of a person and returns the epoch of the
// sessions to come.
func (t *Tx) EndSessions(ctx context.Context, person int64) (epoch int64, err error) {
	if _, err := t.exec(ctx, `UPDATE session SET ended = 1, data = $1 WHERE person_id = $2 AND ended = 0`, []byte{}, person); err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	err = t.queryRow(ctx, `UPDATE person SET epoch = epoch + 1 WHERE id = $1 RETURNING epoch`, person).Scan(&epoch)
	return epoch, one(err, "user %d", person)
}

// Find, Commit and Delete are the same without a context (scs.Store).
func (x Sessions) Find(token string) ([]byte, bool, error) {
	return x.FindCtx(context.Background(), token)
}

// Commit saves a session.
func (x Sessions) Commit(token string, b []byte, expiry time.Time) error {
	return x.CommitCtx(context.Background(), token, b, expiry)
}

// Delete ends a session.
func (x Sessions) Delete(token string) error { return x.DeleteCtx(context.Background(), token) }

// SessionsOf returns a person's sessions; see Sessions.Of.
func (s *Store) SessionsOf(ctx context.Context, person int64) ([]edition.Session, error) {
	return s.Sessions().Of(ctx, person)
}
