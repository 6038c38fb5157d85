package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"dragoman/internal/edition"
)

// Errors that callers tell apart.
var (
	ErrNotFound = edition.ErrNotFound
	// ErrNewer means that a later program made the database.
	ErrNewer = errors.New("the database was made by a newer version of Dragoman: install that version, or restore a copy of the database from before")
	// ErrLocked means that another process already works on this SQLite file.
	ErrLocked = errors.New("another Dragoman process is already working on this database")
	// ErrFull means that the disk that holds the database is full.
	ErrFull = errors.New("the disk that holds the database is full: free some space and start again; nothing was lost")
	// ErrConflict means that what was to be changed has changed meanwhile.
	ErrConflict = errors.New("changed meanwhile by somebody else")
)

// Options of Open.
type Options struct {
	// Now is the clock, time.Now if nil.
	Now func() time.Time
	// Zone is the house's time zone, by which the months of budgets run; UTC if
	// nil.
	Zone *time.Location
	// Log receives the queue's warnings; nothing is logged if nil.
	Log *slog.Logger
	// Unsafe leaves out waiting for the disk. For tests and benchmarks only.
	Unsafe bool
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	dialect dialect
	path    string // of the SQLite file, "" for PostgreSQL and memory
	write   *sql.DB
	read    *reads
	pool    *pgxpool.Pool // PostgreSQL only
	numbers *pgxpool.Pool // one connection to reserve numbers on, PostgreSQL only
	now     func() time.Time
	zone    *time.Location
	log     *slog.Logger
	queue   *queue
	process atomic.Value // string: names this process in the ledger of engines

	flushes flushes
	ids     idBlock
	stmts   statements
	joints  joints
	posting posting
	counts  stateCounts
	carried checkpoints
	alone   sync.Mutex
}

// Open opens the database at where: a path of an SQLite file, ":memory:", or
// a postgres:// URL. It creates the file and its folder, and brings the
// schema up to date. The error says what to do where a person can do
// something: ErrNewer, ErrFull, or one that names the path.
func Open(ctx context.Context, where string, o Options) (*Store, error) {
	s := &Store{now: o.Now, zone: o.Zone, log: o.Log}
	if s.zone == nil {
		s.zone = time.UTC
	}
	s.process.Store("dragoman-" + rand.Text())
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	var err error
	if strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://") {
		err = s.openPostgres(ctx, where)
	} else {
		err = s.openSQLite(ctx, where, o)
	}
	if err == nil {
		err = s.migrate(ctx)
	}
	if err == nil {
		err = s.newQueue()
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("open database %s: %w", Redacted(where), s.sentinel(err))
	}
	return s, nil
}

// Redacted is a database's place without its password, fit for messages.
func Redacted(where string) string {
	if u, err := url.Parse(where); err == nil && u.User != nil {
		return u.Redacted()
	}
	return where
}

func (s *Store) openPostgres(ctx context.Context, where string) error {
	s.dialect = postgres
	pool, err := pgxpool.New(ctx, where)
	if err != nil {
		return err
	}
	s.pool = pool
	one, err := pgxpool.ParseConfig(where)
	if err != nil {
		return err
	}
	one.MaxConns = 1
	if s.numbers, err = pgxpool.NewWithConfig(ctx, one); err != nil {
		return err
	}
	s.write = stdlib.OpenDBFromPool(pool)
	s.read = &reads{DB: s.write}
	return s.write.PingContext(ctx)
}

func (s *Store) openSQLite(ctx context.Context, where string, o Options) error {
	s.dialect = sqlite
	pragmas := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(15000)", "foreign_keys(1)", "temp_store(2)", "cache_size(-32000)", "journal_mode(WAL)", "wal_autocheckpoint(" + lastPages + ")",
	}}
	if o.Unsafe {
		pragmas.Add("_pragma", "synchronous(OFF)")
	} else {
		pragmas.Add("_pragma", "synchronous(FULL)")
	}
	dsn := "file::memory:?" + pragmas.Encode()
	if where != ":memory:" {
		s.path = where
		if err := os.MkdirAll(filepath.Dir(where), 0o755); err != nil {
			return fmt.Errorf("%w: give another place with --database, or make the folder writable", err)
		}
		dsn = (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: where}).EscapedPath(), RawQuery: pragmas.Encode()}).String()
	}
	var err error
	if s.write, err = sql.Open("sqlite", dsn); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.write.PingContext(ctx); err != nil {
		return err
	}
	if where == ":memory:" {
		s.read = &reads{DB: s.write}
		return nil
	}
	read, err := sql.Open("sqlite", dsn+"&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	read.SetMaxOpenConns(4)
	read.SetMaxIdleConns(4) // each has a cache, and statements that are prepared
	s.read = &reads{DB: read, keeps: true}
	if err := s.read.PingContext(ctx); err != nil {
		return err
	}
	if err := s.openLog(ctx, o); err != nil {
		return err
	}
	s.carried.begin(s)
	return nil
}

// Close stops the queue if it runs and closes the database.
func (s *Store) Close() error {
	var errs []error
	if s.queue != nil {
		errs = append(errs, s.queue.stop(context.Background()))
	}
	if s.write != nil {
		errs = append(errs, s.post(context.Background()))
	}
	s.carried.end()
	if s.read != nil && s.read.DB != s.write {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	for _, p := range []*pgxpool.Pool{s.pool, s.numbers} {
		if p != nil {
			p.Close()
		}
	}
	return errors.Join(errs...)
}

// SQLite reports whether the database is an SQLite file.
func (s *Store) SQLite() bool { return s.dialect == sqlite }

// micros is how the database keeps times: microseconds since 1970, 0 for the
// zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// idBlock hands out the database's numbers from blocks, so that rows can be
// numbered before they are written, in bulk.
type idBlock struct {
	mu        sync.Mutex
	next, end int64
}

const idBlockSize = 4096

// take returns the first of n consecutive ids, asking more for a new block
// when this one is used up.
func (b *idBlock) take(n int64, more func(want int64) (int64, error)) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end-b.next < n {
		want := max(n, idBlockSize)
		first, err := more(want)
		if err != nil {
			return 0, err
		}
		b.next, b.end = first, first+want
	}
	id := b.next
	b.next += n
	return id, nil
}

// drop forgets a block whose reservation was rolled back.
func (b *idBlock) drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next, b.end = 0, 0
}
