package store

import "context"

// PretendNewer marks the database as made by a later version.
func (s *Store) PretendNewer(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
	return err
}
