package store

import (
	"context"
	"database/sql"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"dragoman/internal/edition"
)

// PretendNewer marks the database as made by a later version.
func (s *Store) PretendNewer(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
	return err
}

// UseUpTries makes the next try of every job its last.
func (s *Store) UseUpTries(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, `UPDATE river_job SET attempt = $1`, maxAttempts-1)
	return err
}

// TriesLeft is how often the queue would hand out a job still.
func (s *Store) TriesLeft(ctx context.Context) (n int, err error) {
	err = s.write.QueryRowContext(ctx, `SELECT min(max_attempts - attempt) FROM river_job`).Scan(&n)
	return n, err
}

// LeaveRunning makes the job of a subject look as if the process that ran it
// had been killed. PostgreSQL only.
func (s *Store) LeaveRunning(ctx context.Context, subject int64) error {
	_, err := s.write.ExecContext(ctx, `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = ARRAY['killed'] WHERE (args->>'subject')::bigint = $1`, subject)
	return err
}

// Vandalism is what nobody may do to the audit log.
var Vandalism = []string{
	`UPDATE audit SET who = 'nobody'`, `DELETE FROM audit`, `DELETE FROM audit WHERE who = 'Lina'`,
	`INSERT INTO audit (id, at, who, what, subject, subject_id) SELECT id, 0, 'x', 'x', 'x', 0 FROM audit WHERE who <> '' ON CONFLICT (id) DO UPDATE SET who = excluded.who`,
}

// Exec runs a statement.
func (s *Store) Exec(ctx context.Context, q string) error {
	_, err := s.write.ExecContext(ctx, q)
	return err
}

// EndCallAndDie is EndCall of a process that is killed right after.
func (s *Store) EndCallAndDie(ctx context.Context, c *edition.EngineCall, replies []edition.EngineReply) error {
	s.posting.one.Lock()
	defer s.posting.one.Unlock()
	err := s.EndCall(ctx, c, replies, nil)
	s.posting.done(len(s.posting.next()))
	return err
}

// StepByStep brings an empty database up to date one migration after the
// other, and calls after each with its version.
func StepByStep(ctx context.Context, where string, after func(version int64, db *sql.DB, postgres bool)) (err error) {
	s := &Store{now: time.Now, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	gd := goose.DialectSQLite3
	if strings.HasPrefix(where, "postgres") {
		gd, err = goose.DialectPostgres, s.openPostgres(ctx, where)
	} else {
		err = s.openSQLite(ctx, where, Options{Unsafe: true})
	}
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.migrateQueue(ctx); err != nil {
		return err
	}
	files, err := s.dialect.worded()
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(gd, s.write, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	for _, src := range p.ListSources() {
		if _, err := p.UpTo(ctx, src.Version); err != nil {
			return err
		}
		after(src.Version, s.write, s.dialect == postgres)
	}
	return nil
}
