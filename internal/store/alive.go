package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// presence says to other processes on a PostgreSQL database that this one
// works there, by a lock that ends with its connection. Whatever jobs a
// process left running that has no such lock any more, it was killed: they are
// put back in line at once, and not when the longest job could have ended.
type presence struct {
	name string // under which the queue notes what this process runs
	conf *pgx.ConnConfig
	// lose marks the calls to engines that a killed process was making.
	lose func(ctx context.Context, process string) error

	mu   sync.Mutex
	conn *pgx.Conn
	stop context.CancelFunc
	done chan struct{}
}

const (
	presenceClass = 8741 // of the locks, any number that is ours
	// lookForDead is how often others are looked after.
	lookForDead = 10 * time.Second
)

// appear takes the lock, puts the jobs of the dead back, and goes on doing so
// until leave.
func (s *Store) appear(ctx context.Context) (*presence, error) {
	p := &presence{name: "dragoman-" + rand.Text(), lose: s.loseOf, conf: s.pool.Config().ConnConfig.Copy(), done: make(chan struct{})}
	s.process.Store(p.name)
	if err := p.putBack(ctx); err != nil {
		return nil, fmt.Errorf("put interrupted jobs back: %w", err)
	}
	ctx, p.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(p.done)
		tick := time.NewTicker(lookForDead)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := p.putBack(ctx); err != nil && ctx.Err() == nil {
					s.log.Warn("looking for interrupted jobs", "error", err)
				}
			}
		}
	}()
	return p, nil
}

// leave ends the lock.
func (p *presence) leave() {
	p.stop()
	<-p.done
	if p.conn != nil {
		_ = p.conn.Close(context.Background()) // the lock ends with it either way
	}
}

// putBack puts the jobs of processes that are not there any more back in line.
func (p *presence) putBack(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.present(ctx); err != nil {
		return err
	}
	const last = `attempted_by[array_upper(attempted_by, 1)]`
	rows, err := p.conn.Query(ctx, `SELECT DISTINCT `+last+` FROM river_job WHERE state = 'running' AND `+last+` <> $1
		UNION SELECT DISTINCT process FROM engine_call WHERE posted = 0 AND process NOT IN ('', $1)`, p.name)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		var dead bool
		if err := p.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1, hashtext($2))`, presenceClass, name).Scan(&dead); err != nil {
			return err
		}
		if !dead {
			continue
		}
		if err := p.lose(ctx, name); err != nil {
			return err
		}
		if _, err := p.conn.Exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running' AND `+last+` = $1`, name); err != nil {
			return err
		}
		if _, err := p.conn.Exec(ctx, `SELECT pg_advisory_unlock($1, hashtext($2))`, presenceClass, name); err != nil {
			return err
		}
	}
	return nil
}

// present sees to it that there is a connection that holds the lock.
func (p *presence) present(ctx context.Context) (err error) {
	if p.conn != nil && p.conn.Ping(ctx) == nil {
		return nil
	}
	if p.conn != nil {
		_ = p.conn.Close(ctx) // it is of no use any more
		p.conn = nil
	}
	conn, err := pgx.ConnectConfig(ctx, p.conf)
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1, hashtext($2))`, presenceClass, p.name); err != nil {
		_ = conn.Close(ctx)
		return err
	}
	p.conn = conn
	return nil
}
