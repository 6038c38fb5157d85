package store

import (
	"context"
	"slices"

	"dragoman/content"
)

// SourcesByHash returns the numbers of source texts by the exact hashes of what
// they say; those that no release has are left out.
func (s *Store) SourcesByHash(ctx context.Context, hashes []content.Hash) ([]int64, error) {
	var out []int64
	for part := range slices.Chunk(hashes, 512) {
		keys := make([][]byte, len(part))
		for i := range part {
			keys[i] = part[i][:]
		}
		list, args := in(1, keys, nil)
		rows, err := s.read.QueryContext(ctx, `SELECT id FROM source_text WHERE hash IN `+list, args...)
		ids, err := collect(rows, err, scanID)
		if err != nil {
			return nil, s.sentinel(err)
		}
		out = append(out, ids...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
