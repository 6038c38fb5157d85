package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"dragoman/content"
	"dragoman/internal/edition"
)

// EngineReplies returns what the cache has under some keys; those that it does
// not know are left out.
func (s *Store) EngineReplies(ctx context.Context, keys []content.Hash) (map[content.Hash]edition.EngineReply, error) {
	if s.posting.has(keys) {
		if err := s.post(ctx); err != nil {
			return nil, err
		}
	}
	out := make(map[content.Hash]edition.EngineReply, len(keys))
	for part := range slices.Chunk(keys, 256) {
		raw := make([][]byte, len(part))
		for i := range part {
			raw[i] = part[i][:]
		}
		list, args := in(1, raw, nil)
		rows, err := s.queryPrepared(ctx, `SELECT ckey, text, raw, engine, locale, confidential, broken, lost, created FROM engine_reply WHERE ckey IN `+list, args...)
		err = each(rows, err, func(row scanner) error {
			var r edition.EngineReply
			var key []byte
			var confidential, created int64
			err := row.Scan(&key, &r.Text, &r.Raw, &r.Engine, &r.Locale, &confidential, &r.Broken, &r.Lost, &created)
			r.Key, r.Confidential, r.Created = hash(key), confidential != 0, fromMicros(created)
			out[r.Key] = r
			return err
		})
		if err != nil {
			return nil, s.sentinel(err)
		}
	}
	return out, nil
}

// queryPrepared reads on the writing connection with a statement that stays
// prepared: what was just written is in that connection's memory, while the
// others have to fetch it.
func (s *Store) queryPrepared(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if s.dialect != sqlite {
		return s.write.QueryContext(ctx, q, args...)
	}
	st := s.stmts.get(q)
	if st == nil {
		s.stmts.prepare(ctx, s, []string{q})
		if st = s.stmts.get(q); st == nil {
			return s.write.QueryContext(ctx, q, args...)
		}
	}
	return st.QueryContext(ctx, args...)
}

// BeginCall books a call to an engine before it is made, with the most that it
// may cost, and notes for which replies it asks. It numbers and dates the call.
// When it returns, that is on the disk; calls that are booked at once share the
// wait. With a budget above 0 (millionths a month) that would be exceeded, the
// error is an *edition.OverBudget and nothing is booked.
func (s *Store) BeginCall(ctx context.Context, c *edition.EngineCall, keys []content.Hash, budget int64) error {
	asked := make([]byte, 0, len(content.Hash{})*len(keys))
	for _, k := range keys {
		asked = append(asked, k[:]...)
	}
	process := s.process.Load()
	if len(keys) == 0 {
		process = "" // nothing hangs on it
	}
	var over error
	err := s.together(ctx, false, func(t *Tx) error {
		id, err := t.ids(ctx, 1)
		if err != nil {
			return err
		}
		c.ID, c.Started, c.Status = id, s.now().In(s.zone), edition.CallIntended
		if over, err = t.overBudget(ctx, c, budget); over != nil || err != nil {
			return err
		}
		return t.insert(ctx, "engine_call", "id, process, engine, model, locale, release_id, edition_id, confidential, segments, characters, attempt, status, price, currency, started, asked, posted",
			[]any{c.ID, process, c.Engine, c.Model, c.Locale, c.Release, c.Edition, flag(c.Confidential), c.Segments, c.Characters, c.Attempt, string(c.Status), c.Price, c.Currency, micros(c.Started), asked, 0}, "")
	})
	return cmp.Or(err, over)
}

// overBudget says whether a call would exceed the month's budget: what is
// posted and what is not yet count together. The month's line is locked until
// the end of the transaction, so that no two calls take what is enough for one.
func (t *Tx) overBudget(ctx context.Context, c *edition.EngineCall, budget int64) (over, err error) {
	if budget <= 0 {
		return nil, nil
	}
	month := edition.Month(c.Started)
	spent, err := t.addMonth(ctx, monthSum{engine: c.Engine, month: month, currency: c.Currency})
	if err != nil {
		return nil, err
	}
	from, to, err := t.s.monthSpan(month)
	if err != nil {
		return nil, err
	}
	var open int64
	err = t.queryRow(ctx, `SELECT coalesce(sum(price), 0) FROM engine_call WHERE posted = 0 AND engine = $1 AND started >= $2 AND started < $3`, c.Engine, from, to).Scan(&open)
	if err != nil {
		return nil, err
	}
	if spent += open; spent+c.Price > budget {
		return &edition.OverBudget{Engine: c.Engine, Month: month, Currency: c.Currency, Spent: spent, Budget: budget}, nil
	}
	return nil, nil
}

