package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// joinedTx lets River write into a transaction that database/sql began on
// the same connection. Beginning and ending it stay with database/sql.
type joinedTx struct{ conn *pgx.Conn }

// joined lets f write into the transaction by PostgreSQL's own handle on it.
// Meanwhile the end of the context cannot end the transaction under it.
func (t *Tx) joined(f func(pgx.Tx) error) error {
	return t.conn.Raw(func(c any) error {
		conn := c.(*stdlib.Conn).Conn()
		if conn.PgConn().TxStatus() == 'I' { // idle: it has ended
			return sql.ErrTxDone
		}
		return f(joinedTx{conn})
	})
}

var errJoined = errors.New("the transaction belongs to database/sql")

func (j joinedTx) Begin(ctx context.Context) (pgx.Tx, error) { return nil, errJoined }
func (j joinedTx) Commit(context.Context) error              { return errJoined }
func (j joinedTx) Rollback(context.Context) error            { return errJoined }
func (j joinedTx) LargeObjects() pgx.LargeObjects            { return pgx.LargeObjects{} }
func (j joinedTx) Conn() *pgx.Conn                           { return j.conn }

func (j joinedTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, src pgx.CopyFromSource) (int64, error) {
	return j.conn.CopyFrom(ctx, table, columns, src)
}

func (j joinedTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return j.conn.SendBatch(ctx, b)
}

func (j joinedTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return j.conn.Prepare(ctx, name, sql)
}

func (j joinedTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return j.conn.Exec(ctx, sql, args...)
}

func (j joinedTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return j.conn.Query(ctx, sql, args...)
}

func (j joinedTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return j.conn.QueryRow(ctx, sql, args...)
}
