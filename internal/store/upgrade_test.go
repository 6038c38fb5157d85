package store_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dragoman/internal/edition"
	"dragoman/internal/store"
)

// column is a column of a table and what it holds: "int", "text" or "bytes".
type column struct{ table, name, holds string }

// columns are those of all tables that are Dragoman's own.
func columns(t *testing.T, db *sql.DB, postgres bool) (out []column) {
	t.Helper()
	q := `SELECT m.name, c.name, lower(c.type) FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid`
	if postgres {
		q = `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`
	}
	rows, err := db.QueryContext(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c column
		var kind string
		if err := rows.Scan(&c.table, &c.name, &kind); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(c.table, "river_") || strings.HasPrefix(c.table, "goose_") || strings.HasPrefix(c.table, "sqlite_") {
			continue
		}
		switch {
		case strings.Contains(kind, "int"):
			c.holds = "int"
		case kind == "blob" || kind == "bytea":
			c.holds = "bytes"
		case kind == "text":
			c.holds = "text"
		default:
			t.Fatalf("%s.%s is a %s", c.table, c.name, kind)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// kept is a row that was written, to be found again.
type kept struct {
	table string
	since int64 // the migration after which it was written
	where string
	names []string
	was   []any
}

// fill writes a row into every table, each value another.
func fill(t *testing.T, db *sql.DB, version int64, cs []column) (out []kept) {
	t.Helper()
	for len(cs) > 0 {
		n := 1
		for n < len(cs) && cs[n].table == cs[0].table {
			n++
		}
		k := kept{table: cs[0].table, since: version}
		var marks, keys []string
		for i, c := range cs[:n] {
			var v any = 1_000_000_000*version/10 + int64(i) + 1
			switch c.holds {
			case "text":
				v = fmt.Sprintf("%d-%s-é", version, c.name)
			case "bytes":
				v = []byte(fmt.Sprintf("%010d-%05d", version, i))
			}
			k.names, k.was = append(k.names, c.name), append(k.was, v)
			marks = append(marks, fmt.Sprintf("$%d", i+1))
			if c.holds == "text" {
				v = "'" + v.(string) + "'"
			}
			if len(keys) == 0 && c.holds != "bytes" {
				keys = append(keys, fmt.Sprintf("%s = %v", c.name, v))
			}
		}
		k.where = strings.Join(keys, " AND ")
		if k.where == "" {
			t.Fatalf("%s has bytes only", k.table)
		}
		if _, err := db.ExecContext(t.Context(), "INSERT INTO "+k.table+" ("+strings.Join(k.names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", k.was...); err != nil {
			t.Fatalf("after migration %d: %s: %v", version, k.table, err)
		}
		out, cs = append(out, k), cs[n:]
	}
	return out
}

// check finds a row again as it was written, in the columns that are left.
func (k *kept) check(t *testing.T, db *sql.DB, version int64, cs []column) {
	t.Helper()
	var names []string
	var was, is []any
	for i, name := range k.names {
		at := slices.IndexFunc(cs, func(c column) bool { return c.table == k.table && c.name == name })
		if at < 0 {
			t.Errorf("migration %d drops %s.%s, in which people's data may stand", version, k.table, name)
			continue
		}
		names, was = append(names, name), append(was, k.was[i])
		switch cs[at].holds {
		case "int":
			is = append(is, new(int64))
		case "text":
			is = append(is, new(string))
		default:
			is = append(is, new([]byte))
		}
	}
	if err := db.QueryRowContext(t.Context(), "SELECT "+strings.Join(names, ", ")+" FROM "+k.table+" WHERE "+k.where).Scan(is...); err != nil {
		t.Errorf("after migration %d, the row that %s had since %d: %v", version, k.table, k.since, err)
		return
	}
	for i := range is {
		var got any
		switch v := is[i].(type) {
		case *int64:
			got = *v
		case *string:
			got = *v
		case *[]byte:
			got = *v
		}
		if fmt.Sprint(got) != fmt.Sprint(was[i]) {
			t.Errorf("after migration %d, %s.%s since %d is %v, was %v", version, k.table, names[i], k.since, got, was[i])
		}
	}
}

// madeAnew are tables that a migration dropped with what stood in them, before
// the first release: the engines' ledger and the cache of their replies, and
// exceptions, which are part of their concepts since.
var madeAnew = map[string][]int64{"engine_call": {20}, "engine_reply": {20, 23}, "term_exception": {110}}

// A database of any former schema, with something in every table, is brought
// up to date with all of it, on both databases; the store then opens it.
func TestEveryUpgradeKeepsWhatIsThere(t *testing.T) {
	everywhere(t, func(t *testing.T, where string) {
		var rows []kept
		steps := 0
		err := store.StepByStep(t.Context(), where, func(version int64, db *sql.DB, postgres bool) {
			cs := columns(t, db, postgres)
			rows = slices.DeleteFunc(rows, func(k kept) bool { return k.since < version && slices.Contains(madeAnew[k.table], version) })
			for i := range rows {
				rows[i].check(t, db, version, cs)
			}
			rows = append(rows, fill(t, db, version, cs)...)
			steps++
		})
		if err != nil {
			t.Fatal(err)
		}
		if steps < 15 || len(rows) < 300 {
			t.Errorf("only %d steps with %d rows", steps, len(rows))
		}
		s, err := store.Open(t.Context(), where, store.Options{Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// What migration 70 made of accounts: roles as they were, and who runs the house.
func TestAccountsOfTheFormerSchema(t *testing.T) {
	everywhere(t, func(t *testing.T, where string) {
		err := store.StepByStep(t.Context(), where, func(version int64, db *sql.DB, _ bool) {
			if version != 60 {
				return
			}
			for _, q := range []string{
				`INSERT INTO person (id, name, role, locales, password, created, disabled) VALUES (9001, 'Lina', 'reviewer', 'ar,fr', 'hash', 5, 0), (9002, 'Omar', 'admin', '', 'hash', 5, 0), (9003, 'Gone', 'admin', '', '', 5, 1), (9004, 'Part', 'admin', 'ar', '', 5, 0)`,
				`INSERT INTO audit (id, at, who, what, subject, subject_id, detail) VALUES (9005, 6, 'Lina', 'approve', 'edition', 1, 'x')`,
			} {
				if _, err := db.ExecContext(t.Context(), q); err != nil {
					t.Error(err)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(t.Context(), where, store.Options{Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for who, want := range map[string]string{"Lina": "reviewer:ar,fr", "Omar": "admin", "Gone": "admin", "Part": "admin:ar"} {
			p, err := s.Person(t.Context(), who)
			if err != nil || edition.FormatGrants(p.Grants) != want || p.Disabled != (who == "Gone") || p.RunsTheHouse() != (who == "Omar") {
				t.Errorf("%s is %+v, %v", who, p, err)
			}
		}
	})
}