// monthSpan gives the times between which calls belong to a month, such as
// "2026-11": from the first on, before the second.
func (s *Store) monthSpan(month string) (from, to int64, err error) {
	at, err := time.ParseInLocation("2006-01", month, s.zone)
	if err != nil {
		return 0, 0, fmt.Errorf("month %q: %w", month, err)
	}
	return micros(at), micros(at.AddDate(0, 1, 0)), nil
}

// monthSum is what is added to a line of engine_month, and to the one of all
// locales.
type monthSum struct {
	engine, month, locale string
	calls, lost           int
	characters, out       int
	price                 int64
	currency              string
}

// addMonth adds to an engine's month and returns the price of the whole.
func (t *Tx) addMonth(ctx context.Context, m monthSum) (spent int64, err error) {
	const set = ` ON CONFLICT (engine, month, locale) DO UPDATE SET calls = engine_month.calls + excluded.calls, lost = engine_month.lost + excluded.lost,
		characters = engine_month.characters + excluded.characters, characters_out = engine_month.characters_out + excluded.characters_out,
		price = engine_month.price + excluded.price, currency = CASE excluded.currency WHEN '' THEN engine_month.currency ELSE excluded.currency END`
	const columns = `INSERT INTO engine_month (engine, month, locale, calls, lost, characters, characters_out, price, currency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	// The line of all locales first: it is what others wait at.
	err = t.queryRow(ctx, columns+set+` RETURNING price`, m.engine, m.month, "", m.calls, m.lost, m.characters, m.out, m.price, m.currency).Scan(&spent)
	if err != nil || m.locale == "" {
		return spent, err
	}
	_, err = t.exec(ctx, columns+set, m.engine, m.month, m.locale, m.calls, m.lost, m.characters, m.out, m.price, m.currency)
	return spent, err
}

// keepReplies writes the replies of a call into the cache. One that can be used
// ends the count of those that could not; one that got lost changes no words.
func (t *Tx) keepReplies(ctx context.Context, c *edition.EngineCall, replies []edition.EngineReply) error {
	replies = slices.Clone(replies)
	slices.SortStableFunc(replies, func(a, b edition.EngineReply) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	rows := make([]any, 0, 9*len(replies))
	for i, r := range replies {
		if i+1 < len(replies) && replies[i+1].Key == r.Key {
			continue // the same sentence twice: the later reply
		}
		rows = append(rows, r.Key[:], storable(r.Text), storable(r.Raw), c.Engine, c.Locale, flag(r.Confidential), min(r.Broken, 1), min(r.Lost, 1), micros(t.s.now()))
	}
	return t.insert(ctx, "engine_reply", "ckey, text, raw, engine, locale, confidential, broken, lost, created", rows, `ON CONFLICT (ckey) DO UPDATE SET
		text = CASE excluded.lost WHEN 0 THEN excluded.text ELSE engine_reply.text END,
		raw = CASE excluded.lost WHEN 0 THEN excluded.raw ELSE engine_reply.raw END,
		confidential = excluded.confidential, created = excluded.created,
		broken = CASE WHEN excluded.broken + excluded.lost = 0 THEN 0 ELSE engine_reply.broken + excluded.broken END,
		lost = CASE excluded.lost WHEN 0 THEN 0 ELSE engine_reply.lost + 1 END`)
}

// storable is what a service sent as both databases take it.
func storable(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
}

// AddTallies adds to the counts of what engines did.
func (t *Tx) AddTallies(ctx context.Context, tallies []edition.EngineTally) error {
	sums := map[edition.EngineTally]int{}
	var order []edition.EngineTally
	for _, y := range tallies {
		n := y.N
		if y.N = 0; sums[y] == 0 {
			order = append(order, y)
		}
		sums[y] += n
	}
	slices.SortFunc(order, compareTallies)
	for _, y := range order {
		_, err := t.exec(ctx, `INSERT INTO engine_tally (engine, locale, month, kind, name, n) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (engine, locale, month, kind, name) DO UPDATE SET n = engine_tally.n + excluded.n`,
			y.Engine, y.Locale, y.Month, y.Kind, y.Name, sums[y])
		if err != nil {
			return err
		}
	}
	return nil
}

func compareTallies(a, b edition.EngineTally) int {
	for _, c := range [][2]string{{a.Engine, b.Engine}, {a.Locale, b.Locale}, {a.Month, b.Month}, {a.Kind, b.Kind}, {a.Name, b.Name}} {
		if c[0] != c[1] {
			if c[0] < c[1] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// EngineMonths returns what each engine was sent in a month: by locale, and
// with the locale "" altogether. Calls that have yet to be posted count.
func (s *Store) EngineMonths(ctx context.Context, month string) ([]edition.EngineSum, error) {
	from, to, err := s.monthSpan(month)
	if err != nil {
		return nil, err
	}
	const open = `SELECT engine, %s, CASE status WHEN 'failed' THEN 0 ELSE 1 END, CASE status WHEN 'unknown' THEN 1 ELSE 0 END,
		CASE status WHEN 'failed' THEN 0 ELSE characters END, characters_out, price, currency FROM engine_call WHERE posted = 0 AND started >= $2 AND started < $3`
	rows, err := s.read.QueryContext(ctx, `SELECT engine, locale, sum(calls), sum(lost), sum(characters), sum(characters_out), sum(price), max(currency)
		FROM (SELECT engine, locale, calls, lost, characters, characters_out, price, currency FROM engine_month WHERE month = $1
		UNION ALL `+fmt.Sprintf(open, "locale")+` UNION ALL `+fmt.Sprintf(open, "''")+`) AS m GROUP BY engine, locale ORDER BY engine, locale`, month, from, to)
	out, err := collect(rows, err, func(row scanner) (m edition.EngineSum, err error) {
		m.Month = month
		err = row.Scan(&m.Engine, &m.Locale, &m.Calls, &m.Unknown, &m.Characters, &m.CharactersOut, &m.Price, &m.Currency)
		return m, err
	})
	return out, s.sentinel(err)
}

// EngineReleases returns what engines were sent between two times (the later
// excluded), by release, locale and engine, the dearest first.
func (s *Store) EngineReleases(ctx context.Context, from, to time.Time, limit int) ([]edition.EngineSum, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT c.release_id, coalesce(r.title, ''), c.locale, c.engine, count(*), sum(CASE c.status WHEN 'unknown' THEN 1 ELSE 0 END),
		sum(c.characters), sum(c.characters_out), sum(c.price), max(c.currency)
		FROM engine_call c LEFT JOIN release r ON r.id = c.release_id WHERE c.started >= $1 AND c.started < $2 AND c.status <> 'failed'
		GROUP BY c.release_id, r.title, c.locale, c.engine ORDER BY 9 DESC, 7 DESC, 1, 3 LIMIT $3`, micros(from), micros(to), limit)
	out, err := collect(rows, err, func(row scanner) (m edition.EngineSum, err error) {
		err = row.Scan(&m.Release, &m.Title, &m.Locale, &m.Engine, &m.Calls, &m.Unknown, &m.Characters, &m.CharactersOut, &m.Price, &m.Currency)
		return m, err
	})
	return out, s.sentinel(err)
}

