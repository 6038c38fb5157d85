package memory

func (ix *Index) repair(names Names, q Query, m *Match) {}
