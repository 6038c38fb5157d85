package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	msqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is the narrow seam between the two databases.
type dialect string

const (
	sqlite   dialect = "sqlite"
	postgres dialect = "postgres"
)

// schema turns the one text of a migration into the database's own words.
// What stands between "-- only sqlite" (or postgres) and "-- end only" is for
// that database alone.
func (d dialect) schema(text string) string {
	text = d.own(text)
	key, bytes := " BIGINT PRIMARY KEY", " BYTEA"
	if d == sqlite {
		key, bytes = " INTEGER PRIMARY KEY", " BLOB"
	}
	text = strings.NewReplacer(" KEY,", key+",", " KEY\n", key+"\n", " BYTES", bytes).Replace(text)
	return strings.ReplaceAll(strings.ReplaceAll(text, "PRIMARY"+key, " PRIMARY KEY"), "BIGINT PRIMARY"+key, "BIGINT PRIMARY KEY")
}

// own leaves out what a migration has for the other database.
func (d dialect) own(text string) string {
	var b strings.Builder
	only := d
	for line := range strings.Lines(text) {
		switch mark := strings.TrimSpace(line); {
		case mark == "-- only "+string(sqlite):
			only = sqlite
		case mark == "-- only "+string(postgres):
			only = postgres
		case mark == "-- end only":
			only = d
		case only == d:
			b.WriteString(line)
		}
	}
	return b.String()
}

// sentinel maps the databases' own errors to the package's.
func (s *Store) sentinel(err error) error {
	var le *msqlite.Error
	if errors.As(err, &le) {
		switch le.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			return s.full(err)
		case sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%w: the file is not a database; give another path with --database", err)
		case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
			return fmt.Errorf("%w: the file or its folder cannot be written; change its permissions or give another path with --database", err)
		}
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) && pe.Code == "53100" {
		return s.full(err)
	}
	var ce *pgconn.ConnectError
	if errors.As(err, &ce) {
		return unreached{ce}
	}
	if errors.Is(err, syscall.ENOSPC) {
		return s.full(err)
	}
	return err
}

// unreached is that there is no connection to PostgreSQL, in a line that says
// what to do. (pgx tells of each of a host's addresses in a line of its own.)
type unreached struct{ cause *pgconn.ConnectError }

func (u unreached) Error() string {
	var refused *pgconn.PgError
	if errors.As(u.cause, &refused) {
		return fmt.Sprintf("PostgreSQL refuses the connection (%s): check user, password and name of the database in its address", refused.Message)
	}
	text := strings.TrimSpace(u.cause.Error())
	return fmt.Sprintf("PostgreSQL does not answer (%s): check that it runs, and host and port in its address", strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:]))
}

func (u unreached) Unwrap() error { return u.cause }

// full is ErrFull with the database's file, where it is one.
func (s *Store) full(err error) error {
	if s.path == "" {
		return fmt.Errorf("%w (%v)", ErrFull, err)
	}
	return fmt.Errorf("%s: %w (%v)", s.path, ErrFull, err)
}

// CanWrite writes what is there already, and says why that cannot be done.
func (s *Store) CanWrite(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, `UPDATE id_block SET next = next WHERE name = 'all'`)
	return s.sentinel(err)
}

// passing reports whether a transaction that failed with err may simply be
// tried again: a deadlock, a serialisation failure, or a row that another
// process wrote first.
func passing(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == "40P01" || pe.Code == "40001" || pe.Code == "23505"
	}
	var le *msqlite.Error
	return errors.As(err, &le) && le.Code()&0xff == sqlite3.SQLITE_BUSY
}
