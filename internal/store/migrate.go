package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"golang.org/x/tools/txtar"
)

//go:embed migrations/*.sql
var migrations embed.FS

// worded returns the migrations in the dialect's own words.
func (d dialect) worded() (fs.FS, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	out := &txtar.Archive{}
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		out.Files = append(out.Files, txtar.File{Name: path.Base(name), Data: []byte(d.schema(string(text)))})
	}
	return txtar.FS(out)
}

// migrate brings the schema and the queue's tables up to date. A database
// that knows more migrations than this program gives ErrNewer.
func (s *Store) migrate(ctx context.Context) error {
	files, err := s.dialect.worded()
	if err != nil {
		return err
	}
	gd := goose.DialectSQLite3
	if s.dialect == postgres {
		gd = goose.DialectPostgres
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	p, err := goose.NewProvider(gd, s.write, files, opts...)
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	if have > newest {
		return ErrNewer
	}
	if have == newest {
		return nil // the queue's tables were made just before the last migration
	}
	release, err := s.migrationLock(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := s.migrateQueue(ctx); err != nil {
		return fmt.Errorf("job tables: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			return partial.Err
		}
		return err
	}
	return nil
}

// migrationLock keeps two processes from changing the schema at once.
func (s *Store) migrationLock(ctx context.Context) (release func(), err error) {
	if s.dialect == postgres {
		const key = 8_741_873_217 // any number that is ours
		conn, err := s.numbers.Acquire(ctx)
		if err != nil {
			return nil, err
		}
		if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(key)); err != nil {
			conn.Release()
			return nil, err
		}
		return func() {
			_, _ = conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(key)) // ends with the connection at the latest
			conn.Release()
		}, nil
	}
	if s.path == "" {
		return func() {}, nil
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		release, err := lockFile(s.path + ".setup")
		if !errors.Is(err, ErrLocked) {
			return release, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}

func (s *Store) migrateQueue(ctx context.Context) error {
	if s.dialect == postgres {
		m, err := rivermigrate.New(riverpgxv5.New(s.pool), nil)
		if err != nil {
			return err
		}
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	}
	m, err := rivermigrate.New(riversqlite.New(s.write), nil)
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
