package store

// lock takes the right to work on an SQLite file, held as an operating-system
// lock on a file beside it that dies with the process. PostgreSQL needs none.
func (s *Store) lock() (unlock func(), err error) {
	if s.path == "" {
		return func() {}, nil
	}
	return lockFile(s.path + ".lock")
}
