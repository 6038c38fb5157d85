package store

import (
	"context"
	"database/sql"
	"fmt"

	"dragoman/internal/edition"
)

// SaidIn returns all segments of editions with what stands in them, edition by
// edition, in the order of the document.
func (t *Tx) SaidIn(ctx context.Context, eds []int64) ([]edition.Said, error) {
	if len(eds) == 0 {
		return nil, nil
	}
	q, args := saidIn(t.s.dialect, eds)
	return scanSaid(t.query(ctx, q, args...))
}

// SaidIn is Tx.SaidIn outside a transaction.
func (s *Store) SaidIn(ctx context.Context, eds []int64) ([]edition.Said, error) {
	if len(eds) == 0 {
		return nil, nil
	}
	q, args := saidIn(s.dialect, eds)
	out, err := scanSaid(s.read.QueryContext(ctx, q, args...))
	return out, s.sentinel(err)
}

func saidIn(d dialect, eds []int64) (string, []any) {
	list, args := d.ids(1, eds, nil)
	return `SELECT e.id, e.release_id, e.revision_id, e.locale, t.id, t.position, t.joined, t.omitted, t.n_errors, t.n_warnings,
			x.text, u.kind, coalesce(v.id, 0), coalesce(v.parent_id, 0), coalesce(v.text, ''), coalesce(v.origin, '{}')
		FROM target t JOIN edition e ON e.id = t.edition_id JOIN segment g ON g.id = t.segment_id JOIN source_text x ON x.id = g.source_id
		JOIN unit u ON u.revision_id = g.revision_id AND u.position = g.unit LEFT JOIN version v ON v.id = t.standing_id
		WHERE t.position >= 0 AND t.edition_id IN ` + list + ` ORDER BY t.edition_id, t.position`, args
}

func scanSaid(rows *sql.Rows, err error) ([]edition.Said, error) {
	return collect(rows, err, func(row scanner) (s edition.Said, err error) {
		var omitted, origin string
		v := &s.Standing
		err = row.Scan(&s.Edition, &s.Release, &s.Revision, &s.Locale, &s.Target, &s.Position, &s.Joined, &omitted, &s.Errors, &s.Warnings,
			&s.Source, &s.Kind, &v.ID, &v.Parent, &v.Text, &origin)
		if err != nil {
			return s, err
		}
		if err := readOrigin(origin, &v.Origin); err != nil {
			return s, fmt.Errorf("the origin of version %d: %w", v.ID, err)
		}
		v.Target, s.LeftOut = s.Target, omitted != ""
		return s, nil
	})
}

// FindingsByRule returns what rules, or those whose name begins with prefix,
// have found in versions, by version.
func (s *Store) FindingsByRule(ctx context.Context, versions []int64, rules []string, prefix string) (map[int64][]StandingFinding, error) {
	if len(versions) == 0 {
		return nil, nil
	}
	list, args := s.dialect.ids(1, versions, nil)
	names, args := in(len(args)+1, rules, args)
	args = append(args, prefix+"%")
	// The rule is an expression so that no index of rules is taken for that of
	// versions.
	out, err := scanFindings(s.read.QueryContext(ctx, fmt.Sprintf(findingColumns+`WHERE f.version_id IN %s AND (f.rule || '' IN %s OR f.rule || '' LIKE $%d) ORDER BY f.version_id, f.seq`, list, names, len(args)), args...))
	return out, s.sentinel(err)
}