// EngineTallies returns the counts of a month, or of all time with "".
func (s *Store) EngineTallies(ctx context.Context, month string) ([]edition.EngineTally, error) {
	if err := s.post(ctx); err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, `SELECT engine, locale, kind, name, sum(n) FROM engine_tally WHERE $1 IN ('', month) GROUP BY engine, locale, kind, name ORDER BY engine, locale, kind, name`, month)
	out, err := collect(rows, err, func(row scanner) (y edition.EngineTally, err error) {
		y.Month = month
		err = row.Scan(&y.Engine, &y.Locale, &y.Kind, &y.Name, &y.N)
		return y, err
	})
	return out, s.sentinel(err)
}

// EngineCalls returns the last calls of the ledger, the newest first.
func (s *Store) EngineCalls(ctx context.Context, limit int) ([]edition.EngineCall, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, engine, model, locale, release_id, edition_id, confidential, segments, characters, characters_out, attempt, status, price, currency, started, ended, detail
		FROM engine_call ORDER BY started DESC, id DESC LIMIT $1`, limit)
	out, err := collect(rows, err, func(row scanner) (c edition.EngineCall, err error) {
		var confidential, started, ended int64
		err = row.Scan(&c.ID, &c.Engine, &c.Model, &c.Locale, &c.Release, &c.Edition, &confidential, &c.Segments, &c.Characters, &c.CharactersOut,
			&c.Attempt, &c.Status, &c.Price, &c.Currency, &started, &ended, &c.Detail)
		c.Confidential, c.Started, c.Ended = confidential != 0, fromMicros(started), fromMicros(ended)
		return c, err
	})
	if err != nil {
		err = fmt.Errorf("read the ledger: %w", s.sentinel(err))
	}
	return out, err
}

// HeldEditions returns the editions at work that engines have not given all
// that they were asked for, with title and slug, the oldest first.
func (s *Store) HeldEditions(ctx context.Context, limit int) ([]edition.Line, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+editionColumns+`, r.title, r.slug, r.rkey, r.path FROM edition e JOIN release r ON r.id = e.release_id
		WHERE e.hold <> '' AND r.removed = 0 AND (e.state IN ('drafting', 'revising') OR e.state = 'in_review' AND e.n_untranslated > 0)
		ORDER BY e.updated, e.id LIMIT $1`, limit)
	lines, err := collect(rows, err, func(row scanner) (l edition.Line, err error) {
		l.Edition, err = scanEdition(row, &l.Title, &l.Slug, &l.Key, &l.Path)
		return l, err
	})
	return lines, s.sentinel(err)
}
